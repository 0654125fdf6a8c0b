//! Content by path: what lives there, where it lives now, that it is gone, or nothing.

use std::collections::BTreeSet;

use diwan_content::{EntryId, Locale, PublicPath, Tag, Timestamp, rights::PublicScope};
use diwan_store::{PathKind, PathRow, PublicationKind, Queries};

use super::{assemble::PublishedEntry, tagged::Tagged};
use crate::{cms::Cms, error::CmsError};

/// Status of redirects: the page has moved for good.
pub const REDIRECT_STATUS: u16 = 301;

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
    /// When the database fails.
    pub async fn content(
        &self,
        scope: PublicScope,
        locale: Option<&Locale>,
        path: &PublicPath,
    ) -> Result<Tagged<Content>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let folded = path.folded();
        let mut tags = BTreeSet::new();
        let locales = locale.map_or_else(|| self.locales(), |locale| vec![locale.clone()]);
        for locale in locales {
            tags.insert(Tag::Path(locale.clone(), folded.clone()));
            let Some(row) = snapshot.find_path(&locale, &folded).await? else { continue };
            match self.at_path(&snapshot, scope, row, path, &mut tags).await? {
                Content::Absent => {}
                found @ (Content::Entry(_) | Content::Redirect { .. } | Content::Gone { .. }) => {
                    return Ok(Tagged { value: found, tags });
                }
            }
        }
        Ok(Tagged { value: Content::Absent, tags })
    }

    /// All locales of all collections, origins first.
    pub fn locales(&self) -> Vec<Locale> {
        let mut locales: Vec<Locale> = Vec::new();
        let longest =
            self.registry().collections().map(|collection| collection.locales.len()).max().unwrap_or_default();
        for place in 0..longest {
            for collection in self.registry().collections() {
                if let Some(locale) = collection.locales.get(place).filter(|locale| !locales.contains(locale)) {
                    locales.push(locale.clone());
                }
            }
        }
        locales
    }

    async fn at_path(
        &self,
        queries: &Queries,
        scope: PublicScope,
        row: PathRow,
        asked: &PublicPath,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Content, CmsError> {
        let PathRow { locale, path, kind, entry, .. } = row;
        let Some(entry) = entry else { return Ok(Content::Absent) };
        tags.insert(Tag::Entry(entry));
        match kind {
            PathKind::Reserved => Ok(Content::Absent),
            PathKind::Live => {
                let live = queries.find_live(entry, &locale).await?;
                let Some(live) = live.filter(|live| self.shows(scope, live.collection.as_str())) else {
                    return Ok(Content::Absent);
                };
                if path != *asked {
                    return Ok(Content::Redirect { to: path, locale });
                }
                let mut entries = self.assemble(queries, scope, &[live], tags).await?;
                Ok(entries.pop().map_or(Content::Absent, |entry| Content::Entry(Box::new(entry))))
            }
            PathKind::Redirect | PathKind::Gone => self.moved(queries, scope, entry, &locale, tags).await,
        }
    }

    /// Where an entry lives now that left a path, or how it ended.
    pub(super) async fn moved(
        &self,
        queries: &Queries,
        scope: PublicScope,
        entry: EntryId,
        locale: &Locale,
        tags: &mut BTreeSet<Tag>,
    ) -> Result<Content, CmsError> {
        let Some(found) = queries.find_entry(entry).await?.filter(|found| self.shows(scope, found.collection.as_str()))
        else {
            return Ok(Content::Absent);
        };
        if let Some(live) = queries.find_live(found.id, locale).await? {
            return Ok(redirect(live.path.clone(), locale));
        }
        let Some(past) = queries.find_last_publication(entry, locale).await? else { return Ok(Content::Absent) };
        match past.kind {
            PublicationKind::Gone => Ok(Content::Gone { at: past.at }),
            PublicationKind::Vanished | PublicationKind::Live => Ok(Content::Absent),
            PublicationKind::Redirect { to } => {
                tags.insert(Tag::Entry(to));
                let target = queries.find_live(to, locale).await?;
                let target = target.filter(|live| self.shows(scope, live.collection.as_str()));
                Ok(target.map_or(Content::Absent, |live| redirect(live.path.clone(), locale)))
            }
        }
    }
}

fn redirect(path: Option<PublicPath>, locale: &Locale) -> Content {
    path.map_or(Content::Absent, |to| Content::Redirect { to, locale: locale.clone() })
}
