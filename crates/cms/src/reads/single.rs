//! The one published entry of a global or navigation.

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{Collection, CollectionKind, Locale, Tag, rights::PublicScope};

use super::{
    entry::PublishedEntry,
    view::{ReadRequest, Tagged, check_locale},
};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

impl Cms {
    /// The published entry of a global or navigation in a locale (the collection's origin unless named), or else in the
    /// fallback; `None` while it is public in neither.
    ///
    /// # Errors
    /// No collection of that kind; locales that it does not have; a selection of fields and inclusions that does not fit it; a past that is not open to the
    /// asker; the database fails.
    pub async fn published_single(
        &self,
        request: impl Into<ReadRequest>,
        kind: CollectionKind,
        handle: &str,
        locale: Option<&Locale>,
        fallback: Option<&Locale>,
    ) -> Result<Tagged<Option<PublishedEntry>>, CmsError> {
        let request = request.into();
        let collection = self.public_collection(request.scope, handle)?;
        if collection.kind != kind {
            return Err(CmsError::NotFound(Thing::Collection(handle.to_owned())));
        }
        let mut faults = Vec::new();
        for (parameter, locale) in [("locale", locale), ("fallback", fallback)] {
            check_locale(parameter, locale, &collection.locales, &mut faults);
        }
        let expansion = self.selected(request.scope, &collection, &request.selection, faults)?;
        let view = self.public_view(request.scope, &request.moment).await?;
        view.check_enters(&collection)?;
        let mut tags = BTreeSet::new();
        for locale in [Some(locale.unwrap_or_else(|| collection.origin())), fallback].into_iter().flatten() {
            tags.insert(Tag::List(collection.handle.clone(), locale.clone()));
            let Some(found) = view.find_single(&collection, locale).await? else { continue };
            let Some(live) = view.find_live(found, locale).await? else { continue };
            let mut entries = self.assemble(&view, vec![live], &expansion, &mut tags).await?;
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
