//! Globals and navigations: the one published entry of a collection, by the collection's handle.

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{Collection, CollectionKind, Locale, Tag, rights::PublicScope};

use super::{assemble::PublishedEntry, tagged::Tagged};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

impl Cms {
    /// The published entry of a global or navigation in a locale (the collection's origin unless named), or else in the
    /// fallback; `None` while it is public in neither.
    ///
    /// # Errors
    /// No collection of that kind; the database fails.
    pub async fn published_single(
        &self,
        scope: PublicScope,
        kind: CollectionKind,
        handle: &str,
        locale: Option<&Locale>,
        fallback: Option<&Locale>,
    ) -> Result<Tagged<Option<PublishedEntry>>, CmsError> {
        let collection = self.public_collection(scope, handle)?;
        if collection.kind != kind {
            return Err(CmsError::NotFound(Thing::Collection));
        }
        let snapshot = self.store().snapshot().await?;
        let mut tags = BTreeSet::new();
        for locale in [Some(locale.unwrap_or_else(|| collection.origin())), fallback].into_iter().flatten() {
            tags.insert(Tag::List(collection.handle.clone(), locale.clone()));
            let Some(found) = snapshot.find_single(&collection.handle, locale).await? else { continue };
            let Some(live) = snapshot.find_live(found, locale).await? else { continue };
            let mut entries = self.assemble(&snapshot, scope, &[live], &mut tags).await?;
            return Ok(Tagged { value: entries.pop(), tags });
        }
        Ok(Tagged { value: None, tags })
    }

    /// Collections of a kind that the scope shows, by handle.
    pub fn public_collections(&self, scope: PublicScope, kind: CollectionKind) -> Vec<Arc<Collection>> {
        let shown = self.registry().collections().filter(|found| found.kind == kind && scope.allows(found));
        shown.cloned().collect()
    }
}
