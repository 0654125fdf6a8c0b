//! `GET /v1/collections/{collection}/tree`: the pages of a tree collection.

use diwan_content::Locale;
use poem::Response;

use super::{
    common::{LOCALE, max_age, scope},
    list_views::{Tree, TreePage},
    views::ListMeta,
};
use crate::http::{
    answer::{Caching, public_json},
    call::Call,
    problem::Problem,
    route::{Condition, Described, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Get,
    path: "/collections/{collection}/tree",
    operation: "get_tree",
    summary: "The public pages of a tree collection, nested and in order",
    parameters: &[LOCALE],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<Tree>("the tree")],
    handler: |call| Box::pin(get(call)),
};

async fn get(call: Call) -> Result<Response, Problem> {
    let handle = call.path_text("collection").to_owned();
    let asked: Option<Locale> = call.query.parsed("locale");
    let collection = call.app.cms.public_collection(scope(&call), &handle)?;
    let locale = asked.unwrap_or_else(|| collection.origin().clone());
    let found = call.app.cms.published_tree(scope(&call), &handle, Some(&locale)).await?;
    let tree = Tree { data: found.value.into_iter().map(TreePage::from).collect(), meta: ListMeta::of(&locale) };
    let max_age_seconds = max_age(call.app.cms.registry(), &handle);
    public_json(&call, &tree, &Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) })
}
