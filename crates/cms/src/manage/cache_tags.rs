//! Clear names of the tags that answers of the delivery API carry, for those who drop them from caches.

use std::collections::BTreeSet;

use diwan_content::{Actor, AssetId, EntryId, Tag, rights::Action};
use diwan_store::PublishedTarget;

use crate::{cms::Cms, error::CmsError, frame::authority::permit_on_entry};

/// A tag by its name and as caches see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheTag {
    /// Its name.
    pub name: String,
    /// As in `Cache-Tag`.
    pub sealed: String,
}

impl Cms {
    /// The tags that name no single entry or asset.
    pub fn general_cache_tags(&self) -> Vec<CacheTag> {
        let mut tags = BTreeSet::from([Tag::Wide]);
        tags.extend(self.registry().blueprints().map(|blueprint| Tag::Blueprint(blueprint.handle.clone())));
        for collection in self.registry().collections() {
            for locale in &collection.locales {
                tags.insert(Tag::Paths(locale.clone()));
                tags.insert(Tag::List(collection.handle.clone(), locale.clone()));
                if collection.is_tree() {
                    tags.insert(Tag::Tree(collection.handle.clone(), locale.clone()));
                }
            }
        }
        self.named(tags)
    }

    /// The tags of answers that a change of an entry makes stale.
    ///
    /// # Errors
    /// An entry that the actor may not read; the database fails.
    pub async fn entry_cache_tags(&self, actor: &Actor, entry: EntryId) -> Result<Vec<CacheTag>, CmsError> {
        let queries = self.store().snapshot().await?;
        let (_, found) = permit_on_entry(self.registry(), &queries, actor, Action::Read, entry, None).await?;
        let collection = self.collection(found.collection.as_str())?;
        let mut tags = BTreeSet::from([Tag::Wide, Tag::Entry(entry)]);
        for locale in &collection.locales {
            tags.insert(Tag::Paths(locale.clone()));
            tags.insert(Tag::List(collection.handle.clone(), locale.clone()));
            if collection.is_tree() {
                tags.insert(Tag::Tree(collection.handle.clone(), locale.clone()));
            }
            for reference in queries.published_references_of(entry, locale).await? {
                tags.insert(match reference.target {
                    PublishedTarget::Entry(target) => Tag::References(target),
                    // A publish pins other bytes of it.
                    PublishedTarget::Asset(target) => Tag::Asset(target),
                });
            }
        }
        let paths = queries.paths_of(entry).await?;
        tags.extend(paths.into_iter().map(|path| Tag::Path(path.locale, path.folded)));
        Ok(self.named(tags))
    }

    /// The tags of answers that a change of an asset makes stale.
    ///
    /// # Errors
    /// An asset that the actor may not read; the database fails.
    pub async fn asset_cache_tags(&self, actor: &Actor, asset: AssetId) -> Result<Vec<CacheTag>, CmsError> {
        self.manage_asset(actor, asset).await?;
        Ok(self.named([Tag::Wide, Tag::Asset(asset)].into()))
    }

    fn named(&self, tags: BTreeSet<Tag>) -> Vec<CacheTag> {
        tags.into_iter().map(|tag| CacheTag { name: tag.to_string(), sealed: self.sealed_tag(&tag) }).collect()
    }
}
