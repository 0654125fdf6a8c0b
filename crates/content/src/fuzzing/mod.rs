//! What must hold of this crate for any bytes: one function for each target of `fuzz/`, which also replays its corpus here.
//!
//! Each takes what a fuzzer made and panics where a promise of the crate is broken.

#[cfg(test)]
#[path = "../../../../fuzz/replay.rs"]
mod replay;
mod spelling;

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::{
    lists::{CursorSecret, Vocabulary, filter_names, key_lists, open_cursor, parse_filter, plan, seal_cursor},
    loading::SchemaFile,
    markup::{check_harmless, clean, markdown_to_html},
    model::{Data, LocaleRole, Registry},
    presenting::{present, resolve},
    values::{ContentHash, Handle, Pointer, PublicPath},
    yaml,
};

/// A blueprint with rich text that has blocks, and with fields to filter by.
const BLUEPRINT: &str = "handle: news
label: { ar: خبر, en: News }
fields:
  - { handle: title, type: text, label: { ar: العنوان, en: Title }, required: true, filterable: true }
  - { handle: order, type: integer, label: { ar: الترتيب, en: Order }, filterable: true }
  - { handle: closes_at, type: datetime, label: { ar: آخر موعد, en: Closes }, filterable: true }
  - { handle: related, type: reference, label: { ar: ذو صلة, en: Related }, filterable: true }
  - handle: text
    type: rich_text
    label: { ar: النص, en: Text }
    blocks:
      - handle: note
        label: { ar: تنبيه, en: Note }
        fields: [{ handle: text, type: markdown, label: { ar: النص, en: Text } }]
";
const COLLECTION: &str = "handle: news
kind: list
label: { ar: أخبار, en: News }
blueprints: [news]
locales: [ar]
title_field: title
owner: required
sort: [title]
indexes: [[order, title], [-closes_at]]
";

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let files = [file("blueprints/news.yaml", BLUEPRINT), file("collections/news.yaml", COLLECTION)];
    Registry::load(&files).expect("a blueprint of ours")
});

/// Markdown becomes HTML of allowed elements, attributes and schemes, in proportion to the source.
pub fn markdown(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let html = markdown_to_html(&source);
    check_harmless(&html);
    check_harmless(&clean(&html));
    assert!(html.len() <= 1_000 + 200 * source.len(), "{} bytes from {}", html.len(), source.len());
}

/// A request's path is refused or named in one way, whose fold is stable.
pub fn paths(bytes: &[u8]) {
    let raw = String::from_utf8_lossy(bytes);
    let Ok(path) = PublicPath::from_request(&raw) else { return };
    let text = path.as_str();
    assert!(text.starts_with('/') && !text.contains("//") && (text == "/" || !text.ends_with('/')), "{text:?}");
    assert!(
        !text.chars().any(char::is_control) && !text.split('/').any(|part| part == "." || part == ".."),
        "{text:?}"
    );
    assert!(text.len() <= PublicPath::MAX_BYTES + 1);
    let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
    if encoded.len() <= 3 * PublicPath::MAX_BYTES {
        assert_eq!(PublicPath::from_request(&encoded).as_ref(), Ok(&path), "{text:?}");
    }
    let folded = path.folded();
    assert_eq!(PublicPath::from_stored(folded.as_str().to_owned()).folded(), folded, "{text:?}");
}

/// Nobody opens a cursor that was not sealed, and what was sealed opens for its own query alone. The first half is taken for
/// a cursor, all of it for a position.
pub fn cursors(bytes: &[u8]) {
    let secret = CursorSecret::new([7; 32]);
    let (query, other) = (ContentHash::of(b"news by date"), ContentHash::of(b"news by title"));
    let forged = String::from_utf8_lossy(&bytes[..bytes.len() / 2]);
    assert_eq!(open_cursor(&secret, &query, &forged), None);
    let position = &bytes[..bytes.len().min(2_000)];
    let sealed = seal_cursor(&secret, &query, position);
    assert_eq!(open_cursor(&secret, &query, &sealed).as_deref(), Some(position));
    assert_eq!(open_cursor(&secret, &other, &sealed), None);
}

/// YAML is read or refused with a place that the text has.
pub fn yaml(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let budget = yaml::Budget { max_bytes: 64 * 1024, max_depth: 32, max_nodes: 5_000 };
    let lines = text.split(['\n', '\r']).count();
    let error = match yaml::parse(&text, &budget) {
        Ok(node) => match node.to_json() {
            Ok(_) => return,
            Err(error) => error,
        },
        Err(error) => error,
    };
    assert!((1..=lines + 1).contains(&error.line) && error.column >= 1 && !error.message.is_empty(), "{error}");
}

/// A folder of schemas is read or refused with all its mistakes; what is read can be described. The bytes are a blueprint and,
/// behind a line `%%`, a collection of it.
pub fn schemas(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (blueprint, collection) = text.split_once("\n%%\n").unwrap_or((&text, ""));
    let files = [file("blueprints/news.yaml", blueprint), file("collections/news.yaml", collection)];
    match Registry::load(&files) {
        Ok(registry) => {
            for blueprint in registry.blueprints() {
                assert!(blueprint.input_schema().is_object() && blueprint.answer_schema().is_object());
            }
        }
        Err(problems) => assert!(!problems.is_empty()),
    }
}

