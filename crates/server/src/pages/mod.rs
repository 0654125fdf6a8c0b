//! Pages for people: where to begin, the two APIs to look at and try, and the guides. They load nothing from elsewhere and run no
//! inline script.
//!
//! | file | holds |
//! |---|---|
//! | `files.rs` | what the pages load: Swagger UI and our own script, style and icon |
//! | `page.html`, `page.css`, `page.js` | the page of an API |
//! | `home.html` | the page at `/` |
//! | `guides.rs`, `guide.html` | the guides of `guide/` as pages |

mod files;
mod guides;

use std::sync::LazyLock;

use poem::{
    Response,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use serde_json::{Map, Value, json};

use self::{
    files::FILES,
    guides::{GUIDES, guide_page},
};
use crate::http::{
    answer::{TaggedBytes, private_json},
    call::Call,
    problem::Problem,
    problem_codes::ProblemCode,
    route::{Condition, Described, RequestBody, Route, Verb},
};

/// Pages and their files; open to all, for they hold no content.
pub(crate) static ROUTES: &[Route] = &[HOME, DELIVERY, MANAGEMENT, FILE, GUIDE];

const HTML_TYPE: &str = "text/html; charset=utf-8";
/// Scripts and styles are files of this server alone; pictures may be written into the style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const HOME: Route = Route {
    method: Verb::Get,
    path: "/",
    operation: "get_index",
    summary: "Where to begin: a page for browsers, JSON for other clients",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::bytes("text/html", "a page, or JSON of the same addresses")],
    handler: |call| Box::pin(async move { home(&call) }),
};

const DELIVERY: Route = Route {
    path: "/docs",
    operation: "get_docs",
    summary: "The delivery API for people",
    answers: &[Described::bytes("text/html", "a page")],
    handler: |call| Box::pin(async move { Ok(page(&call.headers, &DELIVERY_PAGE)) }),
    ..HOME
};

const MANAGEMENT: Route = Route {
    path: "/docs/management",
    operation: "get_management_docs",
    summary: "The management API for people, once a key was typed in",
    handler: |call| Box::pin(async move { Ok(page(&call.headers, &MANAGEMENT_PAGE)) }),
    ..DELIVERY
};

const FILE: Route = Route {
    path: "/docs/{file}",
    operation: "get_docs_file",
    summary: "A file of these pages",
    answers: &[Described::bytes("application/octet-stream", "the file, under its own media type")],
    handler: |call| Box::pin(async move { file(&call) }),
    ..HOME
};

const GUIDE: Route = Route {
    path: "/docs/guide/{name}",
    operation: "get_guide",
    summary: "A guide for people",
    handler: |call| Box::pin(async move { guide(&call) }),
    ..DELIVERY
};

static HOME_PAGE: LazyLock<TaggedBytes> = LazyLock::new(|| filled(include_str!("home.html"), &[]));

static DELIVERY_PAGE: LazyLock<TaggedBytes> = LazyLock::new(|| {
    filled(
        include_str!("page.html"),
        &[
            ("arabic", "واجهة القراءة"),
            ("english", "Delivery API"),
            ("document", "/v1/openapi.json"),
            ("document-link", "<a href=\"/v1/openapi.json\">OpenAPI</a>"),
            ("guides", &guides::links(None)),
            ("key", "optional"),
            ("hint", ""),
            ("key-arabic", "مفتاح القراءة (للمجموعات التي تحتاج إلى مفتاح)"),
            ("key-english", "Delivery key (for collections that need one)"),
            ("at-delivery", " aria-current=\"page\""),
            ("at-management", ""),
        ],
    )
});

static MANAGEMENT_PAGE: LazyLock<TaggedBytes> = LazyLock::new(|| {
    filled(
        include_str!("page.html"),
        &[
            ("arabic", "واجهة الإدارة"),
            ("english", "Management API"),
            ("document", "/manage/v1/openapi.json"),
            ("document-link", ""),
            ("guides", &guides::links(None)),
            ("key", "required"),
            ("hint", MANAGEMENT_HINT),
            ("key-arabic", "اكتب مفتاحك لعرض واجهة الإدارة"),
            ("key-english", "Type your key to see the management API"),
            ("at-delivery", ""),
            ("at-management", " aria-current=\"page\""),
        ],
    )
});

