//! `GET /v1/assets/{id}` and `/v1/assets/{id}/{hash}`: the bytes of an asset that something public refers to.

use diwan_cms::{ByHash, PublicAsset, Thing};
use diwan_content::{Actor, AssetId, ContentHash};
use poem::{
    Response, ResponseBuilder,
    http::{StatusCode, header},
};

use super::PREFIX;
use crate::http::{
    answer::{
        Caching, cache_headers,
        file::{File, Wanted},
        least_max_age, with_header,
    },
    call::Call,
    problem::Problem,
    request::{
        parameters::{ASSET, Parameters, PathParameter},
        reader::RequestReader,
    },
    route::Route,
};

const HASH: PathParameter<ContentHash> = PathParameter::text("hash");
/// How long browsers keep bytes that never change.
const IMMUTABLE_SECONDS: u32 = 31_536_000;

pub(super) fn route() -> Route {
    let summary = "The bytes of an asset that something public refers to, as published last; takes Range";
    Route::get("/assets/{id}", "get_asset", summary).bytes("*/*", "the bytes, under their own media type").to(get)
}

pub(super) fn by_hash_route() -> Route {
    let summary = "Bytes of an asset that something public shows, by their hash: they never change; takes Range";
    Route::get("/assets/{id}/{hash}", "get_asset_bytes", summary)
        .bytes("*/*", "the bytes, under their own media type")
        .found("earlier bytes of the asset, which nothing public shows now; leads to those published last")
        .to(get_by_hash)
}

/// Bytes of an asset.
struct HashedAsset {
    id: AssetId,
    hash: ContentHash,
}

impl Parameters for HashedAsset {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { id: request.path(&ASSET), hash: request.path(&HASH) }
    }
}

async fn get(call: Call, id: AssetId) -> Result<Response, Problem> {
    let found = call.app.cms.public_asset(call.actor.public_scope(), id).await?;
    let Some(asset) = found.value else { return Err(Problem::not_found(Thing::Asset(id))) };
    let caching = Caching { tags: &found.tags, ..Caching::untagged(least_max_age(call.app.cms.registry())) };
    respond(&call, &asset, cache_headers(Response::builder(), &call, &caching)).await
}

async fn get_by_hash(call: Call, HashedAsset { id, hash }: HashedAsset) -> Result<Response, Problem> {
    let found = call.app.cms.public_asset_by_hash(call.actor.public_scope(), id, hash).await?;
    let shared_seconds = least_max_age(call.app.cms.registry());
    let caching = Caching { tags: &found.tags, ..Caching::untagged(shared_seconds) };
    let builder = cache_headers(Response::builder(), &call, &caching);
    match found.value {
        ByHash::Shown(asset) => {
            let response = respond(&call, &asset, builder).await?;
            // Shared caches ask again, so that what is withdrawn leaves them; a browser has seen it anyway.
            let kept = match call.actor == Actor::anonymous() {
                true => format!("public, max-age={IMMUTABLE_SECONDS}, s-maxage={shared_seconds}, immutable"),
                false => format!("private, max-age={IMMUTABLE_SECONDS}, immutable"),
            };
            Ok(with_header(response, header::CACHE_CONTROL, &kept))
        }
        ByHash::Earlier if call.app.cms.public_asset(call.actor.public_scope(), id).await?.value.is_some() => {
            let location = format!("{PREFIX}/assets/{id}");
            Ok(builder.status(StatusCode::FOUND).header(header::LOCATION, location).finish())
        }
        ByHash::Earlier | ByHash::Unknown => Err(Problem::not_found(Thing::Asset(id))),
    }
}

async fn respond(call: &Call, asset: &PublicAsset, builder: ResponseBuilder) -> Result<Response, Problem> {
    let file =
        File { name: &asset.name, media_type: &asset.media_type, size_bytes: asset.size_bytes, hash: asset.hash };
    let part = match file.wanted(&call.headers)? {
        Wanted::Known => return Ok(file.headers(builder).status(StatusCode::NOT_MODIFIED).finish()),
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
    };
    let read = call.app.cms.open_shown(asset, part.clone()).await?;
    Ok(file.respond(builder, part.as_ref(), read.stream))
}
