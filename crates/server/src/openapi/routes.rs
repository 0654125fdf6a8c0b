//! The OpenAPI documents themselves, each for its caller.

use std::sync::Arc;

use poem::Response;

use super::Documents;
use crate::http::{
    answer::{Caching, cache_headers, private_bytes},
    call::Call,
    route::Route,
};

/// How long caches may keep the delivery API's document, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// Content type of documents.
const JSON_TYPE: &str = "application/json; charset=utf-8";

/// The document of the delivery API: for all, and with a key that reads them also of collections with `access: key`.
pub(crate) fn delivery_route(documents: Arc<Documents>) -> Route {
    let summary = "OpenAPI document of the delivery API, as far as the caller may read";
    Route::get("/v1/openapi.json", "get_delivery_document", summary).bytes(JSON_TYPE, "the document").to(
        move |call: Call, ()| {
            let documents = documents.clone();
            async move { Ok(delivery(&call, &documents)) }
        },
    )
}

/// The document of the management API, which names private fields: for keys that may manage something.
pub(crate) fn management_route(documents: Arc<Documents>) -> Route {
    let summary = "OpenAPI document of the management API";
    Route::get("/manage/v1/openapi.json", "get_management_document", summary).bytes(JSON_TYPE, "the document").to(
        move |call: Call, ()| {
            let documents = documents.clone();
            async move { private_bytes(documents.written(call.app.cms.registry()).management.clone(), JSON_TYPE) }
        },
    )
}

fn delivery(call: &Call, documents: &Documents) -> Response {
    let documents = documents.written(call.app.cms.registry());
    let is_keyed = call.actor.public_scope().is_keyed();
    let document = if is_keyed { &documents.keyed_delivery } else { &documents.public_delivery };
    let caching = Caching::untagged(MAX_AGE_SECONDS);
    document.respond(cache_headers(Response::builder(), call, &caching), &call.headers, JSON_TYPE)
}
