//! Names of the tags in `Cache-Tag`, for those who drop answers from caches.

use diwan_cms::CacheTag;
use diwan_content::AssetId;
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use super::common::entry_id;
use crate::http::{
    answer::private_json,
    call::Call,
    problem::Problem,
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const GENERAL: Route = Route {
    method: Verb::Get,
    path: "/cache_tags",
    operation: "list_cache_tags",
    summary: "Tags of `Cache-Tag` that name no single entry or asset: lists, trees, paths, blueprints, and `wide`",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<CacheTagList>("the tags")],
    handler: |call| Box::pin(async move { answer(call.app.cms.general_cache_tags()) }),
};

pub(crate) const ENTRY: Route = Route {
    path: "/entries/{id}/cache_tags",
    operation: "list_entry_cache_tags",
    summary: "Tags of the answers that a change of an entry makes stale",
    handler: |call| Box::pin(entry(call)),
    ..GENERAL
};

pub(crate) const ASSET: Route = Route {
    path: "/assets/{id}/cache_tags",
    operation: "list_asset_cache_tags",
    summary: "Tags of the answers that a change of an asset makes stale",
    handler: |call| Box::pin(asset(call)),
    ..GENERAL
};

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

async fn entry(call: Call) -> Result<Response, Problem> {
    answer(call.app.cms.entry_cache_tags(&call.actor, entry_id(&call)?).await?)
}

async fn asset(call: Call) -> Result<Response, Problem> {
    let id: AssetId = call.path_value("id")?;
    answer(call.app.cms.asset_cache_tags(&call.actor, id).await?)
}

fn answer(tags: Vec<CacheTag>) -> Result<Response, Problem> {
    let data = tags.into_iter().map(|CacheTag { name, sealed }| CacheTagView { name, tag: sealed }).collect();
    private_json(StatusCode::OK, &CacheTagList { data })
}
