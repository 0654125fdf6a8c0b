//! Names of the tags in `Cache-Tag`, for those who drop answers from caches.

use diwan_cms::CacheTag;
use diwan_content::{AssetId, EntryId};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use crate::http::{answer::private_json, call::Call, problem::Problem, route::Route};

pub(super) fn general_route() -> Route {
    let summary = "Tags of `Cache-Tag` that name no single entry or asset: lists, trees, paths, blueprints, and `wide`";
    Route::get("/cache_tags", "list_cache_tags", summary).ok::<CacheTagList>("the tags").to(general)
}

pub(super) fn entry_route() -> Route {
    let summary = "Tags of the answers that a change of an entry makes stale";
    Route::get("/entries/{id}/cache_tags", "list_entry_cache_tags", summary).ok::<CacheTagList>("the tags").to(entry)
}

pub(super) fn asset_route() -> Route {
    let summary = "Tags of the answers that a change of an asset makes stale";
    Route::get("/assets/{id}/cache_tags", "list_asset_cache_tags", summary).ok::<CacheTagList>("the tags").to(asset)
}

/// Tags of answers.
#[derive(Serialize, Object)]
struct CacheTagList {
    /// The tags.
    data: Vec<CacheTagView>,
}

/// A tag of answers.
#[derive(Serialize, Object)]
#[oai(rename = "CacheTag")]
struct CacheTagView {
    /// What it stands for, such as `entry:<id>`.
    name: String,
    /// As in the header `Cache-Tag`: 16 hexadecimal digits.
    tag: String,
}

async fn general(call: Call, (): ()) -> Result<Response, Problem> {
    answer(call.app.cms.general_cache_tags())
}

async fn entry(call: Call, id: EntryId) -> Result<Response, Problem> {
    answer(call.app.cms.entry_cache_tags(&call.actor, id).await?)
}

async fn asset(call: Call, id: AssetId) -> Result<Response, Problem> {
    answer(call.app.cms.asset_cache_tags(&call.actor, id).await?)
}

fn answer(tags: Vec<CacheTag>) -> Result<Response, Problem> {
    let data = tags.into_iter().map(|CacheTag { name, sealed }| CacheTagView { name, tag: sealed }).collect();
    private_json(StatusCode::OK, &CacheTagList { data })
}
