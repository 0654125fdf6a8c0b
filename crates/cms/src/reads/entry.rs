//! One published entry: by its id, by its path, or as the only one of its collection; and where it is now, or that it is gone.

use std::{collections::BTreeSet, sync::Arc};

use diwan_content::{Collection, CollectionKind, EntryId, Locale, PublicPath, Tag, Timestamp, rights::PublicScope};
use diwan_store::Entry;

use super::{
    assembling::PublishedEntry,
    view::{PublicView, ReadRequest, Standing, Tagged, Whereabouts, check_locale},
};
use crate::{
    cms::Cms,
    error::{CmsError, Thing},
};

/// Status of redirects: the page has moved for good.
pub const REDIRECT_STATUS: u16 = 301;
/// Most redirects from entry to entry that are followed. Each was made when the one behind it was withdrawn.
const MAX_REDIRECTS: usize = 100;

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

    /// A collection that the scope shows; another one is not there.
    pub fn public_collection(&self, scope: PublicScope, handle: &str) -> Result<Arc<Collection>, CmsError> {
        let found = self.registry().find_collection(handle).filter(|collection| scope.allows(collection));
        found.cloned().ok_or_else(|| CmsError::NotFound(Thing::Collection(handle.to_owned())))
    }

    /// Collections of a kind that the scope shows, by handle.
    pub fn public_collections(&self, scope: PublicScope, kind: CollectionKind) -> Vec<Arc<Collection>> {
        let shown = self.registry().collections().filter(|found| found.kind == kind && scope.allows(found));
        shown.cloned().collect()
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
