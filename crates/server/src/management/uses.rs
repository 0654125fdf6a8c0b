//! Where an entry or asset is used, among what is public.

use diwan_cms::{EntryState, Left, LocalizationState, Outcome, Use, UsesPage, UsesQuery};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use super::{
    common::{PAGE_AFTER, PAGE_SIZE, entry_id},
    views::{ChangedEntry, ChangedLocalization},
};
use crate::{
    delivery::views::Page,
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        route::{Condition, Described, RequestBody, Route, Verb},
    },
};

pub(crate) const ENTRY: Route = Route {
    method: Verb::Get,
    path: "/entries/{id}/where_used",
    operation: "list_entry_uses",
    summary: "Published localizations that point to an entry",
    parameters: &[PAGE_SIZE, PAGE_AFTER],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<UseList>("a page")],
    handler: |call| Box::pin(entry(call)),
};

pub(crate) const ASSET: Route = Route {
    path: "/assets/{id}/where_used",
    operation: "list_asset_uses",
    summary: "Published localizations that point to an asset",
    handler: |call| Box::pin(asset(call)),
    ..ENTRY
};

/// A page of uses.
#[derive(Serialize, Object)]
pub(crate) struct UseList {
    /// Published localizations that point to it, those that the key may read.
    data: Vec<UseView>,
    /// How to go on; `total` counts those that the key may read.
    page: Page,
    /// How many more there are in departments that the key may not read.
    hidden: u64,
}

/// A published localization that points to something.
#[derive(Serialize, Object)]
#[oai(rename = "Use")]
pub(crate) struct UseView {
    /// The entry.
    entry: Uuid,
    /// The locale.
    locale: String,
    /// The same as a value for HTML's `lang`.
    lang: String,
    /// Direction of its script, `rtl` or `ltr`.
    dir: String,
    /// The field.
    field: String,
    /// Its collection.
    collection: String,
    /// Department that owns it.
    department: Uuid,
    /// Its public title.
    title: String,
    /// Public path.
    path: Option<String>,
    /// `published` or `changed`.
    status: String,
}

/// A localization that was taken back.
#[derive(Serialize, Object)]
pub(crate) struct WithdrawnLocalization {
    /// What every change answers.
    #[serde(flatten)]
    #[oai(flatten)]
    localization: ChangedLocalization,
    /// Published localizations that still point to it and are answered without it from now on; at most 100, and only once it
    /// is public in no locale.
    left_dangling: Vec<UseView>,
    /// How many more there are, also in departments that the key may not read.
    left_dangling_more: u64,
}

/// An entry that went into the trash.
#[derive(Serialize, Object)]
pub(crate) struct TrashedEntry {
    /// What every change answers.
    #[serde(flatten)]
    #[oai(flatten)]
    entry: ChangedEntry,
    /// Published localizations that still point to it; at most 100.
    left_dangling: Vec<UseView>,
    /// How many more there are, also in departments that the key may not read.
    left_dangling_more: u64,
}

async fn entry(call: Call) -> Result<Response, Problem> {
    let page = call.app.cms.entry_uses(&call.actor, entry_id(&call)?, query(&call)).await?;
    private_json(StatusCode::OK, &UseList::from(page))
}

async fn asset(call: Call) -> Result<Response, Problem> {
    let page = call.app.cms.asset_uses(&call.actor, call.path_value("id")?, query(&call)).await?;
    private_json(StatusCode::OK, &UseList::from(page))
}

fn query(call: &Call) -> UsesQuery {
    UsesQuery { size: call.query.parsed("page[size]"), after: call.query.text("page[after]").map(str::to_owned) }
}

impl From<UsesPage> for UseList {
    fn from(UsesPage { items, next, size, total, hidden }: UsesPage) -> Self {
        let page = Page { next, size, total: Some(total) };
        Self { data: items.into_iter().map(UseView::from).collect(), page, hidden }
    }
}

impl From<Use> for UseView {
    fn from(found: Use) -> Self {
        let Use { entry, locale, field, collection, department, title, path, status } = found;
        Self {
            entry: entry.0,
            lang: locale.to_string(),
            dir: locale.direction().as_str().to_owned(),
            locale: locale.to_string(),
            field,
            collection: collection.to_string(),
            department: department.0,
            title,
            path: path.map(|path| path.to_string()),
            status: status.as_str().to_owned(),
        }
    }
}

impl From<Outcome<Left<LocalizationState>>> for WithdrawnLocalization {
    fn from(Outcome { value, sequence }: Outcome<Left<LocalizationState>>) -> Self {
        let Left { value, left_dangling, left_dangling_more } = value;
        Self {
            localization: Outcome { value, sequence }.into(),
            left_dangling: left_dangling.into_iter().map(UseView::from).collect(),
            left_dangling_more,
        }
    }
}

impl From<Outcome<Left<EntryState>>> for TrashedEntry {
    fn from(Outcome { value, sequence }: Outcome<Left<EntryState>>) -> Self {
        let Left { value, left_dangling, left_dangling_more } = value;
        Self {
            entry: Outcome { value, sequence }.into(),
            left_dangling: left_dangling.into_iter().map(UseView::from).collect(),
            left_dangling_more,
        }
    }
}
