//! OpenAPI: routes and views described by poem-openapi, blueprints put in at the start, pages for people.

mod answers;
mod collections;
mod describe;
mod documents;
mod lists;
mod pages;
mod problems;
pub(crate) mod scalars;

pub(crate) use self::documents::delivery_components;
pub use self::documents::openapi_documents;
pub(crate) use self::pages::ROUTES;

use diwan_content::Registry;

/// The documents as they are served.
pub(crate) struct Documents {
    /// Of the delivery API.
    pub(crate) delivery: String,
    /// Of the management API.
    pub(crate) management: String,
}

impl Documents {
    /// Written once, at the start.
    pub(crate) fn new(registry: &Registry) -> Self {
        let (delivery, management) = openapi_documents(registry);
        Self { delivery: delivery.to_string(), management: management.to_string() }
    }
}
