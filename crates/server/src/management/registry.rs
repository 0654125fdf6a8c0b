//! What form builders need: collections, blueprints and departments, described in both languages.

use diwan_cms::{Department, Thing};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::http::{
    answer::{
        private_json,
        scalars::{AnyObject, Time},
    },
    call::Call,
    problem::Problem,
    request::parameters::Named,
    route::Route,
};

pub(super) fn collections_route() -> Route {
    Route::get("/collections", "describe_collections", "All collections with their rules")
        .ok::<Descriptions>("the collections")
        .to(collections)
}

pub(super) fn collection_route() -> Route {
    Route::get("/collections/{handle}", "describe_collection", "A collection with its rules")
        .ok::<AnyObject>("the collection")
        .to(collection)
}

pub(super) fn blueprints_route() -> Route {
    let summary = "All blueprints for form builders: groups and fields in order, labels, help, rules";
    Route::get("/blueprints", "describe_blueprints", summary).ok::<Descriptions>("the blueprints").to(blueprints)
}

pub(super) fn blueprint_route() -> Route {
    let summary = "A blueprint for form builders, with the JSON Schema of what an editor may write";
    Route::get("/blueprints/{handle}", "describe_blueprint", summary).ok::<BlueprintView>("the blueprint").to(blueprint)
}

pub(super) fn departments_route() -> Route {
    let summary = "The departments' hierarchy for rights, as far as the key may see it";
    Route::get("/departments", "list_departments", summary).ok::<DepartmentList>("the departments").to(departments)
}

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

async fn collections(call: Call, (): ()) -> Result<Response, Problem> {
    let data = call.app.cms.registry().collections().map(|collection| collection.describe()).collect();
    private_json(StatusCode::OK, &Descriptions { data })
}

async fn collection(call: Call, Named(handle): Named) -> Result<Response, Problem> {
    match call.app.cms.registry().find_collection(&handle) {
        Some(collection) => private_json(StatusCode::OK, &collection.describe()),
        None => Err(Problem::not_found(Thing::Collection(handle))),
    }
}

async fn blueprints(call: Call, (): ()) -> Result<Response, Problem> {
    let data = call.app.cms.registry().blueprints().map(|blueprint| blueprint.describe()).collect();
    private_json(StatusCode::OK, &Descriptions { data })
}

async fn blueprint(call: Call, Named(handle): Named) -> Result<Response, Problem> {
    match call.app.cms.registry().find_blueprint(&handle) {
        Some(blueprint) => private_json(
            StatusCode::OK,
            &json!({ "form": blueprint.describe(), "input_schema": blueprint.input_schema() }),
        ),
        None => Err(Problem::not_found(Thing::Blueprint(handle))),
    }
}

async fn departments(call: Call, (): ()) -> Result<Response, Problem> {
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
