//! The OpenAPI documents: what poem-openapi writes of the routes, with one component per blueprint and concrete paths per collection.

use diwan_content::{Blueprint, Collection, Registry, to_openapi30};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

use super::describe::{DeliveryApi, ManagementApi};
use crate::{delivery, http::route::RequestBody, management};

/// Version of the APIs.
const API_VERSION: &str = "1";
/// Components whose members may be left out of answers.
const LOOSE: [&str; 2] = ["Problem", "Fault"];

/// The documents of the delivery and the management API.
pub fn openapi_documents(registry: &Registry) -> (Value, Value) {
    (delivery_document(registry), management_document(registry))
}

/// The description that poem-openapi makes of an API.
pub(crate) fn delivery_service() -> OpenApiService<DeliveryApi, ()> {
    OpenApiService::new(DeliveryApi, "Diwan: delivery API", API_VERSION)
        .description("Published content by path, id, list and search. Anonymous, or with a key for collections with `access: key`.")
        .server("/")
        .url_prefix(delivery::PREFIX)
}

/// The description that poem-openapi makes of an API.
pub(crate) fn management_service() -> OpenApiService<ManagementApi, ()> {
    OpenApiService::new(ManagementApi, "Diwan: management API", API_VERSION)
        .description("Drafts, revisions, publishing, assets and history, for holders of keys.")
        .server("/")
        .url_prefix(management::PREFIX)
}

fn delivery_document(registry: &Registry) -> Value {
    let mut document = base(&delivery_service());
    close_answers(&mut document);
    for blueprint in registry.blueprints() {
        add_entry_components(schemas(&mut document), blueprint);
    }
    for collection in registry.collections() {
        add_collection_paths(&mut document, registry, collection);
    }
    document
}

fn management_document(registry: &Registry) -> Value {
    let mut document = base(&management_service());
    let bodies: Vec<&str> = management::ROUTES
        .iter()
        .filter_map(|route| if let RequestBody::Json { name, members: _ } = route.body { Some(name) } else { None })
        .collect();
    close_bodies(&mut document, &bodies);
    close_answers(&mut document);
    let mut inputs = Vec::new();
    for blueprint in registry.blueprints() {
        let name = format!("{}Input", pascal(blueprint.handle.as_str()));
        inputs.push(reference(&name));
        schemas(&mut document).insert(name, to_openapi30(&blueprint.input_schema()));
    }
    for body in ["CreateEntry", "SaveLocalization"] {
        if let Some(data) = document.pointer_mut(&format!("/components/schemas/{body}/properties/data")) {
            *data = json!({ "description": "the whole own data; its form is that of the entry's blueprint", "anyOf": inputs });
        }
    }
    document
}

fn base<T: OpenApi>(service: &OpenApiService<T, ()>) -> Value {
    serde_json::from_str(&service.spec()).expect("poem-openapi writes JSON")
}

fn schemas(document: &mut Value) -> &mut Map<String, Value> {
    document.pointer_mut("/components/schemas").and_then(Value::as_object_mut).expect("poem-openapi writes components")
}

/// Every member of an answer is always there; what may be missing is null. Poem-openapi tells optional members as absent ones.
fn close_answers(document: &mut Value) {
    for (name, schema) in schemas(document) {
        let is_body = schema.get("additionalProperties") == Some(&Value::Bool(false));
        if is_body || LOOSE.contains(&name.as_str()) || schema.get("type").and_then(Value::as_str) != Some("object") {
            continue;
        }
        let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        let mut names = Vec::new();
        for (member, described) in properties {
            names.push(Value::String(member.clone()));
            if !required.iter().any(|known| known == member) {
                make_nullable(described);
            }
        }
        schema["required"] = Value::Array(names);
    }
}

fn make_nullable(schema: &mut Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ "allOf": [schema.take()], "nullable": true });
    } else if let Some(schema) = schema.as_object_mut().filter(|schema| !schema.is_empty()) {
        schema.insert("nullable".to_owned(), true.into());
    }
}

/// Unknown members of bodies are refused.
fn close_bodies(document: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(schema) = schemas(document).get_mut(*name) {
            schema["additionalProperties"] = false.into();
            let items = schema.pointer_mut("/properties/items/items");
            if let Some(items) = items {
                items["additionalProperties"] = false.into();
            }
        }
    }
}

