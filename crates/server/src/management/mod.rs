//! The management API `/manage/v1`: drafts, revisions, publishing, assets, history, for holders of keys. Nothing is kept by caches.
//!
//! Each file has the rows of its routes, what they read, and their handlers: one call, one view. The verbs decide who may do what.

mod assets;
mod cache_tags;
mod entries;
mod history;
mod keys;
mod me;
mod registry;
mod search_reports;
mod upload;
mod uses;

use crate::http::route::Route;

pub(crate) use self::entries::{Create, Save};

/// Where it is served.
pub(crate) const PREFIX: &str = "/manage/v1";

/// All its routes.
pub(crate) fn routes() -> Vec<Route> {
    let mut routes = entries::routes();
    routes.extend([
        uses::entry_route(),
        cache_tags::entry_route(),
        assets::list_route(),
        upload::route(),
        upload::replace_route(),
        assets::delete_route(),
        assets::get_route(),
        assets::save_route(),
        assets::content_route(),
        uses::asset_route(),
        cache_tags::asset_route(),
        registry::collections_route(),
        registry::collection_route(),
        registry::blueprints_route(),
        registry::blueprint_route(),
        registry::departments_route(),
        cache_tags::general_route(),
        search_reports::empty_route(),
        search_reports::frequent_route(),
        keys::list_route(),
        keys::create_route(),
        keys::get_route(),
        keys::rotate_route(),
        keys::owner_route(),
        keys::revoke_route(),
        me::me_route(),
        me::explain_route(),
        history::events_route(),
        history::refusals_route(),
    ]);
    routes
}
