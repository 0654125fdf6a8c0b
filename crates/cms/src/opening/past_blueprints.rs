//! The blueprints that data was written under, also those that the schemas no longer hold.

use std::{collections::BTreeMap, sync::Arc};

use diwan_content::{Blueprint, ContentHash, Handle, Registry, Timestamp};
use diwan_store::{KeptBlueprint, Store, StoreError, StoredBlueprint};

use crate::frame::retry;

/// Every blueprint whose text is kept.
#[derive(Debug, Default)]
pub(crate) struct PastBlueprints {
    /// Those by their hashes; `None` for one that this program cannot read, or whose text is damaged.
    kept: BTreeMap<(Handle, ContentHash), Option<Arc<Blueprint>>>,
    /// Those that can be read, by their shape.
    by_shape: BTreeMap<(Handle, ContentHash), Arc<Blueprint>>,
}

impl PastBlueprints {
    /// Reads what is kept; what the schemas still hold is taken from them.
    pub(crate) async fn load(store: &Store, registry: &Registry) -> Result<Self, StoreError> {
        let mut past = Self::default();
        for KeptBlueprint { hash, handle, text } in store.snapshot().await?.kept_blueprints().await? {
            let of_today = registry.find_blueprint(handle.as_str()).filter(|blueprint| blueprint.hash == hash);
            let blueprint = of_today.cloned().or_else(|| read_kept(&handle, &hash, text));
            past.insert(handle, hash, blueprint);
        }
        Ok(past)
    }

    /// Keeps the blueprints of the schemas, so that what is written under them can be understood after they changed. Writes
    /// nothing where all are kept.
    pub(crate) async fn keep(&mut self, store: &Store, registry: &Registry, now: Timestamp) -> Result<(), StoreError> {
        let is_new = |blueprint: &&Arc<Blueprint>| !self.is_kept(&blueprint.handle, &blueprint.hash);
        let new: Vec<Arc<Blueprint>> = registry.blueprints().filter(is_new).cloned().collect();
        if new.is_empty() {
            return Ok(());
        }
        let kept = retry(|| async {
            let mut tx = store.begin(now).await?;
            for blueprint in &new {
                let (hash, handle, text) = (blueprint.hash, blueprint.handle.clone(), blueprint.to_text());
                tx.put_blueprint(&StoredBlueprint { hash, handle, text, first_used_at: now }).await?;
            }
            tx.end(Ok::<(), StoreError>(())).await
        });
        kept.await?;
        for blueprint in new {
            self.insert(blueprint.handle.clone(), blueprint.hash, Some(blueprint));
        }
        Ok(())
    }

    fn insert(&mut self, handle: Handle, hash: ContentHash, blueprint: Option<Arc<Blueprint>>) {
        if let Some(blueprint) = &blueprint {
            self.by_shape.insert((handle.clone(), blueprint.shape), blueprint.clone());
        }
        self.kept.insert((handle, hash), blueprint);
    }

    /// Whether the text of the blueprint of that hash is kept.
    pub(crate) fn is_kept(&self, handle: &Handle, hash: &ContentHash) -> bool {
        self.kept.contains_key(&(handle.clone(), *hash))
    }

    /// The blueprint of that hash, if it is known.
    pub(crate) fn find(&self, handle: &Handle, hash: &ContentHash) -> Option<&Blueprint> {
        self.kept.get(&(handle.clone(), *hash))?.as_deref()
    }

    /// A blueprint of that shape, if one is known.
    pub(crate) fn find_shape(&self, handle: &Handle, shape: &ContentHash) -> Option<&Blueprint> {
        self.by_shape.get(&(handle.clone(), *shape)).map(|found| &**found)
    }
}

fn read_kept(handle: &Handle, hash: &ContentHash, text: Result<String, StoreError>) -> Option<Arc<Blueprint>> {
    let read = text.map_err(|error| Some(error.to_string())).and_then(|text| {
        Blueprint::from_text(handle, &text).map_err(|problems| problems.first().map(ToString::to_string))
    });
    match read {
        Ok(blueprint) => Some(Arc::new(blueprint)),
        Err(problem) => {
            tracing::warn!(%handle, %hash, problem, "a blueprint that data was written under cannot be read");
            None
        }
    }
}
