//! From Markdown to HTML that is safe to show.
//!
//! The way: comrak renders Markdown with the raw HTML in it; [`balance`] brings the result to a bounded, balanced form of
//! allowed elements; ammonia parses that as a browser would and keeps what is on the list. The last step alone decides
//! what is safe. The middle one keeps it cheap: parsing HTML by the standard can take quadratic time, and quadratic memory,
//! on elements that are nested deeply or never closed.

mod allowed;
mod balance;
mod links;
mod scan;

use std::sync::LazyLock;

use ammonia::UrlRelative;
use comrak::Options;

pub(crate) use self::links::{collect_links, deliver_links};
use self::{
    allowed::{ELEMENTS, GLOBAL_ATTRIBUTES, URL_SCHEMES, keep_attribute},
    balance::balance,
};

/// CommonMark with tables, strike-through and bare URLs as links; line breaks stay as they are. Raw HTML is kept.
static MARKDOWN: LazyLock<Options<'static>> = LazyLock::new(|| {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options.render.r#unsafe = true;
    options
});

/// No class, style, id, event handler, script, frame, form, SVG. `rel="noopener noreferrer"` on every link.
static SANITISER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(ELEMENTS.iter().map(|element| element.name).collect())
        .generic_attributes(GLOBAL_ATTRIBUTES.iter().copied().collect())
        .tag_attributes(ELEMENTS.iter().map(|element| (element.name, element.attributes.iter().copied().collect())).collect())
        .url_schemes(URL_SCHEMES.iter().copied().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some("noopener noreferrer"))
        .attribute_filter(|_, attribute, value| keep_attribute(attribute, value).map(Into::into));
    builder
});

/// Renders Markdown, which may hold raw HTML, as sanitised HTML. Takes time and memory in proportion to the source.
/// Links to `entry:<id>` and `asset:<id>` stay so; they are resolved when the text is answered.
pub(crate) fn markdown_to_html(source: &str) -> String {
    SANITISER.clean(&balance(&comrak::markdown_to_html(source, &MARKDOWN))).to_string()
}
