//! The management API `/manage/v1`: drafts, revisions, publishing, assets, history, for holders of keys. Nothing is kept by caches.
//!
//! Each file holds the rows of its routes and their handlers: parse, one call, view. The verbs decide who may do what.

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

/// Where it is served.
pub(crate) const PREFIX: &str = "/manage/v1";

/// All its routes.
pub(crate) static ROUTES: &[Route] = &[
    read_entries::LIST,
    create_entry::ROUTE,
    read_entries::ENTRY,
    read_entries::LOCALIZATION,
    save::ROUTE,
    publish::ONE,
    withdraw::ROUTE,
    publish::MANY,
    whole_entry::TRASH,
    whole_entry::UNTRASH,
    whole_entry::TRANSFER,
    translations::LIST,
    translations::ENTRY,
    uses::ENTRY,
    cache_tags::ENTRY,
    revisions::LIST,
    revisions::GET,
    revisions::COMPARE,
    revisions::RESTORE,
    assets::LIST,
    assets::UPLOAD,
    assets::GET,
    assets::SAVE,
    assets::CONTENT,
    uses::ASSET,
    cache_tags::ASSET,
    registry::COLLECTIONS,
    registry::COLLECTION,
    registry::BLUEPRINTS,
    registry::BLUEPRINT,
    registry::DEPARTMENTS,
    cache_tags::GENERAL,
    search_reports::EMPTY,
    search_reports::FREQUENT,
    history::EVENTS,
    history::REFUSALS,
];
