//! Components and paths of each collection, so that generated clients know what they get.
//!
//! poem-openapi describes what all collections share: routes with `{collection}` and a component `Entry`. Both are replaced here by
//! one set for each collection; nothing untyped stays beside them.

use std::{collections::BTreeMap, sync::Arc};

use diwan_content::{Blueprint, Collection, CollectionKind, InclusionWay, Locale, Registry, to_openapi30, type_name};
use serde_json::{Map, Value, json};

use super::{
    lists::{condition_components, describe_list},
    shown::Shown,
};
use crate::delivery;

/// Components that describe all collections at once.
const GENERIC: [&str; 5] = [INCLUDED, "Entry", "EntryList", "AtPath_Entry", "AtPath_Redirect"];

/// The component of what entries include.
const INCLUDED: &str = "Included";

/// Puts the collections that are shown into the document of the delivery API.
pub(super) fn add_collections(document: &mut Value, shown: Shown<'_>) {
    let registry = shown.registry;
    let schemas = super::documents::schemas(document);
    let generic: Map<String, Value> =
        GENERIC.iter().filter_map(|name| Some(((*name).to_owned(), schemas.remove(*name)?))).collect();
    for blueprint in shown.blueprints() {
        schemas.insert(data_name(blueprint), to_openapi30(&blueprint.answer_schema()));
    }
    add_included(schemas, shown);
    let mut at_path = Vec::new();
    for collection in shown.collections() {
        add_entry(schemas, shown, collection, &generic["Entry"]);
        if !collection.kind.is_single() {
            add_list(schemas, collection, &generic["EntryList"]);
        }
        if !collection.path.is_empty() {
            at_path.extend(add_at_path(schemas, registry, collection));
        }
    }
    set_at_path(schemas, at_path);
    let handles: Vec<&str> = shown.collections().map(|collection| collection.handle.as_str()).collect();
    name_collections(schemas, &handles);
    replace_paths(document, shown);
    name_locales(document, shown);
    let paths = document["paths"].to_string();
    let used = condition_components().filter(|(name, _)| paths.contains(&format!("/{name}\"")));
    super::documents::schemas(document).extend(used);
}

/// `#/components/schemas/<name>`.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// What the component of a blueprint's `data` is called.
fn data_name(blueprint: &Blueprint) -> String {
    format!("{}Data", type_name(&blueprint.handle))
}

/// `<Collection>Entry`: one shape where the collection has one blueprint, else one of several, told apart by `blueprint`.
fn add_entry(schemas: &mut Map<String, Value>, shown: Shown<'_>, collection: &Arc<Collection>, generic: &Value) {
    let name = type_name(&collection.handle);
    let shapes = shapes(shown.registry, collection);
    for (shape, blueprint) in &shapes {
        schemas.insert(shape.clone(), entry_of(shown, collection, blueprint, generic));
    }
    if shapes.len() > 1 {
        let union =
            union("blueprint", shapes.iter().map(|(shape, blueprint)| (blueprint.handle.as_str(), shape.as_str())));
        schemas.insert(format!("{name}Entry"), union);
    }
}

/// Names of the components of a collection's entries, one for each of its blueprints.
fn shapes<'a>(registry: &'a Registry, collection: &'a Collection) -> Vec<(String, &'a Blueprint)> {
    let name = type_name(&collection.handle);
    let of_one = collection.blueprints.len() == 1;
    registry
        .blueprints_of(collection)
        .map(|blueprint| {
            let own = if of_one { String::new() } else { type_name(&blueprint.handle) };
            (format!("{name}{own}Entry"), blueprint.as_ref())
        })
        .collect()
}

fn entry_of(shown: Shown<'_>, collection: &Arc<Collection>, blueprint: &Blueprint, generic: &Value) -> Value {
    let mut entry = generic.clone();
    entry["description"] = format!("A published entry of the collection {}.", collection.handle).into();
    let properties = &mut entry["properties"];
    properties["collection"] = one_word(collection.handle.as_str());
    properties["blueprint"] = one_word(blueprint.handle.as_str());
    properties["locale"]["enum"] = json!(collection.locales);
    properties["data"] = reference(&data_name(blueprint));
    properties["included"] = included(shown, collection, blueprint, &generic["properties"]["included"]);
    entry
}

