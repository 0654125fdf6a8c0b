//! `GET /v1/collections`: what there is to read.

use std::collections::BTreeSet;

use poem::Response;

use super::{
    common::{least_max_age, scope},
    list_views::{CollectionList, CollectionView},
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Get,
    path: "/collections",
    operation: "list_collections",
    summary: "Collections that may be read",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<CollectionList>("the collections")],
    handler: |call| Box::pin(list(call)),
};

async fn list(call: Call) -> Result<Response, Problem> {
    let (registry, scope) = (call.app.cms.registry(), scope(&call));
    let shown = registry.collections().filter(|collection| scope.allows(collection));
    let view = CollectionList { data: shown.map(|collection| CollectionView::of(registry, collection)).collect() };
    public_json(
        &call,
        &view,
        &Caching { max_age_seconds: least_max_age(registry), tags: &BTreeSet::new(), language: None },
    )
}
