//! A published entry by its id.

use std::collections::BTreeSet;

use diwan_content::{Collection, EntryId, Locale, PublicPath, Tag, Timestamp, rights::PublicScope};
use diwan_store::Entry;

use super::{
    assembling::PublishedEntry, content::Content, locales::check_locale, request::ReadRequest, tagged::Tagged,
    view::PublicView,
};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// What is known of an id in public.
#[derive(Debug, Clone)]
pub enum EntryRead {
    /// It is public.
    Entry(Box<PublishedEntry>),
    /// It was taken back in favour of another page.
    Moved {
        /// Where that one lives.
        to: PublicPath,
        /// In this locale.
        locale: Locale,
    },
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
    /// An unknown collection; locales that it does not have; a selection of fields and inclusions that does not fit it; a past that is not open to the
    /// asker; the database fails.
    pub async fn published_entry(
        &self,
        request: impl Into<ReadRequest>,
        collection: &str,
        id: EntryId,
        locale: Option<&Locale>,
        fallback: Option<&Locale>,
    ) -> Result<Tagged<EntryRead>, CmsError> {
        let request = request.into();
        let collection = self.public_collection(request.scope, collection)?;
        let mut faults = Vec::new();
        for (parameter, locale) in [("locale", locale), ("fallback", fallback)] {
            check_locale(parameter, locale, &collection.locales, &mut faults);
        }
        let expansion = self.selected(request.scope, &collection, &request.selection, faults)?;
        let locale = locale.unwrap_or_else(|| collection.origin());
        let view = self.public_view(request.scope, &request.moment).await?;
        let mut tags = BTreeSet::from([Tag::Entry(id)]);
        let entry = view.queries().find_entry(id).await?.filter(|entry| entry.collection == collection.handle);
        check_may_look(&view, &collection, entry.as_ref())?;
        if entry.is_none() {
            return Ok(Tagged { value: EntryRead::Absent, tags });
        }
        for locale in [Some(locale), fallback].into_iter().flatten() {
            if let Some(live) = view.find_live(id, locale).await? {
                let mut entries = self.assemble(&view, vec![live], &expansion, &mut tags).await?;
                let value = entries.pop().map_or(EntryRead::Absent, |entry| EntryRead::Entry(Box::new(entry)));
                return Ok(Tagged { value, tags });
            }
        }
        let value = match self.moved(&view, id, locale, &mut tags).await? {
            Content::Redirect { to, locale } => EntryRead::Moved { to, locale },
            Content::Gone { at } => EntryRead::Gone { at },
            Content::Entry(_) | Content::Absent => EntryRead::Absent,
        };
        Ok(Tagged { value, tags })
    }

    /// A collection that the scope shows; another one is not there.
    pub fn public_collection(&self, scope: PublicScope, handle: &str) -> Result<std::sync::Arc<Collection>, CmsError> {
        let found = self.registry().find_collection(handle).filter(|collection| scope.allows(collection));
        found.cloned().ok_or_else(|| CmsError::NotFound(Thing::Collection(handle.to_owned())))
    }
}

/// Of a past that is not open to the asker whole, an entry that is not there and one that is closed are alike.
fn check_may_look(view: &PublicView<'_>, collection: &Collection, entry: Option<&Entry>) -> Result<(), CmsError> {
    view.check_enters(collection)?;
    let Some(past) = view.past() else { return Ok(()) };
    let open = match entry {
        Some(entry) => past.shows(collection, entry.department),
        None => collection.public_history || past.is_whole(),
    };
    if open { Ok(()) } else { Err(CmsError::HistoryClosed) }
}
