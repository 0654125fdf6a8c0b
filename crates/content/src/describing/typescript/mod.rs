//! Blueprints and collections as types of TypeScript, for front ends. Types alone: nothing of it runs.

mod expression;
mod names;
mod queries;

use serde_json::{Map, Value};

pub use self::names::type_name;
use self::{
    expression::{Writer, comment, indent, literals},
    names::{data_name, entry_list_name, entry_name},
};
use crate::{
    model::{Blueprint, Collection, Field, Registry},
    values::{Label, Locale},
};

const HEADER: &str = "\
// Types of what the delivery API answers. Made by `diwan types --lang ts` from blueprints and collections: make them anew
// when those change, and do not edit them.

/** Any JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [name: string]: JsonValue };
";

/// What is the same for every installation; the rest of the module says what `Collections` holds.
const GENERIC: &str = "\
/** Name of a collection. */
export type CollectionHandle = keyof Collections;

/** A published entry of a collection; of any collection where none is named. */
export type Entry<C extends CollectionHandle = CollectionHandle> = { [K in C]: Collections[K][\"entry\"] }[C];

/** A page of a list of entries of a collection. */
export type EntryList<C extends CollectionHandle = CollectionHandle> = { [K in C]: Collections[K][\"list\"] }[C];
";

/// The types of an installation as one module of TypeScript: the data of each blueprint, what there is of each collection
/// and what its lists can be asked, and every shape that the delivery API answers.
///
/// `components` are those of the OpenAPI document of the delivery API, by name: every shape is written as it is described
/// there, so that both never differ. Those of blueprints and collections are called `<Blueprint>Data`, `<Collection>Entry`
/// and `<Collection>EntryList`, after [`type_name`].
pub fn typescript(registry: &Registry, components: &Map<String, Value>) -> String {
    let mut parts = vec![HEADER.to_owned()];
    parts.extend(registry.blueprints().map(|blueprint| data(blueprint)));
    parts.push(blueprints(registry));
    parts.push(queries::kinds());
    let listed = registry.collections().filter(|one| !one.kind.is_single());
    parts.extend(listed.map(|one| queries::of_collection(one, registry, components)));
    parts.push(collections(registry, components));
    parts.push(GENERIC.to_owned());
    let of_data: Vec<String> = registry.blueprints().map(|blueprint| data_name(&blueprint.handle)).collect();
    let others = components.iter().filter(|(name, _)| !of_data.contains(name));
    parts.extend(others.map(|(name, schema)| component(name, schema)));
    parts.join("\n")
}

/// The data of a blueprint.
fn data(blueprint: &Blueprint) -> String {
    let mut schema = blueprint.answer_schema();
    // Labels stand in both languages here; deeper ones as the schema has them.
    for field in blueprint.public_fields() {
        let property = &mut schema["properties"][field.handle.as_str()];
        property["title"] = Value::Null;
        property["description"] = said_of(field).into();
    }
    let said = comment(&format!("Data of the blueprint {}: {}", blueprint.handle, both(&blueprint.label)), 0);
    let members = Writer { name_of: &str::to_owned }.object(&schema, 0);
    format!("{said}export interface {} {members}\n", data_name(&blueprint.handle))
}

fn said_of(field: &Field) -> String {
    let label = both(&field.label);
    match &field.help {
        Some(help) => format!("{label}. {}", both(help)),
        None => label,
    }
}

fn both(label: &Label) -> String {
    let Label { ar, en } = label;
    if ar == en { ar.clone() } else { format!("{ar} / {en}") }
}

fn blueprints(registry: &Registry) -> String {
    let lines = registry.blueprints().map(|blueprint| {
        let handle = &blueprint.handle;
        format!("{}{}{handle}: {};\n", comment(&both(&blueprint.label), 1), indent(1), data_name(handle))
    });
    format!("/** The data of each blueprint. */\nexport interface Blueprints {{\n{}}}\n", lines.collect::<String>())
}

fn collections(registry: &Registry, components: &Map<String, Value>) -> String {
    let members = registry.collections().map(|one| collection(one, registry, components));
    format!(
        "/** What there is of each collection. */\nexport interface Collections {{\n{}}}\n",
        members.collect::<String>()
    )
}

fn collection(collection: &Collection, registry: &Registry, components: &Map<String, Value>) -> String {
    let Collection { handle, kind, label, blueprints, locales, .. } = collection;
    let data: Vec<String> = registry.blueprints_of(collection).map(|one| data_name(&one.handle)).collect();
    // Of a global or a navigation there is one entry and no list.
    let of_lists = |name: String| if kind.is_single() { "never".to_owned() } else { name };
    let members = [
        ("blueprint", literals(blueprints.iter().map(|one| one.as_str()))),
        ("locale", literals(locales.iter().map(Locale::as_str))),
        ("data", data.join(" | ")),
        ("entry", entry_name(handle)),
        ("list", of_lists(entry_list_name(handle))),
        ("filter", of_lists(queries::filter_name(handle, components))),
        ("sort", of_lists(queries::sort_name(handle, components))),
    ];
    let lines: String = members.iter().map(|(name, of)| format!("{}{name}: {of};\n", indent(2))).collect();
    format!("{}{}{handle}: {{\n{lines}{}}};\n", comment(&both(label), 1), indent(1), indent(1))
}

/// A shape of the delivery API by its own name.
fn component(name: &str, schema: &Value) -> String {
    let writer = Writer { name_of: &str::to_owned };
    let said = comment(schema.get("description").and_then(Value::as_str).unwrap_or_default(), 0);
    if schema.get("properties").is_some() {
        format!("{said}export interface {name} {}\n", writer.object(schema, 0))
    } else {
        format!("{said}export type {name} = {};\n", writer.expression(schema, 0))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::loading::testing::registry;

    const BLUEPRINT: &str = "handle: notices
label: { ar: إعلان, en: Notice }
fields:
  - { handle: title, type: text, label: { ar: العنوان, en: Title }, help: { ar: قصير, en: Short }, required: true }
  - handle: kind
    type: select
    label: { ar: النوع, en: Kind }
    max_items: 1
    filterable: true
    options: [{ value: news, label: { ar: خبر, en: News } }, { value: tender, label: { ar: منافسة, en: Tender } }]
  - { handle: tags, type: tags, label: { ar: وسوم, en: Tags }, filterable: true }
  - { handle: open, type: date_range, label: { ar: المدة, en: Term }, open_ended: true, hijri: true }
  - { handle: more, type: json, label: { ar: أخرى, en: More } }
  - handle: about
    type: reference
    label: { ar: عن, en: About }
    filterable: true
    max_items: 1
    collections: [gov_notices]
  - { handle: notes, type: textarea, label: { ar: ملاحظات, en: Notes }, private: true }
";

    const COLLECTION: &str = "handle: gov_notices
kind: list
label: { ar: الإعلانات, en: Notices }
blueprints: [notices]
locales: [ar, en]
title_field: title
owner: required
sort: [title]
";

    #[test]
    fn an_installation_becomes_one_module() {
        let registry =
            registry(&[("blueprints/notices.yaml", BLUEPRINT), ("collections/gov_notices.yaml", COLLECTION)]);
        let components = json!({
            "NoticesData": {"type": "object"},
            "GovNoticesEntry": {
                "type": "object", "description": "A published entry.", "required": ["id", "data"],
                "properties": {
                    "id": {"type": "string", "description": "The entry."},
                    "data": {"$ref": "#/components/schemas/NoticesData"},
                },
            },
            "GovNoticesEntryList": {
                "type": "object", "required": ["data"],
                "properties": {"data": {"type": "array", "items": {"$ref": "#/components/schemas/GovNoticesEntry"}}},
            },
            "AtPath": {
                "description": "What lives at a path.",
                "oneOf": [{"$ref": "#/components/schemas/GovNoticesEntry"}, {"$ref": "#/components/schemas/Redirect"}],
            },
            "Redirect": {
                "type": "object", "description": "The page lives elsewhere.", "required": ["to"],
                "properties": {"to": {"type": "string"}},
            },
        });
        assert_eq!(typescript(&registry, components.as_object().unwrap()), include_str!("sample.ts"));
    }
}
