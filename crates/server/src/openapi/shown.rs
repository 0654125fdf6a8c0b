//! What of an installation a document shows.

use std::{collections::BTreeMap, sync::Arc};

use diwan_content::{Blueprint, Collection, Handle, Inclusion, Registry, rights::PublicScope};

/// The collections that a caller may read, with their blueprints.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    /// All there are.
    pub(super) registry: &'a Registry,
    /// What the caller may read.
    pub(super) scope: PublicScope,
}

impl<'a> Shown<'a> {
    /// The collections, by handle.
    pub(super) fn collections(self) -> impl Iterator<Item = &'a Arc<Collection>> {
        self.registry.collections().filter(move |collection| self.scope.allows(collection))
    }

    /// The blueprints of these collections, each once, by handle.
    pub(super) fn blueprints(self) -> impl Iterator<Item = &'a Arc<Blueprint>> {
        let used: BTreeMap<&Handle, &Arc<Blueprint>> = self
            .collections()
            .flat_map(|collection| self.registry.blueprints_of(collection))
            .map(|blueprint| (&blueprint.handle, blueprint))
            .collect();
        used.into_values()
    }

    /// Names that lead from a collection's entries to others that are shown.
    pub(super) fn inclusions(self, collection: &Arc<Collection>) -> BTreeMap<Handle, Inclusion> {
        self.registry.inclusions(std::slice::from_ref(collection), |target| self.scope.allows(target))
    }
}