/// `<Blueprint>Data` and `<Blueprint>Entry`.
fn add_entry_components(schemas: &mut Map<String, Value>, blueprint: &Blueprint) {
    let name = pascal(blueprint.handle.as_str());
    schemas.insert(format!("{name}Data"), to_openapi30(&blueprint.answer_schema()));
    let mut entry = schemas.get("Entry").cloned().unwrap_or_default();
    entry["title"] = format!("{name}Entry").into();
    entry["description"] = format!("A published entry of the blueprint {}.", blueprint.handle).into();
    entry["properties"]["blueprint"] = json!({ "type": "string", "enum": [blueprint.handle] });
    entry["properties"]["data"] = reference(&format!("{name}Data"));
    schemas.insert(format!("{name}Entry"), entry);
}

/// List and entry of one collection with their own types, so that generated clients know them.
fn add_collection_paths(document: &mut Value, registry: &Registry, collection: &Collection) {
    let entries: Vec<Value> = registry
        .blueprints_of(collection)
        .map(|blueprint| reference(&format!("{}Entry", pascal(blueprint.handle.as_str()))))
        .collect();
    let entry = if let [only] = entries.as_slice() { only.clone() } else { json!({ "oneOf": entries }) };
    let handle = collection.handle.as_str();
    let list_name = format!("{}List", pascal(handle));
    let mut list = schemas(document).get("EntryList").cloned().unwrap_or_default();
    list["properties"]["data"]["items"] = entry.clone();
    list["title"] = list_name.clone().into();
    list["description"] = format!("A page of {handle}.").into();
    schemas(document).insert(list_name.clone(), list);
    let prefix = delivery::PREFIX;
    for (generic, concrete, operation, schema) in [
        (
            format!("{prefix}/collections/{{collection}}/entries"),
            format!("{prefix}/collections/{handle}/entries"),
            format!("list_{handle}"),
            reference(&list_name),
        ),
        (
            format!("{prefix}/collections/{{collection}}/entries/{{id}}"),
            format!("{prefix}/collections/{handle}/entries/{{id}}"),
            format!("get_{handle}_entry"),
            entry,
        ),
    ] {
        let Some(mut path) = document["paths"].get(&generic).cloned() else { continue };
        path["get"]["operationId"] = operation.into();
        if let Some(parameters) = path["get"]["parameters"].as_array_mut() {
            parameters.retain(|parameter| parameter["name"] != "collection");
        }
        path["get"]["responses"]["200"]["content"]["application/json"]["schema"] = schema;
        document["paths"][concrete] = path;
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// `tender_notices` as `TenderNotices`.
fn pascal(handle: &str) -> String {
    handle.split('_').map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schemas::embedded_registry;

    fn unresolved_references(document: &Value, value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                let target = members.get("$ref").and_then(Value::as_str);
                found.extend(target.filter(|target| document.pointer(&target[1..]).is_none()).map(str::to_owned));
                members.values().for_each(|member| unresolved_references(document, member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| unresolved_references(document, item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_blueprint_has_its_component_and_every_reference_leads_somewhere() {
        let registry = embedded_registry().unwrap();
        let (delivery, management) = openapi_documents(&registry);
        for document in [&delivery, &management] {
            let mut found = Vec::new();
            unresolved_references(document, document, &mut found);
            assert_eq!(found, Vec::<String>::new());
        }
        for blueprint in registry.blueprints() {
            let name = pascal(blueprint.handle.as_str());
            assert!(delivery["components"]["schemas"][format!("{name}Data")]["properties"].is_object(), "{name}");
            assert!(management["components"]["schemas"][format!("{name}Input")]["properties"].is_object(), "{name}");
        }
        assert_eq!(delivery["paths"]["/v1/collections/news/entries"]["get"]["operationId"], "list_news");
        assert_eq!(management["paths"]["/manage/v1/entries/{id}/{locale}/publish"]["post"]["operationId"], "publish");
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut names: Vec<&str> =
            delivery::ROUTES.iter().chain(management::ROUTES).map(|route| route.operation).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
