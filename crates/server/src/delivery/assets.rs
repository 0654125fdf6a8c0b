//! `GET /v1/assets/{id}`: the bytes of an asset that something public refers to.

use diwan_cms::Thing;
use diwan_content::AssetId;
use poem::{Response, http::StatusCode};

use crate::http::{
    answer::{
        Caching, cache_headers,
        file::{File, Wanted},
        least_max_age,
    },
    call::Call,
    problem::Problem,
    route::Route,
};

pub(super) fn route() -> Route {
    Route::get("/assets/{id}", "get_asset", "The bytes of an asset that something public refers to; takes Range")
        .bytes("*/*", "the bytes, under their own media type")
        .to(get)
}

async fn get(call: Call, id: AssetId) -> Result<Response, Problem> {
    let (cms, scope) = (&call.app.cms, call.actor.public_scope());
    let found = cms.public_asset(scope, id).await?;
    let Some(asset) = found.value else { return Err(Problem::not_found(Thing::Asset(id))) };
    let file =
        File { name: &asset.name, media_type: &asset.media_type, size_bytes: asset.size_bytes, hash: asset.hash };
    let caching = Caching { tags: &found.tags, ..Caching::untagged(least_max_age(cms.registry())) };
    let builder = cache_headers(Response::builder(), &call, &caching);
    let part = match file.wanted(&call.headers)? {
        Wanted::Known => return Ok(file.headers(builder).status(StatusCode::NOT_MODIFIED).finish()),
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
    };
    let Some(opened) = cms.open_public_asset(scope, id, part.clone()).await? else {
        return Err(Problem::not_found(Thing::Asset(id)));
    };
    Ok(file.respond(builder, part.as_ref(), opened.read.stream))
}
