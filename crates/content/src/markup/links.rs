//! Links to entries and assets inside sanitised HTML, and what else of it depends on the answer.

use super::scan::{Attribute, Scanner, Token};
use crate::{
    model::{Delivery, ReferenceTarget, UnresolvedReason},
    values::{LinkTarget, Pointer, is_inner_link},
};

/// Only the sanitiser writes attributes here, and it writes them so.
const ALIGN: &str = " align=\"";

/// The entries and assets that sanitised HTML links to, in order, each once.
pub(crate) fn collect_links(html: &str) -> Vec<ReferenceTarget> {
    let mut targets = Vec::new();
    if !may_hold_links(html) {
        return targets;
    }
    for token in Scanner::new(html) {
        let Token::Start { name, attributes, source: _ } = token else { continue };
        for attribute in attributes {
            if let Some(Some(target)) = target_of(name, attribute)
                && !targets.contains(&target)
            {
                targets.push(target);
            }
        }
    }
    targets
}

/// Sanitised HTML with its links to entries and assets resolved, and alignment as a style, for `align` is obsolete; `None`
/// when it holds neither. A link that leads nowhere keeps its text and loses its address. `at` is the place of the text.
pub(crate) fn deliver_html(html: &str, at: &Pointer, delivery: &mut Delivery<'_>) -> Option<String> {
    if !may_hold_links(html) && !html.contains(ALIGN) {
        return None;
    }
    let mut out = String::with_capacity(html.len() + html.len() / 4);
    for token in Scanner::new(html) {
        match token {
            Token::Text(text) => out.push_str(text),
            Token::End { name: _, source } => out.push_str(source),
            Token::Start { name, attributes, source } => {
                let changes =
                    |attribute: &Attribute<'_>| attribute.name == "align" || target_of(name, *attribute).is_some();
                if attributes.iter().any(changes) {
                    push_tag(&mut out, name, &attributes, at, delivery);
                } else {
                    out.push_str(source);
                }
            }
            Token::Hidden => {}
        }
    }
    Some(out)
}

/// Writes a tag with its links resolved. Pages and files of our own need no `rel`.
fn push_tag(out: &mut String, name: &str, attributes: &[Attribute<'_>], at: &Pointer, delivery: &mut Delivery<'_>) {
    out.push('<');
    out.push_str(name);
    for attribute in attributes {
        match target_of(name, *attribute) {
            None if attribute.name == "rel" => {}
            None if attribute.name == "align" => {
                push_attribute(out, "style", &format!("text-align: {}", attribute.value));
            }
            None => push_attribute(out, attribute.name, attribute.value),
            Some(target) => match target.ok_or(UnresolvedReason::Unreadable).and_then(|target| delivery.href(target)) {
                Ok(href) => push_attribute(out, attribute.name, &escape(&href)),
                Err(reason) => delivery.unresolved(at.clone(), reason),
            },
        }
    }
    out.push('>');
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    for piece in [" ", name, "=\"", value, "\""] {
        out.push_str(piece);
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether the attribute is a link to an entry or asset; `Some(None)` for one that names none.
fn target_of(element: &str, attribute: Attribute<'_>) -> Option<Option<ReferenceTarget>> {
    let holds_links = matches!((element, attribute.name), ("a", "href") | ("img", "src"));
    if !holds_links || !is_inner_link(attribute.value) {
        return None;
    }
    Some(match LinkTarget::parse(attribute.value) {
        Some(LinkTarget::Entry(id)) => Some(ReferenceTarget::Entry(id)),
        Some(LinkTarget::Asset(id)) => Some(ReferenceTarget::Asset(id)),
        Some(LinkTarget::Url) | None => None,
    })
}

/// Whether Markdown can make a link to an entry or asset of a source: a quick look that spares most texts the rendering.
/// Such a source contains the word, or a character reference (`&…;`) that may mean one of its letters. Backslashes cannot
/// hide a letter: they only escape punctuation.
pub(crate) fn may_spell_links(source: &str) -> bool {
    let word = |window: &[u8]| window.eq_ignore_ascii_case(b"entry") || window.eq_ignore_ascii_case(b"asset");
    source.contains('&') || source.as_bytes().windows(5).any(word)
}

/// A quick look that spares most texts the pass.
fn may_hold_links(html: &str) -> bool {
    let bytes = html.as_bytes();
    bytes.windows(6).any(|window| window.eq_ignore_ascii_case(b"entry:") || window.eq_ignore_ascii_case(b"asset:"))
}
