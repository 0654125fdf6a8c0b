//! The files that the pages load, each under a name with the hash of its bytes, so that caches may keep it forever.

use std::sync::LazyLock;

use bytes::Bytes;
use diwan_content::ContentHash;
use poem_openapi::OpenApiService;

use crate::http::answer::TaggedBytes;

/// A file of the pages.
pub(super) struct PageFile {
    /// Name in the pages' templates.
    pub(super) name: &'static str,
    /// Name in addresses: the first 16 digits of the hash before the ending.
    pub(super) hashed_name: String,
    /// Its media type.
    pub(super) content_type: &'static str,
    /// Its bytes.
    pub(super) content: TaggedBytes,
}

/// All of them, made when the first page is asked for.
pub(super) static FILES: LazyLock<Vec<PageFile>> = LazyLock::new(|| {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    const STYLE: &str = "text/css; charset=utf-8";
    let (style, bundle) = swagger_ui(&OpenApiService::new((), "", "").swagger_ui_html())
        .expect("the page of poem-openapi, whose version is pinned, holds one style and one bundle");
    vec![
        file("swagger-ui.js", SCRIPT, bundle.into()),
        file("swagger-ui.css", STYLE, style.into()),
        file("page.js", SCRIPT, Bytes::from_static(include_bytes!("page.js"))),
        file("page.css", STYLE, Bytes::from_static(include_bytes!("page.css"))),
        file("favicon.svg", "image/svg+xml", Bytes::from_static(include_bytes!("favicon.svg"))),
    ]
});

fn file(name: &'static str, content_type: &'static str, bytes: Bytes) -> PageFile {
    let hash = ContentHash::of(&bytes).to_string();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    PageFile {
        name,
        hashed_name: format!("{stem}.{}.{ending}", &hash[..16]),
        content_type,
        content: TaggedBytes::new(bytes),
    }
}

/// Style and bundle of Swagger UI, which poem-openapi gives only inside one page with the document. Each is taken whole: the
/// bundle contains the words of many tags itself, so its end is known by what follows it in the page.
fn swagger_ui(page: &str) -> Option<(String, String)> {
    let (_, rest) = page.split_once("<style charset=\"UTF-8\">")?;
    let (style, rest) = rest.split_once("</style>")?;
    let (_, rest) = rest.split_once("<script charset=\"UTF-8\">")?;
    let (bundle, _) = rest.rsplit_once("</script>\n</head>\n<body>\n\n<div id=\"ui\">")?;
    Some((style.to_owned(), bundle.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_and_bundle_are_taken_whole() {
        let of = |ending: &str| FILES.iter().find(|file| file.name == format!("swagger-ui.{ending}")).unwrap();
        let (bundle, style) = (&of("js").content.bytes, &of("css").content.bytes);
        assert!(bundle.len() > 1_000_000 && bundle.starts_with(b"/*!"), "{}", bundle.len());
        assert!(bundle.trim_ascii_end().ends_with(b"})()));"));
        assert!(style.len() > 100_000 && style.ends_with(b"/*# sourceMappingURL=swagger-ui.css.map*/"));
    }
}
