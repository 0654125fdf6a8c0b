//! What HTML may hold.

use crate::values::{LinkTarget, is_inner_link, is_relative, is_url};

/// An element that may stand in texts.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) kind: ElementKind,
    /// Attributes besides [`GLOBAL_ATTRIBUTES`].
    pub(super) attributes: &'static [&'static str],
}

/// How an element takes part in the structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ElementKind {
    /// Stands by itself; ends an open paragraph.
    Block,
    /// Stands in a line of text.
    Inline,
    /// Inline, without content or end tag.
    InlineVoid,
    /// Block, without content or end tag.
    BlockVoid,
    /// Part of a table, at home in a table alone.
    TablePart,
    /// Part of a table, without content or end tag.
    TableVoid,
}

/// Attributes that every element may have.
pub(super) const GLOBAL_ATTRIBUTES: [&str; 3] = ["dir", "lang", "title"];

/// Schemes of links and pictures; a URL without a scheme may stand too.
pub(super) const URL_SCHEMES: [&str; 6] = ["http", "https", "mailto", "tel", "entry", "asset"];

/// Schemes of pictures and sources of quotations.
const WEB_SCHEMES: [&str; 2] = ["http", "https"];

/// Elements that are left out with all that is in them; others that are not allowed leave their content behind.
pub(super) const LEFT_OUT_WHOLE: [&str; 16] = [
    "script",
    "style",
    "iframe",
    "object",
    "svg",
    "math",
    "template",
    "title",
    "textarea",
    "select",
    "xmp",
    "noembed",
    "noframes",
    "plaintext",
    "canvas",
    "applet",
];

const CELL: &[&str] = &["align", "colspan", "rowspan", "scope"];
const BLOCK: ElementKind = ElementKind::Block;
const INLINE: ElementKind = ElementKind::Inline;
const PART: ElementKind = ElementKind::TablePart;

macro_rules! elements {
    ($($name:literal $kind:expr, $attributes:expr;)*) => {
        &[$(Element { name: $name, kind: $kind, attributes: $attributes }),*]
    };
}

/// All elements that may stand in texts.
pub(super) const ELEMENTS: &[Element] = elements! {
    "a" INLINE, &["href"];
    "abbr" INLINE, &[];
    "address" BLOCK, &[];
    "article" BLOCK, &[];
    "aside" BLOCK, &[];
    "b" INLINE, &[];
    "bdi" INLINE, &[];
    "bdo" INLINE, &[];
    "blockquote" BLOCK, &["cite"];
    "br" ElementKind::InlineVoid, &[];
    "caption" PART, &[];
    "cite" INLINE, &[];
    "code" INLINE, &[];
    "col" ElementKind::TableVoid, &["span"];
    "colgroup" PART, &["span"];
    "dd" BLOCK, &[];
    "del" INLINE, &["cite", "datetime"];
    "details" BLOCK, &["open"];
    "dfn" INLINE, &[];
    "div" BLOCK, &["data-block"];
    "dl" BLOCK, &[];
    "dt" BLOCK, &[];
    "em" INLINE, &[];
    "figcaption" BLOCK, &[];
    "figure" BLOCK, &[];
    "footer" BLOCK, &[];
    "h1" BLOCK, &["align"];
    "h2" BLOCK, &["align"];
    "h3" BLOCK, &["align"];
    "h4" BLOCK, &["align"];
    "h5" BLOCK, &["align"];
    "h6" BLOCK, &["align"];
    "header" BLOCK, &[];
    "hr" ElementKind::BlockVoid, &[];
    "i" INLINE, &[];
    "img" ElementKind::InlineVoid, &["alt", "height", "src", "width"];
    "ins" INLINE, &["cite", "datetime"];
    "kbd" INLINE, &[];
    "li" BLOCK, &["value"];
    "mark" INLINE, &[];
    "ol" BLOCK, &["reversed", "start"];
    "p" BLOCK, &["align"];
    "pre" BLOCK, &[];
    "q" INLINE, &["cite"];
    "rp" INLINE, &[];
    "rt" INLINE, &[];
    "ruby" INLINE, &[];
    "s" INLINE, &[];
    "samp" INLINE, &[];
    "section" BLOCK, &[];
    "small" INLINE, &[];
    "span" INLINE, &[];
    "strong" INLINE, &[];
    "sub" INLINE, &[];
    "summary" BLOCK, &[];
    "sup" INLINE, &[];
    "table" BLOCK, &[];
    "tbody" PART, &[];
    "td" PART, CELL;
    "tfoot" PART, &[];
    "th" PART, CELL;
    "thead" PART, &[];
    "time" INLINE, &["datetime"];
    "tr" PART, &[];
    "u" INLINE, &[];
    "ul" BLOCK, &[];
    "var" INLINE, &[];
    "wbr" ElementKind::InlineVoid, &[];
};