/// Shown until a key was taken.
const MANAGEMENT_HINT: &str = "<p id=\"hint\">لكل مفتاح دور غير دور القراءة العامة (delivery). يُصدره المشغّل بالأمر: \
    <code dir=\"ltr\">diwan key create --role publisher</code> \
    <span lang=\"en\">Any key but one of the role delivery. Operators make one by the command above.</span></p>";

/// A template with its names replaced; `{{page.css}}` is the hashed name of that file.
fn filled(template: &str, names: &[(&str, &str)]) -> TaggedBytes {
    let files = FILES.iter().map(|file| (file.name, file.hashed_name.as_str()));
    let names = names.iter().copied().chain(files);
    let text = names.fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value));
    TaggedBytes::new(text)
}

fn home(call: &Call) -> Result<Response, Problem> {
    let mut response = if wants_html(&call.headers) {
        page(&call.headers, &HOME_PAGE)
    } else {
        let guides: Map<String, Value> =
            GUIDES.iter().map(|guide| (guide.name.to_owned(), format!("/docs/guide/{}", guide.name).into())).collect();
        let index = json!({
            "name": "Diwan",
            "delivery": { "api": "/v1", "document": "/v1/openapi.json", "page": "/docs" },
            "management": { "api": "/manage/v1", "document": "/manage/v1/openapi.json", "page": "/docs/management" },
            "guides": guides,
            "health": { "live": "/livez", "ready": "/readyz" },
        });
        private_json(StatusCode::OK, &index)?
    };
    response.headers_mut().append(header::VARY, HeaderValue::from_static("Accept"));
    Ok(response)
}

/// Browsers name HTML themselves; clients that take anything get JSON.
fn wants_html(headers: &HeaderMap) -> bool {
    let sent = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|text| text.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_html = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("text/html"));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        is_html && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn page(headers: &HeaderMap, html: &TaggedBytes) -> Response {
    let builder =
        Response::builder().header(header::CACHE_CONTROL, "no-cache").header(header::CONTENT_SECURITY_POLICY, POLICY);
    html.respond(builder, headers, HTML_TYPE)
}

fn file(call: &Call) -> Result<Response, Problem> {
    let name = call.path_text("file");
    let Some(file) = FILES.iter().find(|file| file.hashed_name == name) else {
        return Err(Problem::new(ProblemCode::NotFound));
    };
    let builder = Response::builder().header(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    Ok(file.content.respond(builder, &call.headers, file.content_type))
}

fn guide(call: &Call) -> Result<Response, Problem> {
    let Some(html) = guide_page(call.path_text("name")) else { return Err(Problem::nowhere(&call.path)) };
    Ok(page(&call.headers, html))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_template_is_left_and_nothing_is_inline_or_from_elsewhere() {
        for page in [&*HOME_PAGE, &*DELIVERY_PAGE, &*MANAGEMENT_PAGE] {
            let page = std::str::from_utf8(&page.bytes).unwrap();
            assert!(!page.contains("{{") && !page.contains("}}"), "{page}");
            assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("://"), "{page}");
            assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/docs/").count());
        }
    }

    #[tokio::test]
    async fn answers_share_the_bytes_that_are_kept() {
        for kept in [&*DELIVERY_PAGE, &FILES[0].content] {
            let sent = page(&HeaderMap::new(), kept).into_body().into_bytes().await.unwrap();
            assert_eq!((sent.as_ptr(), sent.len()), (kept.bytes.as_ptr(), kept.bytes.len()));
        }
    }

    #[test]
    fn browsers_get_a_page_and_clients_json() {
        let wants = |accept: &str| wants_html(&[(header::ACCEPT, accept.parse().unwrap())].into_iter().collect());
        assert!(wants("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8") && wants("Text/HTML; q=0.1"));
        for other in ["*/*", "application/json", "text/html;q=0", "text/html;q=x", ""] {
            assert!(!wants(other), "{other}");
        }
        assert!(!wants_html(&HeaderMap::new()));
    }
}
