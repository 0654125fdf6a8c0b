//! `GET /v1/collections/{collection}/tree`: the pages of a tree collection.

use diwan_content::Locale;
use poem::Response;

use super::{
    entry::{AsOf, LOCALE, in_turn},
    list_views::{ListMeta, Tree, TreePage},
};
use crate::http::{
    answer::{Caching, max_age, public_json},
    call::Call,
    problem::Problem,
    request::{
        parameters::{COLLECTION, Parameters},
        reader::RequestReader,
    },
    route::Route,
};

pub(super) fn route() -> Route {
    let summary = "The public pages of a tree collection, nested and in order";
    Route::get("/collections/{collection}/tree", "get_tree", summary)
        .ok::<Tree>("the tree")
        .to(|call, tree| in_turn(call, 0, |call| get(call, tree)))
}

struct ReadTree {
    collection: String,
    locale: Option<Locale>,
    as_of: AsOf,
}

impl Parameters for ReadTree {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { collection: request.path(&COLLECTION), locale: request.optional(&LOCALE), as_of: AsOf::read(request) }
    }
}

async fn get(call: Call, tree: ReadTree) -> Result<Response, Problem> {
    let ReadTree { collection: handle, locale, as_of } = tree;
    let request = as_of.read_request(&call).await?;
    let collection = call.app.cms.public_collection(request.scope, &handle)?;
    let locale = locale.unwrap_or_else(|| collection.origin().clone());
    let found = call.app.cms.published_tree(request.clone(), &handle, Some(&locale)).await?;
    let tree = Tree { data: found.value.into_iter().map(TreePage::from).collect(), meta: ListMeta::of(&locale) };
    let max_age_seconds = max_age(call.app.cms.registry(), &handle);
    let caching = Caching { max_age_seconds, tags: &found.tags, language: Some(&locale), moment: &request.moment };
    public_json(&call, &tree, &caching)
}
