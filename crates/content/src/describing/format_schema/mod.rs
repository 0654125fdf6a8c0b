//! JSON Schema of the files in `schemas/`, so that editors complete and check them while they are written.
//!
//! Draft 7, since that is what YAML plug-ins of editors know best. [`crate::Registry::load`] remains the judge: it also
//! compares files with one another.

mod constraints;
mod parts;

use serde_json::{Map, Value, json};

use self::{
    constraints::constraints,
    parts::{boolean, describe, list, object, reference, with_default, words},
};
use crate::{
    field_types::{FieldType, MAX_KINDS},
    model::{Access, Collection, CollectionKind, ConditionOperator, MAX_CONDITIONS, Owner, SearchRole},
    values::{Handle, SlugStyle},
};

/// Schema of `blueprints/*.yaml`.
pub fn blueprint_format() -> Value {
    let mut properties = head(
        "The blueprint's machine name: the name of the file without .yaml.",
        "What editors call one entry of this kind.",
    );
    properties.insert(
        "groups".to_owned(),
        describe(
            json!({ "type": "array", "maxItems": 50, "items": reference("group") }),
            "Groups of the form, in order.",
        ),
    );
    let items = json!({ "oneOf": fields_or_use() });
    properties
        .insert("fields".to_owned(), describe(list(items, 1, 200), "Fields and fieldsets, in the order of the form."));
    let examples = list(json!({ "type": "object" }), 0, 50);
    properties.insert("examples".to_owned(), describe(examples, "Examples of data; each must be fit to publish."));
    file("Blueprint", properties, &["handle", "label", "fields"], definitions(true))
}

/// Schema of `fieldsets/*.yaml`.
pub fn fieldset_format() -> Value {
    let mut properties =
        head("The fieldset's machine name: the name of the file without .yaml.", "What the fields have in common.");
    let items = json!({ "oneOf": fields() });
    properties.insert(
        "fields".to_owned(),
        describe(list(items, 1, 200), "Fields, in order; they have no groups of their own."),
    );
    file("Fieldset", properties, &["handle", "label", "fields"], definitions(false))
}

/// Schema of `collections/*.yaml`.
pub fn collection_format() -> Value {
    let order = json!({
        "type": "array", "minItems": 1, "maxItems": 4,
        "items": { "type": "string", "pattern": "^-?[a-z][a-z0-9_]*$" },
    });
    let locale = json!({ "type": "string", "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$" });
    let pattern = json!({ "type": "string", "pattern": "^/(.+/)?\\{slug\\}$" });
    let search = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "enabled": describe(boolean(true), "Entries are found by search."),
            "newer_first": describe(boolean(false), "Among equally good hits newer entries come first."),
            "facets": describe(
                json!({ "type": "array", "maxItems": 8, "uniqueItems": true, "items": reference("handle") }),
                "Fields of texts or options by whose values hits are counted and filtered.",
            ),
            "role": describe(
                with_default(words(&SearchRole::ALL.map(SearchRole::as_str)), json!("content")),
                "What its published entries are to search: what is found, words that mean the same (field words), or \
                 entries that stand first for some queries (fields queries and entries).",
            ),
        },
    });
    let mut properties =
        head("The collection's machine name: the name of the file without .yaml.", "What editors call the collection.");
    let others = [
        (
            "kind",
            words(&CollectionKind::ALL.map(CollectionKind::as_str)),
            "How entries hang together: a flat list; pages or terms with parents; or one entry alone, a global or a navigation.",
        ),
        (
            "blueprints",
            json!({ "type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": true, "items": reference("handle") }),
            "Blueprints that entries may have; the first is the default.",
        ),
        (
            "locales",
            json!({ "type": "array", "minItems": 1, "maxItems": 20, "uniqueItems": true, "items": locale }),
            "Locales of entries; the first is the origin.",
        ),
        (
            "path",
            json!({ "type": "object", "additionalProperties": pattern }),
            "Public path by locale, of fixed segments, {parent}, {year}, {month} and {slug} at the end. A locale without one has no pages of its own. Globals and navigations have none.",
        ),
        (
            "max_depth",
            json!({ "type": "integer", "minimum": 1, "maximum": Collection::MAX_DEPTH, "default": Collection::MAX_DEPTH }),
            "Trees and taxonomies: how many levels there may be; roots are the first.",
        ),
        (
            "slugs",
            with_default(words(&SlugStyle::ALL.map(SlugStyle::as_str)), json!("keep")),
            "How slugs are made of titles: in the title's own letters, or in ASCII.",
        ),
        ("home", boolean(false), "Trees only: one root entry may have the empty slug and live at the pattern's root."),
        (
            "title_field",
            reference("handle"),
            "The field that names an entry to people: a required, public text in every blueprint.",
        ),
        ("dated", boolean(false), "Entries carry a date."),
        (
            "access",
            with_default(words(&Access::ALL.map(Access::as_str)), json!("public")),
            "Who may read what is published: anybody, holders of a delivery key, or nobody but Diwan itself.",
        ),
        (
            "owner",
            words(&Owner::ALL.map(Owner::as_str)),
            "Which department owns an entry: itself (collection departments only), or one that must be named.",
        ),
        (
            "sort",
            order.clone(),
            "Default order of lists; - before a name puts the largest first. Only globals and navigations may leave it out.",
        ),
        (
            "indexes",
            list(order, 0, 16),
            "What lists are served from at any size: what filters ask to be equal, then an order. The default order is always one of them.",
        ),
        ("search", search, "Rules of search."),
        ("review", with_default(words(&["none"]), json!("none")), "Approval before publishing."),
        ("public_history", boolean(false), "Anybody may ask what was public when."),
        (
            "max_age_seconds",
            json!({ "type": "integer", "minimum": 0, "maximum": 31_536_000, "default": 60 }),
            "How long caches may keep answers.",
        ),
    ];
    for (key, schema, text) in others {
        properties.insert(key.to_owned(), describe(schema, text));
    }
    let required = ["handle", "kind", "label", "blueprints", "locales", "title_field", "owner"];
    file("Collection", properties, &required, basics())
}

