//! The delivery API `/v1`: what is published, for everybody. Nothing here can name a draft.
//!
//! Each file has the rows of its routes, what they read, and their handlers: one call, one view.

mod assets;
mod blueprints;
mod collections;
mod content;
mod entries;
mod entry;
pub(crate) mod list_views;
mod paths;
mod search;
mod search_clicks;
mod singles;
mod suggest;
mod tree;

use crate::http::route::Route;

pub(crate) use self::{
    entries::{FILTER, SORT},
    entry::{AS_OF, FALLBACK, LOCALE},
};

/// Where it is served.
pub(crate) const PREFIX: &str = "/v1";

/// All its routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        content::route(),
        content::home_route(),
        paths::route(),
        collections::route(),
        entries::route(),
        entry::route(),
        tree::route(),
        singles::navigations_route(),
        singles::navigation_route(),
        singles::globals_route(),
        singles::global_route(),
        search::route(),
        suggest::suggest_route(),
        suggest::related_route(),
        search_clicks::route(),
        assets::route(),
        assets::by_hash_route(),
        blueprints::route(),
    ]
}
