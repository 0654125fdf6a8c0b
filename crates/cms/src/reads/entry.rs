//! A published entry by its id.

use std::collections::BTreeSet;

use diwan_content::{EntryId, Locale, Tag, Timestamp, rights::PublicScope};
use diwan_store::PublicationKind;

use super::{assemble::PublishedEntry, tagged::Tagged};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// What is known of an id in public.
#[derive(Debug, Clone)]
pub enum EntryRead {
    /// It is public.
    Entry(Box<PublishedEntry>),
    /// It was taken back.
    Gone {
        /// When.
        at: Timestamp,
    },
    /// Nothing, as far as anybody may know.
    Absent,
}

impl Cms {
    /// A published entry of a collection in a locale (the collection's origin unless named), or else in the fallback.
    ///
    /// # Errors
    /// An unknown collection; the database fails.
    pub async fn published_entry(
        &self,
        scope: PublicScope,
        collection: &str,
        id: EntryId,
        locale: Option<&Locale>,
        fallback: Option<&Locale>,
    ) -> Result<Tagged<EntryRead>, CmsError> {
        let collection = self.public_collection(scope, collection)?;
        let locale = locale.unwrap_or_else(|| collection.origin());
        let snapshot = self.store().snapshot().await?;
        let mut tags = BTreeSet::from([Tag::Entry(id)]);
        let absent = |tags| Ok(Tagged { value: EntryRead::Absent, tags });
        let Some(entry) = snapshot.find_entry(id).await?.filter(|entry| entry.collection == collection.handle) else {
            return absent(tags);
        };
        for locale in [Some(locale), fallback].into_iter().flatten() {
            if let Some(live) = snapshot.find_live(entry.id, locale).await? {
                let mut entries = self.assemble(&snapshot, scope, &[live], &mut tags).await?;
                let value = entries.pop().map_or(EntryRead::Absent, |entry| EntryRead::Entry(Box::new(entry)));
                return Ok(Tagged { value, tags });
            }
        }
        if entry.trashed_at.is_some() {
            return absent(tags);
        }
        match snapshot.find_last_publication(id, locale).await? {
            Some(past) if past.kind == PublicationKind::Gone => {
                Ok(Tagged { value: EntryRead::Gone { at: past.at }, tags })
            }
            Some(_) | None => absent(tags),
        }
    }

    /// A collection that the scope shows; another one is not there.
    pub fn public_collection(
        &self,
        scope: PublicScope,
        handle: &str,
    ) -> Result<std::sync::Arc<diwan_content::Collection>, CmsError> {
        let found = self.registry().find_collection(handle).filter(|collection| scope.allows(collection));
        found.cloned().ok_or(CmsError::NotFound(Thing::Collection))
    }
}
