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
    problem::{Problem, ProblemCode},
    request::{
        parameters::{Parameters, PathParameter},
        reader::RequestReader,
    },
    route::Route,
};

const HTML_TYPE: &str = "text/html; charset=utf-8";
/// Scripts and styles are files of this server alone; pictures may be written into the style.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const FILE_NAME: PathParameter<String> = PathParameter::text("file");
const GUIDE_NAME: PathParameter<String> = PathParameter::text("name");

/// A file of these pages.
struct FileName(String);

impl Parameters for FileName {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.path(&FILE_NAME))
    }
}

/// A guide.
struct GuideName(String);

impl Parameters for GuideName {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.path(&GUIDE_NAME))
    }
}

/// Pages and their files; open to all, for they hold no content.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/", "get_index", "Where to begin: a page for browsers, JSON for other clients")
            .bytes("text/html", "a page, or JSON of the same addresses")
            .to(home),
        Route::get("/docs", "get_docs", "The delivery API for people")
            .bytes("text/html", "a page")
            .to(async |call: Call, ()| Ok(page(&call.headers, &DELIVERY_PAGE))),
        Route::get("/docs/management", "get_management_docs", "The management API for people, once a key was typed in")
            .bytes("text/html", "a page")
            .to(async |call: Call, ()| Ok(page(&call.headers, &MANAGEMENT_PAGE))),
        Route::get("/docs/{file}", "get_docs_file", "A file of these pages")
            .bytes("application/octet-stream", "the file, under its own media type")
            .to(file),
        Route::get("/docs/guide/{name}", "get_guide", "A guide for people").bytes("text/html", "a page").to(guide),
    ]
}

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

async fn home(call: Call, (): ()) -> Result<Response, Problem> {
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

async fn file(call: Call, FileName(name): FileName) -> Result<Response, Problem> {
    let Some(file) = FILES.iter().find(|file| file.hashed_name == name) else {
        return Err(Problem::new(ProblemCode::NotFound));
    };
    let builder = Response::builder().header(header::CACHE_CONTROL, "public, max-age=31536000, immutable");
    Ok(file.content.respond(builder, &call.headers, file.content_type))
}

async fn guide(call: Call, GuideName(name): GuideName) -> Result<Response, Problem> {
    let Some(html) = guide_page(&name) else { return Err(Problem::nowhere(&call.path)) };
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
