//! `GET /v1/blueprints/{handle}`: JSON Schema of what the API answers as `data`.

use std::collections::BTreeSet;

use diwan_cms::Thing;
use diwan_content::Tag;
use poem::Response;

use crate::http::{
    answer::{Caching, least_max_age, public_bytes, scalars::AnyObject},
    call::Call,
    problem::Problem,
    request::parameters::Named,
    route::Route,
};

/// Content type of JSON Schema.
const SCHEMA_TYPE: &str = "application/schema+json";

pub(super) fn route() -> Route {
    Route::get("/blueprints/{handle}", "get_blueprint", "JSON Schema of the `data` of entries with this blueprint")
        .typed::<AnyObject>(SCHEMA_TYPE, "a JSON Schema")
        .to(get)
}

async fn get(call: Call, Named(handle): Named) -> Result<Response, Problem> {
    let (registry, scope) = (call.app.cms.registry(), call.actor.public_scope());
    let shown = registry
        .collections()
        .any(|collection| scope.allows(collection) && collection.blueprints.iter().any(|one| *one == *handle));
    let found = registry.find_blueprint(&handle).filter(|_| shown);
    let Some(blueprint) = found else { return Err(Problem::not_found(Thing::Blueprint(handle))) };
    let tags = BTreeSet::from([Tag::Blueprint(blueprint.handle.clone())]);
    let caching = Caching { tags: &tags, ..Caching::untagged(least_max_age(registry)) };
    public_bytes(&call, blueprint.answer_schema().to_string().into(), SCHEMA_TYPE, &caching)
}
