//! What form builders need: collections, blueprints and departments, described in both languages.

use diwan_cms::{Department, Thing};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        route::{Condition, Described, RequestBody, Route, Verb},
    },
    openapi::scalars::{AnyObject, Time},
};

pub(crate) const COLLECTIONS: Route = Route {
    method: Verb::Get,
    path: "/collections",
    operation: "describe_collections",
    summary: "All collections with their rules",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<Descriptions>("the collections")],
    handler: |call| Box::pin(collections(call)),
};

pub(crate) const COLLECTION: Route = Route {
    path: "/collections/{handle}",
    operation: "describe_collection",
    summary: "A collection with its rules",
    answers: &[Described::ok::<AnyObject>("the collection")],
    handler: |call| Box::pin(collection(call)),
    ..COLLECTIONS
};

pub(crate) const BLUEPRINTS: Route = Route {
    path: "/blueprints",
    operation: "describe_blueprints",
    summary: "All blueprints for form builders: groups and fields in order, labels, help, rules",
    answers: &[Described::ok::<Descriptions>("the blueprints")],
    handler: |call| Box::pin(blueprints(call)),
    ..COLLECTIONS
};

pub(crate) const BLUEPRINT: Route = Route {
    path: "/blueprints/{handle}",
    operation: "describe_blueprint",
    summary: "A blueprint for form builders, with the JSON Schema of what an editor may write",
    answers: &[Described::ok::<BlueprintView>("the blueprint")],
    handler: |call| Box::pin(blueprint(call)),
    ..COLLECTIONS
};

pub(crate) const DEPARTMENTS: Route = Route {
    path: "/departments",
    operation: "list_departments",
    summary: "The departments' hierarchy for rights, as far as the key may see it",
    answers: &[Described::ok::<DepartmentList>("the departments")],
    handler: |call| Box::pin(departments(call)),
    ..COLLECTIONS
};

/// Things described for form builders.
#[derive(Serialize, Object)]
struct Descriptions {
    /// One object each.
    data: Vec<Value>,
}

/// A blueprint for form builders.
#[derive(Serialize, Object)]
#[oai(rename = "Blueprint")]
struct BlueprintView {
    /// Groups and fields in order, with labels, help and rules.
    form: AnyObject,
    /// JSON Schema of the data that an editor may write.
    input_schema: AnyObject,
}

/// The departments' hierarchy.
#[derive(Serialize, Object)]
struct DepartmentList {
    /// The departments.
    data: Vec<DepartmentView>,
}

/// A department in the hierarchy for rights.
#[derive(Serialize, Object)]
#[oai(rename = "Department")]
struct DepartmentView {
    /// Its id, which is also that of its entry.
    id: Uuid,
    /// The department above; the ministry has the nil UUID.
    parent: Uuid,
    /// When it was made.
    created_at: Time,
}

async fn collections(call: Call) -> Result<Response, Problem> {
    let data = call.app.cms.registry().collections().map(|collection| collection.describe()).collect();
    private_json(StatusCode::OK, &Descriptions { data })
}

async fn collection(call: Call) -> Result<Response, Problem> {
    match call.app.cms.registry().find_collection(call.path_text("handle")) {
        Some(collection) => private_json(StatusCode::OK, &collection.describe()),
        None => Err(Problem::not_found(Thing::Collection(call.path_text("handle").to_owned()))),
    }
}

async fn blueprints(call: Call) -> Result<Response, Problem> {
    let data = call.app.cms.registry().blueprints().map(|blueprint| blueprint.describe()).collect();
    private_json(StatusCode::OK, &Descriptions { data })
}

async fn blueprint(call: Call) -> Result<Response, Problem> {
    match call.app.cms.registry().find_blueprint(call.path_text("handle")) {
        Some(blueprint) => private_json(
            StatusCode::OK,
            &json!({ "form": blueprint.describe(), "input_schema": blueprint.input_schema() }),
        ),
        None => Err(Problem::not_found(Thing::Blueprint(call.path_text("handle").to_owned()))),
    }
}

async fn departments(call: Call) -> Result<Response, Problem> {
    let found = call.app.cms.departments(&call.actor).await?;
    let data = found
        .into_iter()
        .map(|Department { id, parent, created_at }| DepartmentView {
            id: id.0,
            parent: parent.0,
            created_at: Time(created_at),
        })
        .collect();
    private_json(StatusCode::OK, &DepartmentList { data })
}
