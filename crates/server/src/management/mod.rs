//! The management API `/manage/v1`: drafts, revisions, publishing, assets, history, for holders of keys. Nothing is kept by caches.
//!
//! Each file has the rows of its routes, what they read, and their handlers: one call, one view. The verbs decide who may do what.

mod assets;
mod cache_tags;
mod common;
mod create_entry;
mod history;
mod publish;
mod read_entries;
mod registry;
mod revision_views;
mod revisions;
mod save;
mod search_reports;
mod translations;
mod upload;
mod uses;
mod views;
mod whole_entry;
mod withdraw;

use crate::http::route::Route;

pub(crate) use self::{create_entry::Create, save::Save};

/// Where it is served.
pub(crate) const PREFIX: &str = "/manage/v1";

/// All its routes.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        read_entries::list_route(),
        create_entry::route(),
        read_entries::entry_route(),
        read_entries::localization_route(),
        save::route(),
        publish::one_route(),
        withdraw::route(),
        publish::many_route(),
        whole_entry::trash_route(),
        whole_entry::untrash_route(),
        whole_entry::transfer_route(),
        translations::list_route(),
        translations::entry_route(),
        uses::entry_route(),
        cache_tags::entry_route(),
        revisions::list_route(),
        revisions::get_route(),
        revisions::compare_route(),
        revisions::restore_route(),
        assets::list_route(),
        upload::route(),
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
        history::events_route(),
        history::refusals_route(),
    ]
}
