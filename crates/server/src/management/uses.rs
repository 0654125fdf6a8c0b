//! Where an entry or asset is used, among what is public.

use diwan_cms::{Use, UsedBytes, UsesPage, UsesQuery};
use diwan_content::{AssetId, EntryId};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    delivery::list_views::Page,
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        request::{
            parameters::{Paging, Parameters},
            reader::RequestReader,
        },
        route::Route,
    },
};

pub(super) fn entry_route() -> Route {
    let summary = "Published localizations that point to an entry";
    Route::get("/entries/{id}/where_used", "list_entry_uses", summary).ok::<UseList>("a page").to(entry)
}

pub(super) fn asset_route() -> Route {
    let summary = "Published localizations that point to an asset";
    Route::get("/assets/{id}/where_used", "list_asset_uses", summary).ok::<UseList>("a page").to(asset)
}

/// A page of the uses of something.
struct ListUses<T> {
    of: T,
    query: UsesQuery,
}

impl<T: Parameters> Parameters for ListUses<T> {
    fn read(request: &mut RequestReader<'_>) -> Self {
        let of = T::read(request);
        let Paging { size, after } = Paging::read(request);
        Self { of, query: UsesQuery { size, after } }
    }
}

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
    /// Which bytes of the asset it shows; null where an entry is used.
    bytes: Option<UsedBytesView>,
}

/// Which bytes of an asset a publication shows.
#[derive(Serialize, Object)]
#[oai(rename = "UsedBytes")]
pub(crate) struct UsedBytesView {
    /// SHA-256 of the bytes, as uploaded.
    hash: String,
    /// The version of the asset that brought them.
    since: i64,
    /// The asset has newer bytes: publishing the entry again shows these.
    outdated: bool,
}

async fn entry(call: Call, ListUses { of, query }: ListUses<EntryId>) -> Result<Response, Problem> {
    let page = call.app.cms.entry_uses(&call.actor, of, query).await?;
    private_json(StatusCode::OK, &UseList::from(page))
}

async fn asset(call: Call, ListUses { of, query }: ListUses<AssetId>) -> Result<Response, Problem> {
    let page = call.app.cms.asset_uses(&call.actor, of, query).await?;
    private_json(StatusCode::OK, &UseList::from(page))
}

impl From<UsesPage> for UseList {
    fn from(UsesPage { items, next, size, total, hidden }: UsesPage) -> Self {
        let page = Page { next, size, total: Some(total) };
        Self { data: items.into_iter().map(UseView::from).collect(), page, hidden }
    }
}

impl From<Use> for UseView {
    fn from(found: Use) -> Self {
        let Use { entry, locale, field, collection, department, title, path, status, bytes } = found;
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
            bytes: bytes.map(|UsedBytes { hash, since, outdated }| UsedBytesView {
                hash: hash.to_string(),
                since: since.0,
                outdated,
            }),
        }
    }
}
