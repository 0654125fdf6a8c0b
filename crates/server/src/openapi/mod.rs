//! OpenAPI: routes and views described by poem-openapi, blueprints and collections added at the start, as far as each caller may see them.

mod answers;
mod collections;
mod describe;
mod documents;
mod lists;
mod problems;
mod routes;
mod shown;

pub(crate) use self::documents::delivery_components;
pub use self::documents::openapi_documents;
pub(crate) use self::routes::{delivery_route, management_route};

use std::sync::OnceLock;

use bytes::Bytes;
use diwan_content::{Actor, Registry};

use crate::http::answer::TaggedBytes;

/// The documents of an installation, written when somebody asks for the first time.
#[derive(Default)]
pub(crate) struct Documents(OnceLock<Written>);

/// The documents as they are served.
pub(crate) struct Written {
    /// Of the delivery API, without collections that need a key.
    pub(crate) public_delivery: TaggedBytes,
    /// The same with them.
    pub(crate) keyed_delivery: TaggedBytes,
    /// Of the management API.
    pub(crate) management: Bytes,
}

impl Documents {
    /// All of them.
    pub(crate) fn written(&self, registry: &Registry) -> &Written {
        self.0.get_or_init(|| {
            let public_delivery = documents::delivery_document(registry, Actor::anonymous().public_scope());
            let (keyed_delivery, management) = openapi_documents(registry);
            Written {
                public_delivery: TaggedBytes::new(public_delivery.to_string()),
                keyed_delivery: TaggedBytes::new(keyed_delivery.to_string()),
                management: management.to_string().into(),
            }
        })
    }
}
