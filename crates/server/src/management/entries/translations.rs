//! Fresh, stale and missing translations.

use diwan_cms::{ManagedTranslation, TranslatedField, TranslationList, TranslationState, TranslationsPage};
use diwan_content::{EntryId, Locale};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::common::{COLLECTION, known_collection};
use crate::{
    delivery::list_views::Page,
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        request::{
            parameters::{Paging, Parameter, Parameters},
            reader::RequestReader,
        },
        route::Route,
    },
};

const LOCALE: Parameter<Locale> = Parameter::new("locale", "in this locale");
const STATE: Parameter<TranslationState> = Parameter::new("state", "that stand so");

pub(super) fn list_route() -> Route {
    let summary = "Translations that the key may read, held against their origins. A page may be short of its size while `page.next` says that there is more";
    Route::get("/translations", "list_translations", summary).ok::<TranslationListView>("a page").to(list)
}

pub(super) fn entry_route() -> Route {
    let summary = "All locales of an entry but its origin, held against it";
    Route::get("/entries/{id}/translations", "get_entry_translations", summary)
        .ok::<EntryTranslations>("the translations, in the order of the collection's locales")
        .to(entry)
}

struct ListTranslations {
    collection: Option<String>,
    locale: Option<Locale>,
    state: Option<TranslationState>,
    page: Paging,
}

impl Parameters for ListTranslations {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            collection: request.optional(&COLLECTION),
            locale: request.optional(&LOCALE),
            state: request.optional(&STATE),
            page: Paging::read(request),
        }
    }
}

/// A page of translations.
#[derive(Serialize, Object)]
#[oai(rename = "TranslationList")]
pub(crate) struct TranslationListView {
    /// The translations, by entry.
    data: Vec<TranslationView>,
    /// How to go on.
    page: Page,
}

/// The translations of an entry.
#[derive(Serialize, Object)]
pub(crate) struct EntryTranslations {
    /// One for each locale but the origin's.
    data: Vec<TranslationView>,
}

/// A locale of an entry, held against the origin.
#[derive(Serialize, Object)]
#[oai(rename = "ManagedTranslation")]
pub(crate) struct TranslationView {
    /// The entry.
    entry: Uuid,
    /// Its collection.
    collection: String,
    /// Department that owns it.
    department: Uuid,
    /// Title of the origin's head.
    title: String,
    /// The locale.
    locale: String,
    /// The same as a value for HTML's `lang`.
    lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    dir: String,
    /// `fresh`, `stale` or `missing`.
    state: String,
    /// `draft`, `published`, `changed`, `withdrawn` or `trashed`; null while it is missing.
    status: Option<String>,
    /// Number of its newest revision.
    head: Option<i64>,
    /// Revision of the origin that it translates.
    translates: Option<i64>,
    /// Newest revision of the origin.
    origin_head: i64,
    /// Its localizable fields, in the order of the form.
    fields: Vec<TranslatedFieldView>,
}

/// A localizable field of a translation.
#[derive(Serialize, Object)]
#[oai(rename = "TranslatedField")]
pub(crate) struct TranslatedFieldView {
    /// The field.
    field: String,
    /// `own`, `inherited` or `emptied`.
    source: String,
    /// The origin's value has changed since the revision that is translated.
    origin_changed: bool,
}

async fn list(call: Call, list: ListTranslations) -> Result<Response, Problem> {
    let ListTranslations { collection, locale, state, page: Paging { size, after } } = list;
    let collection = known_collection(&call, collection.as_deref())?;
    let list = TranslationList { collection, locale, state, size, after };
    let page = call.app.cms.translation_list(&call.actor, list).await?;
    private_json(StatusCode::OK, &TranslationListView::from(page))
}

async fn entry(call: Call, id: EntryId) -> Result<Response, Problem> {
    let found = call.app.cms.translations(&call.actor, id).await?;
    private_json(StatusCode::OK, &EntryTranslations { data: found.into_iter().map(TranslationView::from).collect() })
}

impl From<TranslationsPage> for TranslationListView {
    fn from(TranslationsPage { items, next, size }: TranslationsPage) -> Self {
        Self { data: items.into_iter().map(TranslationView::from).collect(), page: Page { next, size, total: None } }
    }
}

impl From<ManagedTranslation> for TranslationView {
    fn from(translation: ManagedTranslation) -> Self {
        let ManagedTranslation {
            entry,
            collection,
            department,
            title,
            locale,
            state,
            status,
            head,
            translates,
            origin_head,
            fields,
        } = translation;
        let field = |TranslatedField { field, source, origin_changed }: TranslatedField| TranslatedFieldView {
            field: field.to_string(),
            source: source.as_str().to_owned(),
            origin_changed,
        };
        Self {
            entry: entry.0,
            collection: collection.to_string(),
            department: department.0,
            title,
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            state: state.as_str().to_owned(),
            status: status.map(|status| status.as_str().to_owned()),
            head: head.map(|head| head.0),
            translates: translates.map(|number| number.0),
            origin_head: origin_head.0,
            fields: fields.into_iter().map(field).collect(),
        }
    }
}
