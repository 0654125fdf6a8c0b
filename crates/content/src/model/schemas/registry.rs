//! All blueprints and collections of an installation.

use std::{collections::BTreeMap, sync::Arc};

use super::{blueprint::Blueprint, collection::Collection};
use crate::values::{FoldedPath, Handle, Locale, PublicPath};

/// All blueprints and collections of an installation, consistent with each other. Made by [`Registry::load`].
#[derive(Debug, Clone, Default)]
pub struct Registry {
    pub(crate) blueprints: BTreeMap<Handle, Arc<Blueprint>>,
    pub(crate) collections: BTreeMap<Handle, Arc<Collection>>,
    /// Paths that no entry may take, with all below them, in any spelling.
    pub(crate) reserved: Vec<FoldedPath>,
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

    /// What delivery knows of: without internal collections, and without the blueprints that only those have.
    #[must_use]
    pub fn delivered(&self) -> Self {
        let mut delivered = self.clone();
        delivered.collections.retain(|_, collection| !collection.is_internal());
        let of_others = |handle: &Handle| self.collections.values().any(|one| one.blueprints.contains(handle));
        let shown = |handle: &Handle| delivered.collections.values().any(|one| one.blueprints.contains(handle));
        delivered.blueprints.retain(|handle, _| shown(handle) || !of_others(handle));
        delivered
    }

    /// Whether a path that an entry of a collection would have is not for entries: it is declared so, or it starts with the
    /// segment that the paths of another locale start with (an Arabic page at `/en` would stand in front of all English ones).
    pub fn reserves(&self, collection: &Collection, locale: &Locale, path: &PublicPath) -> bool {
        let folded = path.folded();
        if self.reserved.iter().any(|reserved| reserved.holds(&folded)) {
            return true;
        }
        let own_start = collection.path.get(locale).map(|pattern| pattern.fixed_start());
        if own_start.is_some_and(|start| !start.first_segment().is_empty()) {
            return false;
        }
        let first = PublicPath::from_segments([path.first_segment()]).folded();
        // What this locale's own paths start with as well parts no locales.
        let is_start = |ours: bool| {
            let patterns = self.collections.values().flat_map(|collection| &collection.path);
            patterns.filter(|(other, _)| (*other == locale) == ours).any(|(_, pattern)| {
                let start = pattern.fixed_start();
                let start = PublicPath::from_segments([start.first_segment()]);
                start.as_str() != "/" && start.folded() == first
            })
        };
        is_start(false) && !is_start(true)
    }

    /// Blueprints of a collection, the default first.
    pub fn blueprints_of<'a>(&'a self, collection: &'a Collection) -> impl Iterator<Item = &'a Arc<Blueprint>> {
        collection.blueprints.iter().filter_map(|handle| self.find_blueprint(handle.as_str()))
    }
}
