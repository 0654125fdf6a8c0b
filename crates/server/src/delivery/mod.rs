//! The delivery API `/v1`: what is published, for everybody. Nothing here can name a draft.
//!
//! Each file holds the rows of its routes and their handlers: parse, one call, view.

mod assets;
mod blueprints;
mod collections;
mod common;
mod content;
mod entries;
mod list_views;
mod paths;
mod search;
mod search_clicks;
mod search_views;
mod singles;
mod suggest;
mod tree;
pub(crate) mod views;

use crate::http::route::Route;

/// Where it is served.
pub(crate) const PREFIX: &str = "/v1";

/// All its routes.
pub(crate) static ROUTES: &[Route] = &[
    content::ROUTE,
    content::HOME,
    paths::ROUTE,
    collections::ROUTE,
    entries::LIST,
    entries::GET,
    tree::ROUTE,
    singles::NAVIGATIONS,
    singles::NAVIGATION,
    singles::GLOBALS,
    singles::GLOBAL,
    search::ROUTE,
    suggest::SUGGEST,
    suggest::RELATED,
    search_clicks::ROUTE,
    assets::ROUTE,
    blueprints::ROUTE,
];