fn file(title: &str, properties: Map<String, Value>, required: &[&str], definitions: Map<String, Value>) -> Value {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": title,
        "type": "object",
        "additionalProperties": false,
        "required": required,
        "properties": properties,
        "definitions": definitions,
    })
}

fn head(handle: &str, label: &str) -> Map<String, Value> {
    Map::from_iter([
        ("handle".to_owned(), describe(reference("handle"), handle)),
        ("label".to_owned(), describe(reference("label"), label)),
    ])
}

/// What every file needs.
fn basics() -> Map<String, Value> {
    let text = json!({ "type": "string", "pattern": "\\S" });
    let handle = json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]*$", "maxLength": Handle::MAX_BYTES });
    Map::from_iter([
        ("handle".to_owned(), handle),
        ("label".to_owned(), object(json!({ "ar": text, "en": text }), &["ar", "en"])),
    ])
}

fn definitions(in_blueprint: bool) -> Map<String, Value> {
    let mut definitions = basics();
    if in_blueprint {
        let group = json!({ "handle": reference("handle"), "label": reference("label") });
        definitions.insert("group".to_owned(), object(group, &["handle", "label"]));
        let overrides = json!({ "type": "object", "additionalProperties": { "type": "object" } });
        let use_of = json!({
            "use": describe(reference("handle"), "The fieldset."),
            "prefix": describe(reference("handle"), "Put before the handles of its fields."),
            "group": describe(reference("handle"), "Group of its fields."),
            "overrides": describe(overrides, "By field of the fieldset: keys that replace the fieldset's."),
        });
        definitions.insert("use".to_owned(), object(use_of, &["use"]));
    }
    definitions.insert("conditions".to_owned(), conditions());
    definitions.insert("inner_fields".to_owned(), inner_fields(in_blueprint));
    definitions.insert("blocks".to_owned(), blocks());
    for name in FieldType::names() {
        definitions.insert(format!("{name}_field"), field(name, in_blueprint));
    }
    definitions
}

/// Comparisons with fields beside: a value, or an operator with its value.
fn conditions() -> Value {
    let operators: Map<String, Value> =
        ConditionOperator::ALL.into_iter().map(|operator| (operator.as_str().to_owned(), json!({}))).collect();
    let operators =
        json!({ "type": "object", "minProperties": 1, "additionalProperties": false, "properties": operators });
    json!({
        "type": "object",
        "minProperties": 1,
        "maxProperties": MAX_CONDITIONS,
        "propertyNames": reference("handle"),
        "additionalProperties": { "anyOf": [{ "type": ["string", "number", "boolean"] }, operators] },
    })
}

/// Fields inside a field: as others, without what belongs to the outermost one.
fn inner_fields(in_blueprint: bool) -> Value {
    let outer: Vec<Value> =
        ["group", "localizable", "filterable"].iter().map(|key| json!({ "required": [key] })).collect();
    let items = if in_blueprint { fields_or_use() } else { fields() };
    list(json!({ "oneOf": items, "not": { "anyOf": outer } }), 1, 200)
}

