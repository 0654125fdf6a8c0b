//! Entries as editors see them: lists, one entry, one localization with its head.

use diwan_cms::ManagementList;
use diwan_content::{Handle, Status};
use poem::{Response, http::StatusCode};

use super::{
    common::{PAGE_AFTER, PAGE_SIZE, entry_id, known_collection},
    views::{EntryView, LocalizationList, WorkView},
};
use crate::http::{
    answer::{private_json, versioned_json},
    call::Call,
    problem::Problem,
    query::{Parameter, ParameterKind},
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const LIST: Route = Route {
    method: Verb::Get,
    path: "/entries",
    operation: "list_localizations",
    summary: "Localizations that the key may read, the last changed first",
    parameters: &[
        Parameter::optional("collection", ParameterKind::Text(Handle::MAX_BYTES), "of this collection"),
        Parameter::optional("locale", ParameterKind::Locale, "in this locale"),
        Parameter::optional("status", ParameterKind::Status, "with this status"),
        Parameter::optional("title", ParameterKind::Text(200), "whose title holds this, in any spelling"),
        Parameter::optional("department", ParameterKind::Id, "owned by this department"),
        PAGE_SIZE,
        PAGE_AFTER,
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<LocalizationList>("a page")],
    handler: |call| Box::pin(list(call)),
};

pub(crate) const ENTRY: Route = Route {
    path: "/entries/{id}",
    operation: "get_managed_entry",
    summary: "An entry with where its localizations stand",
    parameters: &[],
    answers: &[Described::ok::<EntryView>("the entry")],
    handler: |call| Box::pin(entry(call)),
    ..LIST
};

pub(crate) const LOCALIZATION: Route = Route {
    path: "/entries/{id}/{locale}",
    operation: "get_localization",
    summary: "A localization with the content of its head",
    parameters: &[],
    answers: &[Described::ok::<WorkView>("the localization; its version is the ETag")],
    handler: |call| Box::pin(localization(call)),
    ..LIST
};

async fn list(call: Call) -> Result<Response, Problem> {
    let collection = call.query.text("collection").map(|handle| known_collection(&call, handle)).transpose()?;
    let status =
        call.query.text("status").and_then(|text| Status::ALL.into_iter().find(|status| status.as_str() == text));
    let list = ManagementList {
        collection,
        locale: call.query.parsed("locale"),
        status,
        title: call.query.text("title").map(str::to_owned),
        department: call.query.parsed("department"),
        size: call.query.parsed("page[size]"),
        after: call.query.text("page[after]").map(str::to_owned),
    };
    let page = call.app.cms.manage_list(&call.actor, list).await?;
    private_json(StatusCode::OK, &LocalizationList::from(page))
}

async fn entry(call: Call) -> Result<Response, Problem> {
    let found = call.app.cms.manage_entry(&call.actor, entry_id(&call)?).await?;
    private_json(StatusCode::OK, &EntryView::from(found))
}

async fn localization(call: Call) -> Result<Response, Problem> {
    let found = call.app.cms.manage_localization(&call.actor, entry_id(&call)?, &call.locale()?).await?;
    let version = found.state.version;
    versioned_json(StatusCode::OK, &WorkView::from(found), version)
}
