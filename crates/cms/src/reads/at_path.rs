//! What a path answers: the entry that lives there, where it lives now, or that it is gone.

use std::collections::BTreeSet;

use diwan_content::{Locale, PublicPath, Tag, rights::PublicScope};

use super::{
    entry::EntryRead,
    view::{ReadRequest, Standing, Tagged, check_locale},
};
use crate::{cms::Cms, error::CmsError};

impl Cms {
    /// What a path answers in a locale, or in the first locale that knows it.
    ///
    /// # Errors
    /// A locale that no collection has; a selection of fields and inclusions that does not fit what lives there; a past that is not open to the asker; the
    /// database fails.
    pub async fn content(
        &self,
        request: impl Into<ReadRequest>,
        locale: Option<&Locale>,
        path: &PublicPath,
    ) -> Result<Tagged<EntryRead>, CmsError> {
        let request = request.into();
        let view = self.public_view(request.scope, &request.moment).await?;
        let folded = path.folded();
        let mut tags = BTreeSet::new();
        let mut faults = Vec::new();
        let shown = self.locales(request.scope);
        check_locale("locale", locale, &shown, &mut faults);
        if !faults.is_empty() {
            return Err(CmsError::BadParameters(faults));
        }
        let locales = locale.map_or(shown, |locale| vec![locale.clone()]);
        let mut may_miss = false;
        for locale in locales {
            tags.insert(Tag::Path(locale.clone(), folded.clone()));
            let found = match view.find_path(&locale, &folded).await? {
                Standing::Nothing => EntryRead::Absent,
                Standing::Left(entry) => self.moved(&view, entry, &locale, &mut tags).await?,
                Standing::Live(live) => match &live.path {
                    Some(known) if known != path => {
                        tags.insert(Tag::Entry(live.entry));
                        EntryRead::Moved { to: known.clone(), locale: locale.clone() }
                    }
                    Some(_) | None => {
                        let collection = self.collection(live.collection.as_str())?;
                        let expansion = self.selected(request.scope, &collection, &request.selection, Vec::new())?;
                        let mut entries = self.assemble(&view, vec![*live], &expansion, &mut tags).await?;
                        entries.pop().map_or(EntryRead::Absent, |entry| EntryRead::Entry(Box::new(entry)))
                    }
                },
            };
            match found {
                EntryRead::Absent => may_miss = may_miss || view.may_miss_path(&locale, &folded).await?,
                EntryRead::Entry(_) | EntryRead::Moved { .. } | EntryRead::Gone { .. } => {
                    return Ok(Tagged { value: found, tags });
                }
            }
        }
        if may_miss { Ok(Tagged { value: EntryRead::Absent, tags }) } else { Err(CmsError::HistoryClosed) }
    }

    /// The locales of the collections that a scope shows, origins first. An installation that shows none answers in all of its
    /// locales that there is nothing.
    pub fn locales(&self, scope: PublicScope) -> Vec<Locale> {
        let mut locales: Vec<Locale> = Vec::new();
        let mut shown: Vec<_> = self.registry().collections().filter(|collection| scope.allows(collection)).collect();
        if shown.is_empty() {
            shown = self.registry().collections().collect();
        }
        let longest = shown.iter().map(|collection| collection.locales.len()).max().unwrap_or_default();
        for place in 0..longest {
            for collection in &shown {
                if let Some(locale) = collection.locales.get(place).filter(|locale| !locales.contains(locale)) {
                    locales.push(locale.clone());
                }
            }
        }
        locales
    }
}
