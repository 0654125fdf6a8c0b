//! `GET /v1/collections/{collection}/tree`: the pages of a tree collection.

use diwan_content::Locale;
use poem::Response;

use super::{
    common::{AS_OF, LOCALE, in_turn, kept, max_age, read_request},
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
    parameters: &[LOCALE, AS_OF],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<Tree>("the tree")],
    handler: |call| Box::pin(in_turn(call, |call| Box::pin(get(call)))),
};

async fn get(call: Call) -> Result<Response, Problem> {
    let handle = call.path_text("collection").to_owned();
    let asked: Option<Locale> = call.query.parsed("locale");
    let request = read_request(&call).await?;
    let collection = call.app.cms.public_collection(request.scope, &handle)?;
    let locale = asked.unwrap_or_else(|| collection.origin().clone());
    let found = call.app.cms.published_tree(request.clone(), &handle, Some(&locale)).await?;
    let tree = Tree { data: found.value.into_iter().map(TreePage::from).collect(), meta: ListMeta::of(&locale) };
    let max_age_seconds = max_age(call.app.cms.registry(), &handle);
    let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale) };
    Ok(kept(public_json(&call, &tree, &caching)?, &request.moment))
}
