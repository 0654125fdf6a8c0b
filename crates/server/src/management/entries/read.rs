//! Entries as editors see them: lists, one entry, one localization with its head.

use diwan_cms::ManagementList;
use diwan_content::{DepartmentId, EntryId, Locale, Status};
use poem::{Response, http::StatusCode};

use super::{
    common::{COLLECTION, known_collection},
    views::{EntryView, LocalizationList, WorkView},
};
use crate::http::{
    answer::{private_json, versioned_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{InLocale, Paging, Parameter, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

const LOCALE: Parameter<Locale> = Parameter::new("locale", "in this locale");
const STATUS: Parameter<Status> = Parameter::new("status", "with this status");
const TITLE: Parameter<String> = Parameter::text("title", 200, "whose title holds this, in any spelling");
const DEPARTMENT: Parameter<DepartmentId> = Parameter::new("department", "owned by this department");

pub(super) fn list_route() -> Route {
    Route::get("/entries", "list_localizations", "Localizations that the key may read, the last changed first")
        .ok::<LocalizationList>("a page")
        .to(list)
}

pub(super) fn entry_route() -> Route {
    Route::get("/entries/{id}", "get_managed_entry", "An entry with where its localizations stand")
        .ok::<EntryView>("the entry")
        .to(entry)
}

pub(super) fn localization_route() -> Route {
    Route::get("/entries/{id}/{locale}", "get_localization", "A localization with the content of its head")
        .ok::<WorkView>("the localization; its version is the ETag")
        .to(localization)
}

struct ListLocalizations {
    collection: Option<String>,
    locale: Option<Locale>,
    status: Option<Status>,
    title: Option<String>,
    department: Option<DepartmentId>,
    page: Paging,
}

impl Parameters for ListLocalizations {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.optional(&COLLECTION),
            locale: request.optional(&LOCALE),
            status: request.optional(&STATUS),
            title: request.optional(&TITLE),
            department: request.optional(&DEPARTMENT),
            page: Paging::read(request),
        }
    }
}

async fn list(call: Call, list: ListLocalizations) -> Result<Response, Problem> {
    let ListLocalizations { collection, locale, status, title, department, page: Paging { size, after } } = list;
    let collection = known_collection(&call, collection.as_deref())?;
    let list = ManagementList { collection, locale, status, title, department, size, after };
    let page = call.app.cms.manage_list(&call.actor, list).await?;
    private_json(StatusCode::OK, &LocalizationList::from(page))
}

async fn entry(call: Call, id: EntryId) -> Result<Response, Problem> {
    let found = call.app.cms.manage_entry(&call.actor, id).await?;
    private_json(StatusCode::OK, &EntryView::from(found))
}

async fn localization(call: Call, InLocale { entry, locale }: InLocale) -> Result<Response, Problem> {
    let found = call.app.cms.manage_localization(&call.actor, entry, &locale).await?;
    let version = found.state.version;
    versioned_json(StatusCode::OK, &WorkView::from(found), version)
}
