//! The OpenAPI documents: what poem-openapi writes of the routes, with one component per blueprint and concrete paths per collection.

use diwan_content::{Actor, Direction, Registry, rights::PublicScope, to_openapi30, type_name};
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::{Map, Value, json};

use super::{
    answers::{close_answers, close_bodies},
    collections::{add_collections, reference},
    describe::{DeliveryApi, ManagementApi},
    problems::describe_problems,
    shown::Shown,
};
use crate::{
    delivery,
    http::{
        request::members::JsonBody as _,
        route::{RequestBody, Route},
    },
    management,
};

/// Version of the APIs.
const API_VERSION: &str = "1";

/// The documents of the delivery and the management API, for callers who may read all that is published.
pub fn openapi_documents(registry: &Registry) -> (Value, Value) {
    (delivery_document(registry, all_published()), management_document(registry))
}

/// The components of the delivery API's document, by name.
pub(crate) fn delivery_components(registry: &Registry) -> Map<String, Value> {
    std::mem::take(schemas(&mut delivery_document(registry, all_published())))
}

fn all_published() -> PublicScope {
    Actor::system().public_scope()
}

/// The description that poem-openapi makes of an API.
fn delivery_service() -> OpenApiService<DeliveryApi, ()> {
    OpenApiService::new(DeliveryApi, "Diwan: delivery API", API_VERSION)
        .description("Published content by path, id, list and search. Anonymous, or with a key for collections with `access: key`.")
        .server("/")
        .url_prefix(delivery::PREFIX)
}

/// The description that poem-openapi makes of an API.
fn management_service() -> OpenApiService<ManagementApi, ()> {
    OpenApiService::new(ManagementApi, "Diwan: management API", API_VERSION)
        .description("Drafts, revisions, publishing, assets and history, for holders of keys.")
        .server("/")
        .url_prefix(management::PREFIX)
}

/// The document of the delivery API, of the collections that a caller may read.
pub(super) fn delivery_document(registry: &Registry, scope: PublicScope) -> Value {
    let mut document = base(&delivery_service());
    close_answers(schemas(&mut document));
    add_collections(&mut document, Shown { registry, scope });
    describe_problems(&mut document, false);
    add_tags(&mut document, delivery::PREFIX);
    document
}

fn management_document(registry: &Registry) -> Value {
    let mut document = base(&management_service());
    let name_of = |route: Route| match route.body {
        RequestBody::Json { name, members: _ } => Some(name),
        RequestBody::None | RequestBody::Bytes => None,
    };
    let bodies: Vec<&str> = management::routes().into_iter().filter_map(name_of).collect();
    close_bodies(schemas(&mut document), &bodies);
    close_answers(schemas(&mut document));
    let mut inputs = Vec::new();
    for blueprint in registry.blueprints() {
        let name = format!("{}Input", type_name(&blueprint.handle));
        inputs.push(reference(&name));
        schemas(&mut document).insert(name, to_openapi30(&blueprint.input_schema()));
    }
    for body in [management::Create::NAME, management::Save::NAME] {
        if let Some(data) = document.pointer_mut(&format!("/components/schemas/{body}/properties/data")) {
            *data = json!({ "description": "the whole own data; its form is that of the entry's blueprint", "anyOf": inputs });
        }
    }
    describe_problems(&mut document, true);
    add_tags(&mut document, management::PREFIX);
    document
}

fn base<T: OpenApi>(service: &OpenApiService<T, ()>) -> Value {
    let mut document: Value = serde_json::from_str(&service.spec()).expect("poem-openapi writes JSON");
    document["info"]["license"] = json!({ "name": env!("CARGO_PKG_LICENSE") });
    for schema in schemas(&mut document).values_mut() {
        // Some generators name types by titles, so that two components of one title become one.
        if let Some(members) = schema.as_object_mut() {
            members.shift_remove("title");
        }
        if let Some(direction) = schema.pointer_mut("/properties/dir") {
            direction["enum"] = json!([Direction::Rtl.as_str(), Direction::Ltr.as_str()]);
        }
    }
    document
}