/// A document is refused or read into what reads as itself; whatever is stored becomes harmless HTML. The bytes are taken for
/// JSON, and for a document that they spell out node by node, since a fuzzer seldom finds JSON.
pub fn rich_text(bytes: &[u8]) {
    if let Ok(doc) = serde_json::from_slice::<Value>(bytes) {
        check_document(&doc);
    }
    check_document(&spelling::spelt_document(bytes));
}

/// Whether a document was taken, and its HTML.
fn check_document(doc: &Value) -> (bool, String) {
    let Some(blueprint) = REGISTRY.find_blueprint("news") else { return (false, String::new()) };
    let at = Pointer::root();
    let (data, faults) = blueprint.read(&json!({ "text": doc }), &LocaleRole::Origin, &at);
    let taken = faults.is_empty();
    if taken {
        let stored = Value::Object(data.as_map().clone());
        let (again, faults) = blueprint.read(&stored, &LocaleRole::Origin, &at);
        assert!(faults.is_empty() && again == data, "{stored} reads as {:?}", again.as_map());
    }
    let stored = Data::from_checked(json!({ "text": doc }).as_object().cloned().unwrap_or_default());
    let mut html = String::new();
    for data in [data, stored] {
        let resolved = resolve(blueprint, &data, None);
        blueprint.references(&resolved, &at);
        blueprint.publish_faults(&resolved, &at);
        let presented = present(blueprint, &resolved);
        html = presented.get("text").and_then(|text| text["html"].as_str()).unwrap_or_default().to_owned();
        check_harmless(&html);
    }
    (taken, html)
}

/// The parameters of a filter, a line each, are refused with few faults or read into a filter that has one canonical form and
/// can be planned.
pub fn filters(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let parameters: Vec<(&str, &str)> = text.lines().map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    let (Some(collection), Some(blueprint)) = (REGISTRY.find_collection("news"), REGISTRY.find_blueprint("news"))
    else {
        return;
    };
    let names = || filter_names(collection, &[blueprint.as_ref()]);
    let behind = |_: Option<&[Handle]>| (vec![collection.handle.clone()], names());
    let vocabulary = Vocabulary { names: names(), behind: &behind };
    match parse_filter(&parameters, &vocabulary) {
        Ok(Some(filter)) => {
            let again = parse_filter(&parameters, &vocabulary).ok().flatten().map(|filter| filter.canonical());
            assert_eq!(again, Some(filter.canonical()));
            let lists = key_lists(collection, &[blueprint.as_ref()]);
            plan(&filter, &collection.sort, &lists, collection.origin());
        }
        Ok(None) => assert!(parameters.is_empty()),
        Err(faults) => assert!((1..=20).contains(&faults.len()), "{} faults", faults.len()),
    }
}

fn file(path: &str, text: &str) -> SchemaFile {
    SchemaFile { path: path.to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{replay::replay, spelling::spelt_document, *};

    #[test]
    fn markdown_holds_for_the_corpus() {
        replay("markdown_to_html", markdown);
    }

    #[test]
    fn paths_hold_for_the_corpus() {
        replay("path_decoding", paths);
    }

    #[test]
    fn cursors_hold_for_the_corpus() {
        replay("cursors", cursors);
    }

    #[test]
    fn yaml_holds_for_the_corpus() {
        replay("yaml", yaml);
    }

    #[test]
    fn filters_hold_for_the_corpus() {
        replay("filter_grammar", filters);
    }

    #[test]
    fn rich_text_holds_for_the_corpus() {
        replay("rich_text", rich_text);
    }

    #[test]
    fn bytes_spell_documents_that_are_taken_and_rendered_and_others_that_are_refused() {
        let spelt = |bytes: &[u8]| check_document(&spelt_document(bytes));
        let (taken, html) = spelt(&[0x01, 0x80, 0x40, 0x03, 0x05, 0x00, 0xC8, 0x40, 0x40, 0x40]);
        assert!(taken, "{html}");
        assert_eq!(
            html,
            "<h1 dir=\"rtl\">نص</h1>\n<ul><li><p><a href=\"https://gov.example/a?b=1&amp;c=2\" rel=\"noopener noreferrer\">نص</a></p>\n</li></ul>\n"
        );
        let (taken, html) = spelt(&[0x00, 0x81, 0xF8, 0x40, 0x0F, 0x37]);
        assert!(!taken && html.contains("&lt;script&gt;"), "{html}");
    }

    proptest! {
        #[test]
        fn rich_text_holds_for_any_bytes(bytes: Vec<u8>) {
            rich_text(&bytes);
        }
    }

    #[test]
    fn schemas_hold_for_the_corpus() {
        replay("schemas", schemas);
    }
}