/// What stands beside an entry: assets by field, and by the names that `include` takes the entries to which they lead. Only
/// what holds something or was asked for has a member.
fn included(shown: Shown<'_>, collection: &Arc<Collection>, blueprint: &Blueprint, generic: &Value) -> Value {
    let inclusions = shown.inclusions(collection);
    let mut items: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for field in blueprint.public_fields().filter(|field| field.holds_assets()) {
        items.entry(field.handle.as_str()).or_default().push(reference("IncludedAsset"));
    }
    for (name, inclusion) in &inclusions {
        let leads = match inclusion.way {
            InclusionWay::Field => blueprint.find_field(name.as_str()).is_some(),
            InclusionWay::Reverse(_) => true,
        };
        if leads && !inclusion.leads_to.is_empty() {
            items.entry(name.as_str()).or_default().push(reference(INCLUDED));
        }
    }
    let array = |(name, mut shapes): (&str, Vec<Value>)| {
        let items = if shapes.len() == 1 { shapes.remove(0) } else { json!({ "anyOf": shapes }) };
        (name.to_owned(), json!({ "type": "array", "items": items }))
    };
    let properties: Map<String, Value> = items.into_iter().map(array).collect();
    json!({
        "type": "object",
        "description": generic["description"],
        "properties": properties,
        "additionalProperties": false,
    })
}

/// `Included`: an entry of any collection to which something leads. One type for all, since entries include one another in
/// circles: with a type for each name, some generators follow each of the very many ways through them.
fn add_included(schemas: &mut Map<String, Value>, shown: Shown<'_>) {
    let inclusions = shown.collections().flat_map(|collection| shown.inclusions(collection).into_values());
    let targets: BTreeMap<String, String> = inclusions
        .flat_map(|inclusion| inclusion.leads_to)
        .map(|target| (target.handle.to_string(), entry_name(&target)))
        .collect();
    if !targets.is_empty() {
        let mut included = union("collection", targets.iter().map(|(handle, shape)| (handle.as_str(), shape.as_str())));
        included["description"] = "An entry that another one includes, told apart by `collection`.".into();
        schemas.insert(INCLUDED.to_owned(), included);
    }
}

fn add_list(schemas: &mut Map<String, Value>, collection: &Collection, generic: &Value) {
    let mut list = generic.clone();
    let name = list_name(collection);
    list["description"] = format!("A page of {}.", collection.handle).into();
    list["properties"]["data"]["items"] = reference(&entry_name(collection));
    schemas.insert(name, list);
}

/// `<Collection>AtPath`: its entries with `kind`. Flat, so that each is closed. Answers the components by collection.
fn add_at_path(
    schemas: &mut Map<String, Value>,
    registry: &Registry,
    collection: &Collection,
) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for (shape, _) in shapes(registry, collection) {
        let name = format!("{}AtPath", shape.trim_end_matches("Entry"));
        let mut at_path = schemas[&shape].clone();
        with_kind(&mut at_path, "entry");
        schemas.insert(name.clone(), at_path);
        names.push((collection.handle.to_string(), name));
    }
    names
}

/// What lives at a path: told apart by `kind`, entries by `collection` (and `blueprint`, where there are several).
fn set_at_path(schemas: &mut Map<String, Value>, entries: Vec<(String, String)>) {
    let mut redirect = schemas.get("Redirect").cloned().unwrap_or_default();
    with_kind(&mut redirect, "redirect");
    schemas.insert("Redirect".to_owned(), redirect);
    let mut shapes: Vec<Value> = entries.iter().map(|(_, name)| reference(name)).collect();
    shapes.push(reference("Redirect"));
    let description = "What lives at a path, told apart by `kind`: an entry, which `collection` and `blueprint` tell apart further, or a redirect.";
    schemas.insert("AtPath".to_owned(), json!({ "description": description, "oneOf": shapes }));
}

fn with_kind(schema: &mut Value, kind: &str) {
    let mut properties = Map::from_iter([("kind".to_owned(), one_word(kind))]);
    let mut required = vec![Value::from("kind")];
    if let (Some(own), Some(own_required)) = (schema["properties"].as_object(), schema["required"].as_array()) {
        properties.extend(own.clone());
        required.extend(own_required.clone());
    }
    schema["properties"] = properties.into();
    schema["required"] = required.into();
}

fn union<'a>(by: &str, shapes: impl Iterator<Item = (&'a str, &'a str)>) -> Value {
    let (mut one_of, mut mapping) = (Vec::new(), Map::new());
    for (word, shape) in shapes {
        let target = reference(shape);
        mapping.insert(word.to_owned(), target["$ref"].clone());
        one_of.push(target);
    }
    json!({ "oneOf": one_of, "discriminator": { "propertyName": by, "mapping": mapping } })
}

