//! `/docs`: the documents for people, and the documents themselves. Everything that the pages need is inside them.

use std::collections::BTreeSet;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::{OpenApi, OpenApiService};
use sha2::{Digest as _, Sha256};

use super::documents::{delivery_service, management_service};
use crate::http::{
    answer::{Caching, public_bytes},
    call::Call,
    conditions::{entity_tag, is_known},
    problem::Problem,
    route::{Condition, Described, RequestBody, Route, Verb},
};

/// Documents and pages; open to all, for they tell no content.
pub(crate) static ROUTES: &[Route] = &[DELIVERY_DOCUMENT, MANAGEMENT_DOCUMENT, DELIVERY_PAGE, MANAGEMENT_PAGE];

/// How long caches may keep a document, in seconds.
const MAX_AGE_SECONDS: u32 = 60;
/// Content type of documents.
const JSON_TYPE: &str = "application/json; charset=utf-8";

const DELIVERY_DOCUMENT: Route = Route {
    method: Verb::Get,
    path: "/v1/openapi.json",
    operation: "get_delivery_document",
    summary: "OpenAPI document of the delivery API",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::bytes(JSON_TYPE, "the document")],
    handler: |call| Box::pin(async move { document(&call, &call.app.documents.delivery) }),
};

const MANAGEMENT_DOCUMENT: Route = Route {
    path: "/manage/v1/openapi.json",
    operation: "get_management_document",
    summary: "OpenAPI document of the management API",
    handler: |call| Box::pin(async move { document(&call, &call.app.documents.management) }),
    ..DELIVERY_DOCUMENT
};

const DELIVERY_PAGE: Route = Route {
    path: "/docs",
    operation: "get_docs",
    summary: "The delivery API for people",
    answers: &[Described::bytes("text/html", "a page")],
    handler: |call| Box::pin(async move { page(&call, &delivery_service(), &call.app.documents.delivery) }),
    ..DELIVERY_DOCUMENT
};

const MANAGEMENT_PAGE: Route = Route {
    path: "/docs/management",
    operation: "get_management_docs",
    summary: "The management API for people",
    handler: |call| Box::pin(async move { page(&call, &management_service(), &call.app.documents.management) }),
    ..DELIVERY_PAGE
};

fn document(call: &Call, document: &str) -> Result<Response, Problem> {
    let caching = Caching { max_age_seconds: MAX_AGE_SECONDS, tags: &BTreeSet::new(), language: None };
    public_bytes(call, document.as_bytes().to_vec(), JSON_TYPE, &caching)
}

/// Made for each request: pages are asked for seldom and are large to keep.
fn page<T: OpenApi>(call: &Call, service: &OpenApiService<T, ()>, document: &str) -> Result<Response, Problem> {
    const LINKS: &str =
        "<body>\n<p><a href=\"/docs\">delivery API</a> · <a href=\"/docs/management\">management API</a></p>";
    // Labels are users' text: nothing in the document may end the script that it stands in.
    let document = document.replace('<', "\\u003c");
    let html = service.swagger_ui_html().replace(&service.spec(), &document).replace("<body>", LINKS);
    let tag = entity_tag(html.as_bytes());
    let builder = Response::builder().header(header::ETAG, &tag).header(header::CACHE_CONTROL, "no-cache");
    if is_known(&call.headers, &tag) {
        return Ok(builder.status(StatusCode::NOT_MODIFIED).finish());
    }
    let html = format!("<!DOCTYPE html>{html}");
    let builder =
        builder.header(header::CONTENT_TYPE, "text/html; charset=utf-8").header(header::CONTENT_LENGTH, html.len());
    Ok(builder.header(header::CONTENT_SECURITY_POLICY, policy(&html)).body(html))
}

/// Only the page's own scripts run, known by their hashes; nothing is loaded from elsewhere.
fn policy(html: &str) -> String {
    let hashes: Vec<String> = scripts(html)
        .map(|script| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script.as_bytes()))))
        .collect();
    let scripts = hashes.join(" ");
    format!(
        "default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}

/// The texts of inline scripts, as browsers see them: up to the first closing tag.
fn scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let text = &rest[rest.find('>')? + 1..];
        text.find("</script>").map(|end| &text[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_holds_two_scripts_and_no_address_of_others() {
        let html = delivery_service().swagger_ui_html();
        assert_eq!(policy(&html).matches("sha256-").count(), 2);
        assert!(!html.contains("src=\"http") && !html.contains("href=\"http"));
    }
}
