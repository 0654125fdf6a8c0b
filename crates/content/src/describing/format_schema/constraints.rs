//! The keys of each field type in the files.

use serde_json::{Value, json};

use super::parts::{boolean, list, object, reference, words};
use crate::{
    field_types::{Items, JsonType, NavigationType, RichTextType, TextRules},
    values::AssetKind,
};

pub(super) type Constraint = (&'static str, Value, &'static str);
pub(super) type Constraints = Vec<Constraint>;

/// The keys of a type, and those of them that must be there.
pub(super) fn constraints(name: &str) -> (Constraints, Vec<&'static str>) {
    match name {
        "text" | "textarea" | "markdown" => (text_rules(), vec![]),
        "integer" => (limits(&json!({ "type": "integer" })), vec![]),
        "number" => (limits(&json!({ "type": "number" })), vec![]),
        "date" => (with_hijri(limits(&json!({ "type": "string", "pattern": DAY }))), vec![]),
        "date_range" => {
            let mut keys = with_hijri(limits(&json!({ "type": "string", "pattern": DAY })));
            keys.push(("open_ended", boolean(false), "The end may be unknown."));
            (keys, vec![])
        }
        "datetime" => {
            (with_hijri(limits(&json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T" }))), vec![])
        }
        "time" => (limits(&json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$" })), vec![]),
        "select" => {
            let mut keys = vec![options(json!({ "type": "string", "minLength": 1, "maxLength": 64 }))];
            keys.extend(items());
            (keys, vec!["options"])
        }
        "list" => {
            let mut keys = items();
            keys.extend(text_rules());
            (keys, vec![])
        }
        "reference" => {
            let handles = json!({ "type": "array", "minItems": 1, "items": reference("handle") });
            let mut keys = vec![
                ("collections", handles, "Collections whose entries it may name; absent: all."),
                ("reverse", reference("handle"), "Name under which the target lists who points to it."),
            ];
            keys.extend(items());
            (keys, vec![])
        }
        "asset" => {
            let kinds: Vec<_> = AssetKind::ALL.iter().map(|kind| kind.as_str()).collect();
            let accept = json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": { "enum": kinds } });
            let mut keys = vec![("accept", accept, "Kinds of assets that it takes; absent: all.")];
            keys.extend(items());
            (keys, vec![])
        }
        "tags" => {
            let mut keys = items();
            keys.push(most("max_chars", 200, "Most characters of a tag."));
            (keys, vec![])
        }
        "table" => {
            let keys = vec![
                most("max_columns", 50, "Most columns."),
                most("max_rows", 1_000, "Most rows."),
                most("max_chars", 10_000, "Most characters of a cell."),
            ];
            (keys, vec![])
        }
        "code" => {
            let language = json!({ "type": "string", "pattern": "^[a-z0-9][a-z0-9_+#.-]{0,31}$" });
            let languages = ("languages", list(language, 1, 50), "Languages that may be named; absent: any.");
            (vec![languages, most("max_chars", TextRules::MAX_CHARS, "Most characters.")], vec![])
        }
        "key_value" => {
            let mut keys = items();
            keys.push(most("max_chars", TextRules::MAX_CHARS, "Most characters of a value."));
            (keys, vec![])
        }
        "url" => {
            let scheme = json!({ "type": "string", "pattern": "^[a-z][a-z0-9+.-]*$" });
            (vec![("schemes", list(scheme, 1, 10), "Schemes that it takes; absent: https and http.")], vec![])
        }
        "color" => (vec![options(json!({ "type": "string", "pattern": "^#[0-9a-f]{6}([0-9a-f]{2})?$" }))], vec![]),
        "json" => (vec![most("max_bytes", JsonType::MAX_BYTES, "Most bytes as compact JSON.")], vec![]),
        "rich_text" => {
            let names = |names: Vec<&str>| json!({ "type": "array", "uniqueItems": true, "items": words(&names) });
            let keys = vec![
                most("max_chars", TextRules::MAX_CHARS, "Most characters of all its texts together."),
                ("nodes", names(RichTextType::node_names().collect()), "Nodes besides paragraphs; absent: all."),
                ("marks", names(RichTextType::mark_names().collect()), "Marks of its texts; absent: all."),
                ("blocks", reference("blocks"), "Kinds of blocks that may stand in it; absent: none."),
            ];
            (keys, vec![])
        }
        "navigation" => {
            let handles = json!({ "type": "array", "minItems": 1, "items": reference("handle") });
            let count = |most: usize| json!({ "type": "integer", "minimum": 1, "maximum": most, "default": most });
            let keys = vec![
                ("collections", handles, "Collections whose entries items may name; absent: all."),
                ("max_items", count(NavigationType::MAX_ITEMS), "Most items, all levels together."),
                ("max_depth", count(NavigationType::MAX_DEPTH), "Most levels."),
            ];
            (keys, vec![])
        }
        "group" => (vec![("fields", reference("inner_fields"), "Its fields.")], vec!["fields"]),
        "grid" => {
            let mut keys = vec![("fields", reference("inner_fields"), "The fields of each row.")];
            keys.extend(items());
            (keys, vec!["fields"])
        }
        "blocks" => {
            let mut keys = vec![("blocks", reference("blocks"), "The kinds of rows.")];
            keys.extend(items());
            (keys, vec!["blocks"])
        }
        // Boolean, link, email, phone and geo_point have no constraints; a test compares every type with what the loader takes.
        _ => (vec![], vec![]),
    }
}

fn text_rules() -> Constraints {
    let count = |least: usize| json!({ "type": "integer", "minimum": least, "maximum": TextRules::MAX_CHARS });
    vec![
        ("min_chars", count(0), "Fewest characters of a text that is not null."),
        ("max_chars", count(1), "Most characters."),
        ("pattern", json!({ "type": "string", "maxLength": 1_000 }), "Regular expression that the text must match."),
    ]
}

/// A day as it is written.
const DAY: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

fn options(value: Value) -> Constraint {
    let option = object(json!({ "value": value, "label": reference("label") }), &["value", "label"]);
    ("options", list(option, 1, 500), "What can be chosen, in order.")
}

fn most(key: &'static str, max: usize, text: &'static str) -> Constraint {
    (key, json!({ "type": "integer", "minimum": 1, "maximum": max }), text)
}

fn with_hijri(mut keys: Constraints) -> Constraints {
    keys.push(("hijri", boolean(false), "Answered with its Hijri form (Umm al-Qura)."));
    keys
}

fn limits(schema: &Value) -> Constraints {
    vec![("min", schema.clone(), "Smallest value."), ("max", schema.clone(), "Largest value.")]
}

fn items() -> Constraints {
    let count = |least: usize| json!({ "type": "integer", "minimum": least, "maximum": Items::MAX });
    vec![("min_items", count(0), "Fewest items."), ("max_items", count(1), "Most items; with 1 the value is no list.")]
}