fn one_word(word: &str) -> Value {
    json!({ "type": "string", "enum": [word] })
}

fn entry_name(collection: &Collection) -> String {
    format!("{}Entry", type_name(&collection.handle))
}

/// Not `…List`, which lists of other things are called.
fn list_name(collection: &Collection) -> String {
    format!("{}EntryList", type_name(&collection.handle))
}

/// Everywhere else that answers name a collection, it is one of these.
fn name_collections(schemas: &mut Map<String, Value>, handles: &[&str]) {
    for (component, member) in
        [("SearchHit", "collection"), ("Path", "collection"), ("Collection", "handle"), ("CollectionFacet", "handle")]
    {
        if let Some(schema) = schemas.get_mut(component).and_then(|schema| schema["properties"].get_mut(member)) {
            schema["enum"] = json!(handles);
        }
    }
}

/// The locales of all collections that are shown, where a parameter still takes any.
fn name_locales(document: &mut Value, shown: Shown<'_>) {
    let mut locales: Vec<&Locale> = shown.collections().flat_map(|collection| &collection.locales).collect();
    locales.sort();
    locales.dedup();
    for operations in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        let parameters = operations.pointer_mut("/get/parameters").and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if parameter["name"] == delivery::LOCALE.name() && parameter["schema"]["enum"].is_null() {
                parameter["schema"] = json!({ "type": "string", "enum": locales });
            }
        }
    }
}

/// A path for each collection instead of `{collection}`.
fn replace_paths(document: &mut Value, shown: Shown<'_>) {
    let Some(paths) = document["paths"].as_object_mut() else { return };
    let mut out = Map::new();
    for (path, operations) in std::mem::take(paths) {
        let Some((before, rest)) = path.split_once("{collection}") else {
            out.insert(path, operations);
            continue;
        };
        for collection in shown.collections() {
            let place = format!("{before}{{collection}}{rest}");
            let place = place.strip_prefix(delivery::PREFIX).unwrap_or(&place);
            if let Some(operations) = operations_of(shown, collection, place, &operations) {
                out.insert(format!("{before}{}{rest}", collection.handle), operations);
            }
        }
    }
    *paths = out;
}

/// What one collection answers at a path with `{collection}`; `None` where it has nothing of the kind.
fn operations_of(shown: Shown<'_>, collection: &Collection, place: &str, generic: &Value) -> Option<Value> {
    let (handle, kind) = (collection.handle.as_str(), collection.kind);
    let entry = || Some(reference(&entry_name(collection)));
    let (operation, schema) = match place {
        // One entry is no list: it is read at the address of its kind.
        "/collections/{collection}/entries"
        | "/collections/{collection}/entries/{id}"
        | "/collections/{collection}/entries/{id}/related"
            if kind.is_single() =>
        {
            return None;
        }
        "/collections/{collection}/entries" => (format!("list_{handle}"), Some(reference(&list_name(collection)))),
        "/collections/{collection}/entries/{id}" => (format!("get_{handle}_entry"), entry()),
        "/collections/{collection}/entries/{id}/related" => (format!("list_related_{handle}"), None),
        "/collections/{collection}/tree" if collection.is_tree() => (format!("get_{handle}_tree"), None),
        "/navigations/{collection}" if kind == CollectionKind::Navigation => (format!("get_{handle}"), entry()),
        "/globals/{collection}" if kind == CollectionKind::Global => (format!("get_{handle}"), entry()),
        _ => return None,
    };
    let mut operations = generic.clone();
    let get = &mut operations["get"];
    get["operationId"] = operation.into();
    get["summary"] = format!("{}: {}", collection.label.en, get["summary"].as_str().unwrap_or_default()).into();
    for parameter in get["parameters"].as_array_mut().into_iter().flatten() {
        if [delivery::LOCALE.name(), delivery::FALLBACK.name()].iter().any(|name| parameter["name"] == *name) {
            parameter["schema"] = json!({ "type": "string", "enum": collection.locales });
        }
    }
    if let Some(parameters) = get["parameters"].as_array_mut() {
        parameters.retain(|parameter| parameter["name"] != "collection");
        describe_list(parameters, shown, collection);
    }
    if let Some(schema) = schema {
        get["responses"]["200"]["content"]["application/json"]["schema"] = schema;
    }
    Some(operations)
}
