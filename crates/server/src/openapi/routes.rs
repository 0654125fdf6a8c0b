//! The OpenAPI documents themselves, each for its asker.

use std::collections::BTreeSet;

use poem::Response;

use crate::http::{
    answer::{Caching, cache_headers, private_bytes},
    call::Call,
    route::{Condition, Described, RequestBody, Route, Verb},
};

/// The document of the delivery API: for all, and with a key that reads them also of collections with `access: key`.
pub(crate) static DELIVERY_ROUTES: &[Route] = &[DELIVERY_DOCUMENT];
/// The document of the management API, which names private fields: for keys that may manage something.
pub(crate) static MANAGEMENT_ROUTES: &[Route] = &[MANAGEMENT_DOCUMENT];

/// How long caches may keep the delivery API's document, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// Content type of documents.
const JSON_TYPE: &str = "application/json; charset=utf-8";

const DELIVERY_DOCUMENT: Route = Route {
    method: Verb::Get,
    path: "/v1/openapi.json",
    operation: "get_delivery_document",
    summary: "OpenAPI document of the delivery API, as far as the caller may read",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::bytes(JSON_TYPE, "the document")],
    handler: |call| Box::pin(async move { Ok(delivery(&call)) }),
};

const MANAGEMENT_DOCUMENT: Route = Route {
    path: "/manage/v1/openapi.json",
    operation: "get_management_document",
    summary: "OpenAPI document of the management API",
    handler: |call| Box::pin(async move { private_bytes(call.app.documents().management.clone(), JSON_TYPE) }),
    ..DELIVERY_DOCUMENT
};

fn delivery(call: &Call) -> Response {
    let documents = call.app.documents();
    let is_keyed = call.actor.public_scope().is_keyed();
    let document = if is_keyed { &documents.keyed_delivery } else { &documents.public_delivery };
    let caching = Caching { max_age_seconds: MAX_AGE_SECONDS, tags: &BTreeSet::new(), language: None };
    document.respond(cache_headers(Response::builder(), call, &caching), &call.headers, JSON_TYPE)
}
