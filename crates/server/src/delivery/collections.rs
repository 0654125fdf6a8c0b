//! `GET /v1/collections`: what there is to read.

use poem::Response;

use super::list_views::{CollectionList, CollectionView};
use crate::http::{
    answer::{Caching, least_max_age, public_json},
    call::Call,
    problem::Problem,
    route::Route,
};

pub(super) fn route() -> Route {
    Route::get("/collections", "list_collections", "Collections that may be read")
        .ok::<CollectionList>("the collections")
        .to(list)
}

async fn list(call: Call, (): ()) -> Result<Response, Problem> {
    let (registry, scope) = (call.app.cms.registry(), call.actor.public_scope());
    let shown = registry.collections().filter(|collection| scope.allows(collection));
    let view = CollectionList { data: shown.map(|collection| CollectionView::of(registry, collection)).collect() };
    public_json(&call, &view, &Caching::untagged(least_max_age(registry)))
}