/// Declared kinds of blocks.
fn blocks() -> Value {
    let kind = json!({
        "handle": describe(reference("handle"), "The type of its blocks."),
        "label": describe(reference("label"), "What editors call it."),
        "fields": describe(reference("inner_fields"), "Fields of its blocks."),
    });
    list(object(kind, &["handle", "label", "fields"]), 1, MAX_KINDS)
}

fn fields() -> Vec<Value> {
    FieldType::names().map(|name| reference(&format!("{name}_field"))).collect()
}

fn fields_or_use() -> Vec<Value> {
    let mut all = fields();
    all.push(reference("use"));
    all
}

/// One field of a type, with the keys of all fields and those of the type.
fn field(name: &str, in_blueprint: bool) -> Value {
    let mut properties = Map::new();
    let mut put = |key: &str, schema: Value, text: &str| {
        properties.insert(key.to_owned(), describe(schema, text));
    };
    put("handle", reference("handle"), "Its name in data.");
    put("type", json!({ "const": name }), "The kind of value.");
    if in_blueprint {
        put("group", reference("handle"), "Group of the form in which it stands.");
    }
    put("label", reference("label"), "What editors read beside it.");
    put("help", reference("label"), "Longer help.");
    put("required", boolean(false), "Must have a value before publishing; drafts may leave it empty.");
    put("localizable", boolean(false), "Each locale may hold its own value; otherwise only the origin holds one.");
    put("filterable", boolean(false), "May stand in filters.");
    let weight = json!({ "type": "integer", "minimum": 1, "maximum": 10 });
    put("searchable", weight, "Weight in search; absent: not searched.");
    put("private", boolean(false), "In no public answer, not searched, not filtered by.");
    put("default", json!({}), "Value of a new entry that does not name the field.");
    put("if", reference("conditions"), "Shown only while all of these hold; hidden, it is empty and not required.");
    put("unless", reference("conditions"), "Hidden while all of these hold.");
    let (own, required) = constraints(name);
    for (key, schema, text) in own {
        put(key, schema, text);
    }
    let mut all_required = vec!["handle", "type", "label"];
    all_required.extend(required);
    object(Value::Object(properties), &all_required)
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::{
        loading::testing::{files, lines, shipped},
        model::Registry,
        yaml::{self, Node, NodeKind},
    };

    /// Any YAML of the shipped files as JSON, simply.
    fn json_of(node: &Node) -> Value {
        match &node.kind {
            NodeKind::Scalar { text, plain: true } => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
            NodeKind::Scalar { text, plain: false } => json!(text),
            NodeKind::Sequence(items) => items.iter().map(json_of).collect(),
            NodeKind::Mapping(entries) => {
                entries.iter().map(|(key, value)| (key.as_text().unwrap().to_owned(), json_of(value))).collect()
            }
        }
    }

    #[test]
    fn the_committed_schemas_are_those_of_the_code() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/format");
        let formats =
            [("blueprint", blueprint_format()), ("fieldset", fieldset_format()), ("collection", collection_format())];
        for (name, schema) in formats {
            let path = folder.join(format!("{name}.schema.json"));
            let written = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
            if std::env::var_os("DIWAN_UPDATE_FORMAT").is_some() {
                fs::write(&path, &written).unwrap();
            }
            let committed = fs::read_to_string(&path).unwrap_or_default();
            assert!(committed == written, "{} is stale; run this test with DIWAN_UPDATE_FORMAT=1", path.display());
        }
    }

    #[test]
    fn shipped_files_follow_their_format() {
        for file in shipped() {
            let schema = match file.path.split('/').next() {
                Some("blueprints") => blueprint_format(),
                Some("fieldsets") => fieldset_format(),
                _ => collection_format(),
            };
            let value = json_of(&yaml::parse(&file.text, &yaml::Budget::default()).unwrap());
            let validator = jsonschema::validator_for(&schema).unwrap();
            let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
            assert_eq!(errors, [""; 0], "{}", file.path);
        }
    }

    #[test]
    fn the_format_allows_exactly_the_keys_that_the_loader_takes() {
        for name in FieldType::names() {
            let text =
                format!("handle: x\nlabel: {{ ar: أ, en: A }}\nfields:\n  - {{ handle: f, type: {name}, zzz: 1 }}\n");
            let problems = Registry::load(&files(&[("blueprints/x.yaml", &text)])).unwrap_err();
            let told =
                lines(&problems).into_iter().find(|line| line.contains("fields.f.zzz: is not known here")).unwrap();
            let (_, allowed) = told.split_once("allowed: ").unwrap();
            let mut allowed: Vec<&str> = allowed.split(", ").collect();
            let schema = field(name, true);
            let mut keys: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            allowed.sort_unstable();
            keys.sort_unstable();
            assert_eq!(allowed, keys, "{name}");
        }
    }
}
