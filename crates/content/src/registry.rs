//! All blueprints and collections of an installation.

use std::{collections::BTreeMap, sync::Arc};

use crate::{blueprint::Blueprint, collection::Collection, handle::Handle};

/// All blueprints and collections of an installation, consistent with each other. Made by [`Registry::load`].
#[derive(Debug, Clone, Default)]
pub struct Registry {
    pub(crate) blueprints: BTreeMap<Handle, Arc<Blueprint>>,
    pub(crate) collections: BTreeMap<Handle, Arc<Collection>>,
}

impl Registry {
    /// The blueprint of that name, if there is one.
    pub fn find_blueprint(&self, handle: &str) -> Option<&Arc<Blueprint>> {
        self.blueprints.get(handle)
    }

    /// The collection of that name, if there is one.
    pub fn find_collection(&self, handle: &str) -> Option<&Arc<Collection>> {
        self.collections.get(handle)
    }

    /// All blueprints, by handle.
    pub fn blueprints(&self) -> impl Iterator<Item = &Arc<Blueprint>> {
        self.blueprints.values()
    }

    /// All collections, by handle.
    pub fn collections(&self) -> impl Iterator<Item = &Arc<Collection>> {
        self.collections.values()
    }

    /// Blueprints of a collection, the default first.
    pub fn blueprints_of<'a>(&'a self, collection: &'a Collection) -> impl Iterator<Item = &'a Arc<Blueprint>> {
        collection.blueprints.iter().filter_map(|handle| self.find_blueprint(handle.as_str()))
    }
}
