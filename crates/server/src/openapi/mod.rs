//! OpenAPI: routes and views described by poem-openapi, blueprints and collections added at the start, as far as each caller may see them.

mod answers;
mod collections;
mod describe;
mod documents;
mod lists;
mod problems;
mod routes;
pub(crate) mod scalars;
mod shown;

pub(crate) use self::documents::delivery_components;
pub use self::documents::openapi_documents;
pub(crate) use self::routes::{DELIVERY_ROUTES, MANAGEMENT_ROUTES};

use bytes::Bytes;
use diwan_content::{Actor, Registry};

use crate::http::answer::TaggedBytes;

/// The documents as they are served.
pub(crate) struct Documents {
    /// Of the delivery API, without collections that need a key.
    pub(crate) public_delivery: TaggedBytes,
    /// The same with them.
    pub(crate) keyed_delivery: TaggedBytes,
    /// Of the management API.
    pub(crate) management: Bytes,
}

impl Documents {
    /// Written once.
    pub(crate) fn new(registry: &Registry) -> Self {
        let public_delivery = documents::delivery_document(registry, Actor::anonymous().public_scope());
        let (keyed_delivery, management) = openapi_documents(registry);
        Self {
            public_delivery: TaggedBytes::new(public_delivery.to_string()),
            keyed_delivery: TaggedBytes::new(keyed_delivery.to_string()),
            management: management.to_string().into(),
        }
    }
}