/// The element of that name in small letters, if it may stand in texts.
pub(super) fn find_element(name: &str) -> Option<&'static Element> {
    let place = ELEMENTS.binary_search_by(|element| element.name.cmp(name)).ok()?;
    ELEMENTS.get(place)
}

/// The value that an allowed attribute keeps, if it keeps one.
pub(super) fn keep_attribute<'a>(name: &str, value: &'a str) -> Option<&'a str> {
    let trimmed = value.trim();
    let keep = match name {
        // What names an entry or asset wrongly stays for the answer, which reports it and leaves it out.
        "href" => is_relative(trimmed) || is_inner_link(trimmed) || LinkTarget::parse(trimmed).is_some(),
        "src" => is_relative(trimmed) || has_scheme(trimmed, &["asset"]) || is_url(trimmed, &WEB_SCHEMES),
        "cite" => is_relative(trimmed) || is_url(trimmed, &WEB_SCHEMES),
        "dir" => is_one_of(trimmed, &["ltr", "rtl", "auto"]),
        "lang" => trimmed.len() <= 35 && trimmed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        "data-block" => (1..=64).contains(&value.len()) && value.bytes().all(is_id_byte),
        // Answered as a style: see `links.rs`.
        "align" => is_one_of(trimmed, &["start", "end", "left", "right", "center", "justify"]),
        "scope" => is_one_of(trimmed, &["row", "col", "rowgroup", "colgroup"]),
        "colspan" | "rowspan" | "span" | "width" | "height" => is_count(trimmed),
        "start" | "value" => is_count(trimmed.strip_prefix('-').unwrap_or(trimmed)),
        _ => return Some(value),
    };
    keep.then_some(trimmed)
}

/// As in the ids of rows and blocks.
fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn is_one_of(value: &str, words: &[&str]) -> bool {
    words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_count(value: &str) -> bool {
    (1..=5).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
}

fn has_scheme(value: &str, schemes: &[&str]) -> bool {
    value.split_once(':').is_some_and(|(scheme, _)| is_one_of(scheme, schemes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_in_order_and_found() {
        assert!(ELEMENTS.is_sorted_by(|a, b| a.name < b.name));
        assert_eq!(find_element("table").map(|element| element.kind), Some(ElementKind::Block));
        assert!(LEFT_OUT_WHOLE.iter().chain(&["form", "video", "", "xxxx"]).all(|name| find_element(name).is_none()));
    }

    #[test]
    fn values_of_attributes_are_checked() {
        for (name, value) in
            [("dir", "RTL"), ("lang", "ar-PS"), ("colspan", "2"), ("src", "asset:x"), ("href", "/أ"), ("title", "أ\nب")]
        {
            assert_eq!(keep_attribute(name, value), Some(value), "{name}");
        }
        for (name, value) in [
            ("dir", "x"),
            ("lang", "a\" b"),
            ("colspan", "1e9"),
            ("src", "ENTRY:x"),
            ("href", "java\nscript:x"),
            ("href", "//evil.example"),
            ("href", "https://user@a.example"),
            ("href", "https://a.example/\u{202e}x"),
            ("href", "/\u{200b}"),
            ("src", "entry:6c5a7ac3-546c-4172-947a-231133096268"),
            ("src", "//evil.example/a.png"),
            ("src", "data:image/png;base64,x"),
            ("cite", "javascript:alert(1)"),
            ("cite", "asset:6c5a7ac3-546c-4172-947a-231133096268"),
            ("cite", "mailto:a@b.example"),
            ("scope", "all"),
        ] {
            assert_eq!(keep_attribute(name, value), None, "{name}");
        }
        assert_eq!(keep_attribute("href", " entry:x "), Some("entry:x"));
        assert_eq!(keep_attribute("cite", "https://مالية.مثال/خبر"), Some("https://مالية.مثال/خبر"));
    }
}