/// The components of a document.
pub(super) fn schemas(document: &mut Value) -> &mut Map<String, Value> {
    document.pointer_mut("/components/schemas").and_then(Value::as_object_mut).expect("poem-openapi writes components")
}

/// Sorts operations by what they are about, for pages and for generators that make a class of each tag: the collection, else the
/// first word of the path.
fn add_tags(document: &mut Value, prefix: &str) {
    let mut tags: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object_mut().into_iter().flatten() {
        let segments: Vec<&str> = path.trim_start_matches(prefix).split('/').skip(1).collect();
        let tag = match segments.as_slice() {
            ["collections", collection, _, ..] if !collection.starts_with('{') => collection,
            [first, ..] => first,
            [] => continue,
        };
        for operation in operations.as_object_mut().into_iter().flat_map(Map::values_mut) {
            operation["tags"] = json!([tag]);
        }
        if !tags.iter().any(|known| known == tag) {
            tags.push((*tag).to_owned());
        }
    }
    document["tags"] = tags.into_iter().map(|name| json!({ "name": name })).collect();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        http::{
            request::reader::DeclaredParameter,
            route::{fits, path_parameters},
        },
        schemas::{embedded_files, embedded_registry},
    };

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
        for blueprint in registry.delivered().blueprints() {
            let name = type_name(&blueprint.handle);
            assert!(delivery["components"]["schemas"][format!("{name}Data")]["properties"].is_object(), "{name}");
        }
        for blueprint in registry.blueprints() {
            let name = type_name(&blueprint.handle);
            assert!(management["components"]["schemas"][format!("{name}Input")]["properties"].is_object(), "{name}");
        }
        assert_eq!(delivery["paths"]["/v1/collections/news/entries"]["get"]["operationId"], "list_news");
        assert_eq!(management["paths"]["/manage/v1/entries/{id}/{locale}/publish"]["post"]["operationId"], "publish");
    }

    #[test]
    fn locales_of_collections_that_are_not_shown_are_named_nowhere() {
        let mut files = embedded_files();
        for (name, access) in [("faqs", "key"), ("search_pins", "internal")] {
            let file = files.iter_mut().find(|file| file.path == format!("collections/{name}.yaml")).unwrap();
            let locale = if access == "key" { "fr" } else { "tr" };
            file.text =
                file.text.replace("[ar, en]", &format!("[ar, en, {locale}]")).replace("access: public", "access: key");
        }
        let registry = Registry::load(&files).unwrap();
        let names = |scope: PublicScope, locale: &str| {
            delivery_document(&registry, scope).to_string().contains(&format!("\"{locale}\""))
        };
        let anonymous = Actor::anonymous().public_scope();
        assert_eq!(["ar", "fr", "tr"].map(|locale| names(anonymous, locale)), [true, false, false]);
        assert_eq!(["ar", "fr", "tr"].map(|locale| names(all_published(), locale)), [true, true, false]);
    }

    #[test]
    fn every_route_of_the_delivery_api_has_a_path_for_some_collection() {
        let (delivery, _) = openapi_documents(&embedded_registry().unwrap());
        let paths: Vec<&String> = delivery["paths"].as_object().unwrap().keys().collect();
        for route in delivery::routes() {
            let template = format!("{}{}", delivery::PREFIX, route.path);
            assert!(paths.iter().any(|path| fits(&template, path)), "{template} is not described");
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let mut names: Vec<&str> =
            delivery::routes().iter().chain(&management::routes()).map(|route| route.operation).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn routes_read_the_parameters_of_their_paths_and_each_parameter_once() {
        for route in [delivery::routes(), management::routes(), crate::pages::routes()].into_iter().flatten() {
            let read: Vec<&str> = route.declared.path.iter().map(|(name, _)| *name).collect();
            assert_eq!(read, path_parameters(route.path).collect::<Vec<_>>(), "{}", route.path);
            let names: BTreeSet<String> = route.declared.query.iter().map(DeclaredParameter::shown_name).collect();
            assert_eq!(names.len(), route.declared.query.len(), "{}: {names:?}", route.path);
        }
    }
}
