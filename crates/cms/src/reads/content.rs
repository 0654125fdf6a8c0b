//! Content by path: what lives there, where it lives now, that it is gone, or nothing.

use std::collections::BTreeSet;

use diwan_content::{EntryId, Locale, PublicPath, Tag, Timestamp, rights::PublicScope};

use super::{
    assembling::PublishedEntry,
    locales::check_locale,
    request::ReadRequest,
    tagged::Tagged,
    view::{PublicView, Standing, Whereabouts},
};
use crate::{cms::Cms, error::CmsError};

/// Status of redirects: the page has moved for good.
pub const REDIRECT_STATUS: u16 = 301;
/// Most redirects from entry to entry that are followed. Each was made when the one behind it was withdrawn.
const MAX_REDIRECTS: usize = 100;

/// What a path answers.
#[derive(Debug, Clone)]
pub enum Content {
    /// The entry that lives there.
    Entry(Box<PublishedEntry>),
    /// The page lives elsewhere, or is written otherwise.
    Redirect {
        /// Its one path.
        to: PublicPath,
        /// In this locale.
        locale: Locale,
    },
    /// The page was taken back.
    Gone {
        /// When.
        at: Timestamp,
    },
    /// Nothing, as far as anybody may know.
    Absent,
}

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
    ) -> Result<Tagged<Content>, CmsError> {
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
                Standing::Nothing => Content::Absent,
                Standing::Left(entry) => self.moved(&view, entry, &locale, &mut tags).await?,
                Standing::Live(live) => match &live.path {
                    Some(known) if known != path => {
                        tags.insert(Tag::Entry(live.entry));
                        Content::Redirect { to: known.clone(), locale: locale.clone() }
                    }
                    Some(_) | None => {
                        let collection = self.collection(live.collection.as_str())?;
                        let expansion = self.selected(request.scope, &collection, &request.selection, Vec::new())?;
                        let mut entries = self.assemble(&view, vec![*live], &expansion, &mut tags).await?;
                        entries.pop().map_or(Content::Absent, |entry| Content::Entry(Box::new(entry)))
                    }
                },
            };
            match found {
                Content::Absent => may_miss = may_miss || view.may_miss_path(&locale, &folded).await?,
                Content::Entry(_) | Content::Redirect { .. } | Content::Gone { .. } => {
                    return Ok(Tagged { value: found, tags });
                }
            }
        }
        if may_miss { Ok(Tagged { value: Content::Absent, tags }) } else { Err(CmsError::HistoryClosed) }
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

    /// Where an entry lives that left a path or cannot be read by its id, or how it ended.
    pub(super) async fn moved(
        &self,
        view: &PublicView<'_>,
        entry: EntryId,
        locale: &Locale,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Content, CmsError> {
        let mut at = entry;
        for _ in 0..MAX_REDIRECTS {
            tags.insert(Tag::Entry(at));
            match view.whereabouts(at, locale, at != entry).await? {
                Whereabouts::Live(Some(to)) => return Ok(Content::Redirect { to, locale: locale.clone() }),
                Whereabouts::Live(None) | Whereabouts::Unknown => return Ok(Content::Absent),
                Whereabouts::Gone(at) => return Ok(Content::Gone { at }),
                Whereabouts::Redirect(to) => at = to,
            }
        }
        Ok(Content::Absent)
    }
}
