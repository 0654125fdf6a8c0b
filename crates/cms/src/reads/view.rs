//! The one way of public reads to the database: what may be seen of the public state, at one moment, by one who asks.

use std::collections::BTreeSet;

use diwan_content::{
    Actor, Bounds, Collection, EntryId, Expected, Fault, FaultCode, FoldedPath, Handle, Locale, Pointer, PublicPath,
    Tag, Timestamp,
    rights::{Moment, Past, PublicScope},
};
use diwan_store::{Live, LivePath, LiveTarget, Owned, PathKind, Publication, PublicationKind, Queries, Snapshot};

use super::entry::Selection;
use crate::{cms::Cms, conforming::Charge, error::CmsError};

/// Who asks, of which moment, and how much. A [`PublicScope`] alone asks for whole entries as they are now.
#[derive(Debug, Clone)]
pub struct ReadRequest {
    /// What may be shown.
    pub scope: PublicScope,
    /// As it is now, or as it was.
    pub moment: Moment,
    /// Which fields, and what beside them.
    pub selection: Selection,
}

/// A value and the tags of all that it was made from.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The value.
    pub value: T,
    /// What it depends on.
    pub tags: BTreeSet<Tag>,
}

/// A consistent view of what was public at a moment, within the bounds of a scope.
pub(super) struct PublicView<'a> {
    cms: &'a Cms,
    snapshot: Snapshot,
    scope: PublicScope,
    overlay: Overlay,
}

/// What is seen instead of what is public now.
enum Overlay {
    /// Nothing: what is public now is seen.
    Nothing,
    /// What was public then.
    Past(Past),
}

impl From<&Moment> for Overlay {
    fn from(moment: &Moment) -> Self {
        match moment {
            Moment::Now => Self::Nothing,
            Moment::At(past) => Self::Past(past.clone()),
        }
    }
}

/// What stands at a path.
pub(super) enum Standing {
    /// An entry lives there; its path may be written otherwise.
    Live(Box<Live>),
    /// An entry has been there.
    Left(EntryId),
    /// An entry has been there, or nothing may be told.
    Nothing,
}

/// How a localization answers that has left a path.
pub(super) enum Whereabouts {
    /// It lives, at this path if it has one.
    Live(Option<PublicPath>),
    /// It leads to another entry.
    Redirect(EntryId),
    /// It was taken back.
    Gone(Timestamp),
    /// Nothing that anybody may know.
    Unknown,
}

impl From<PublicScope> for ReadRequest {
    fn from(scope: PublicScope) -> Self {
        Self { scope, moment: Moment::Now, selection: Selection::default() }
    }
}

impl Cms {
    /// The moment that somebody asks for.
    ///
    /// # Errors
    /// A time that is ahead; no history is open to this actor at all; the database fails.
    pub async fn moment(&self, actor: &Actor, as_of: Option<Timestamp>) -> Result<Moment, CmsError> {
        let Some(at) = as_of else { return Ok(Moment::Now) };
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let ahead = |_| {
            let fault = Fault::new(Pointer::root().key("as_of"), FaultCode::InvalidParameter);
            CmsError::BadParameters(vec![fault.expecting(Expected::PastDatetime)])
        };
        let mut past = actor.past(at, self.now(), &hierarchy).map_err(ahead)?;
        let meant = self.moment_meant(at).await?;
        if meant != at {
            past = actor.past(meant, meant, &hierarchy).map_err(ahead)?;
        }
        if self.registry().collections().any(|collection| past.enters(collection)) {
            Ok(Moment::At(past))
        } else {
            Err(CmsError::HistoryClosed)
        }
    }

    /// Opens the view of a read.
    pub(super) async fn public_view(&self, scope: PublicScope, moment: &Moment) -> Result<PublicView<'_>, CmsError> {
        Ok(PublicView { cms: self, snapshot: self.store().snapshot().await?, scope, overlay: Overlay::from(moment) })
    }

    /// Whether a scope shows what is published in a collection.
    pub(super) fn shows(&self, scope: PublicScope, collection: &str) -> bool {
        self.registry().find_collection(collection).is_some_and(|collection| scope.allows(collection))
    }
}

impl PublicView<'_> {
    /// Everything that is stored: for what is no content of entries.
    pub(super) fn queries(&self) -> &Queries {
        &self.snapshot
    }

    /// The look back, if it is one.
    pub(super) fn past(&self) -> Option<&Past> {
        match &self.overlay {
            Overlay::Nothing => None,
            Overlay::Past(past) => Some(past),
        }
    }

    /// Refuses to look at a past of which nothing may be shown.
    pub(super) fn check_enters(&self, collection: &Collection) -> Result<(), CmsError> {
        match &self.overlay {
            Overlay::Past(past) if !past.enters(collection) => Err(CmsError::HistoryClosed),
            Overlay::Past(_) | Overlay::Nothing => Ok(()),
        }
    }

    /// What is public of an entry in one locale.
    pub(super) async fn find_live(&self, entry: EntryId, locale: &Locale) -> Result<Option<Live>, CmsError> {
        Ok(self.lives(&[entry], locale).await?.pop())
    }

    /// What is public of several entries in one locale, in no order.
    pub(super) async fn lives(&self, entries: &[EntryId], locale: &Locale) -> Result<Vec<Live>, CmsError> {
        self.lives_at_cost(entries, locale, &mut |_| Ok(())).await
    }

    /// The same; takes what it costs to present again what was presented under other blueprints.
    pub(super) async fn lives_at_cost(
        &self,
        entries: &[EntryId],
        locale: &Locale,
        charge: Charge<'_>,
    ) -> Result<Vec<Live>, CmsError> {
        let mut lives = match &self.overlay {
            Overlay::Nothing => {
                let mut lives = self.snapshot.lives(entries, locale).await?;
                lives.retain(|live| self.cms.shows(self.scope, live.collection.as_str()));
                lives
            }
            Overlay::Past(past) => {
                let lives = self.snapshot.lives_at(past, entries, locale).await?;
                self.shown(past, lives, |live| &live.collection)
            }
        };
        self.cms.bring_to_today_at_cost(&self.snapshot, &mut lives, charge).await?;
        Ok(lives)
    }

    /// What is public, as today's blueprints answer it.
    async fn of_today(&self, mut lives: Vec<Live>) -> Result<Vec<Live>, CmsError> {
        self.cms.bring_to_today(&self.snapshot, &mut lives).await?;
        Ok(lives)
    }

    /// In which locales entries are public and where. For references and links of what is shown: of a look back the right
    /// to what they lead to is not asked, for they stood in what was public.
    pub(super) async fn localizations(&self, entries: &[EntryId]) -> Result<Vec<LiveTarget>, CmsError> {
        let mut targets = match &self.overlay {
            Overlay::Nothing => self.snapshot.live_localizations(entries).await?,
            Overlay::Past(past) => self.snapshot.live_localizations_at(past, entries).await?,
        };
        targets.retain(|target| self.cms.shows(self.scope, target.collection.as_str()));
        Ok(targets)
    }

    /// What stands at a path.
    pub(super) async fn find_path(&self, locale: &Locale, folded: &FoldedPath) -> Result<Standing, CmsError> {
        match &self.overlay {
            Overlay::Nothing => self.find_path_now(locale, folded).await,
            Overlay::Past(past) => self.find_path_then(past, locale, folded).await,
        }
    }

    async fn find_path_now(&self, locale: &Locale, folded: &FoldedPath) -> Result<Standing, CmsError> {
        let Some(row) = self.snapshot.find_path(locale, folded).await? else { return Ok(Standing::Nothing) };
        let Some(entry) = row.entry else { return Ok(Standing::Nothing) };
        match row.kind {
            PathKind::Reserved => Ok(Standing::Nothing),
            PathKind::Redirect | PathKind::Gone => Ok(Standing::Left(entry)),
            PathKind::Live => {
                let live = self.find_live(entry, locale).await?;
                Ok(live.map_or(Standing::Nothing, |live| Standing::Live(Box::new(live))))
            }
        }
    }

    async fn find_path_then(&self, past: &Past, locale: &Locale, folded: &FoldedPath) -> Result<Standing, CmsError> {
        if let Some(live) = self.snapshot.find_live_at_path(past, locale, folded).await? {
            let mut shown = self.of_today(self.shown(past, vec![live], |live| &live.collection)).await?;
            return Ok(shown.pop().map_or(Standing::Nothing, |live| Standing::Live(Box::new(live))));
        }
        let left = self.snapshot.find_left_path(past, locale, folded).await?;
        Ok(left.map_or(Standing::Nothing, Standing::Left))
    }

    /// How an entry answers in a locale. Of an entry to which another one leads, `led`, the right to look back is not asked.
    pub(super) async fn whereabouts(
        &self,
        entry: EntryId,
        locale: &Locale,
        led: bool,
    ) -> Result<Whereabouts, CmsError> {
        let (kind, path, at) = match &self.overlay {
            Overlay::Nothing => {
                let found = self.snapshot.find_entry(entry).await?;
                let found = found.filter(|found| found.trashed_at.is_none());
                if !found.is_some_and(|found| self.cms.shows(self.scope, found.collection.as_str())) {
                    return Ok(Whereabouts::Unknown);
                }
                if let Some(live) = self.snapshot.find_live(entry, locale).await? {
                    return Ok(Whereabouts::Live(live.publication.path));
                }
                match self.snapshot.find_last_publication(entry, locale).await? {
                    Some(span) => (span.kind, None, span.at),
                    None => return Ok(Whereabouts::Unknown),
                }
            }
            Overlay::Past(past) => {
                let Some(span) = self.snapshot.find_span_at(past, entry, locale).await? else {
                    return Ok(Whereabouts::Unknown);
                };
                let shown = if led { self.cms.shows(self.scope, span.value.collection.as_str()) } else { false };
                if !shown && self.shown(past, vec![span.clone()], |span| &span.collection).is_empty() {
                    return Ok(Whereabouts::Unknown);
                }
                (span.value.kind, span.value.path, span.value.at)
            }
        };
        Ok(match kind {
            PublicationKind::Live => Whereabouts::Live(path),
            PublicationKind::Redirect { to } => Whereabouts::Redirect(to),
            PublicationKind::Gone => Whereabouts::Gone(at),
            PublicationKind::Vanished => Whereabouts::Unknown,
        })
    }

    /// Whether the asker may know that nothing was at a path then: whoever may see all history, or that of something that
    /// has lived there at any time. For others nothing and what is closed to them are alike.
    pub(super) async fn may_miss_path(&self, locale: &Locale, folded: &FoldedPath) -> Result<bool, CmsError> {
        let Some(past) = self.past().filter(|past| !past.is_whole()) else { return Ok(true) };
        let owners = self.snapshot.owners_of_path(past, locale, folded).await?;
        Ok(!self.shown(past, owners, |collection| collection).is_empty())
    }

    /// The one public entry of a global or navigation.
    pub(super) async fn find_single(
        &self,
        collection: &Collection,
        locale: &Locale,
    ) -> Result<Option<EntryId>, CmsError> {
        match &self.overlay {
            Overlay::Nothing => Ok(self.snapshot.find_single(&collection.handle, locale).await?),
            Overlay::Past(past) => Ok(self.entries_then(past, collection, locale, &Bounds::default(), 1).await?.pop()),
        }
    }

    /// Whether all of a collection's past may be shown, not only that of some departments.
    pub(super) fn enters_whole(&self, collection: &Collection) -> bool {
        self.past().is_none_or(|past| collection.public_history || past.is_whole())
    }

    /// All pages of a tree, each with whether it may be shown.
    pub(super) async fn tree(
        &self,
        collection: &Collection,
        locale: &Locale,
    ) -> Result<Vec<(Publication, bool)>, CmsError> {
        match &self.overlay {
            Overlay::Nothing => {
                let pages = self.snapshot.tree_lives(&collection.handle, locale).await?;
                Ok(pages.into_iter().map(|page| (page, true)).collect())
            }
            Overlay::Past(past) => {
                let pages = self.snapshot.tree_lives_at(past, &collection.handle, locale).await?;
                let shown = |owner| self.scope.allows(collection) && past.shows(collection, owner);
                Ok(pages.into_iter().map(|Owned { value, owner }| (value, shown(owner))).collect())
            }
        }
    }

    /// Paths where something lives, behind one, as many as asked for or fewer; and where to go on, `None` at the end.
    pub(super) async fn paths(
        &self,
        locale: &Locale,
        after: Option<&FoldedPath>,
        limit: u32,
    ) -> Result<(Vec<LivePath>, Option<FoldedPath>), CmsError> {
        match &self.overlay {
            Overlay::Nothing => {
                let mut rows = self.snapshot.list_paths(locale, after, limit).await?;
                let last = rows.last().map(|row| row.folded.clone());
                rows.retain(|row| self.cms.shows(self.scope, row.collection.as_str()));
                Ok((rows, last))
            }
            Overlay::Past(past) => {
                let rows = self.snapshot.list_paths_at(past, locale, after, limit).await?;
                let last = rows.last().map(|row| row.value.folded.clone());
                Ok((self.shown(past, rows, |row| &row.collection), last))
            }
        }
    }

    /// Entries of a collection that were public then within bounds and may be shown.
    pub(super) async fn entries_then(
        &self,
        past: &Past,
        collection: &Collection,
        locale: &Locale,
        bounds: &Bounds,
        limit: u32,
    ) -> Result<Vec<EntryId>, CmsError> {
        if !self.scope.allows(collection) {
            return Ok(Vec::new());
        }
        Ok(self.snapshot.entries_at(past, collection, locale, bounds, limit).await?)
    }

    /// Keeps what the scope and the right to look back show.
    fn shown<T>(&self, past: &Past, rows: Vec<Owned<T>>, collection: impl Fn(&T) -> &Handle) -> Vec<T> {
        let mut shown = Vec::with_capacity(rows.len());
        for Owned { value, owner } in rows {
            let found = self.cms.registry().find_collection(collection(&value).as_str());
            if found.is_some_and(|found| self.scope.allows(found) && past.shows(found, owner)) {
                shown.push(value);
            }
        }
        shown
    }
}

/// A moment as part of what a cursor belongs to.
pub(super) fn moment_bytes(moment: &Moment) -> Vec<u8> {
    let at = moment.past().map(|past| (past.at().unix_ms(), past.is_privileged()));
    at.map_or_else(Vec::new, |(ms, privileged)| [&ms.to_be_bytes()[..], &[u8::from(privileged)]].concat())
}

/// Adds a fault where a parameter names a locale that is not there.
pub(super) fn check_locale(parameter: &str, locale: Option<&Locale>, there_are: &[Locale], faults: &mut Vec<Fault>) {
    if locale.is_some_and(|locale| !there_are.contains(locale)) {
        let allowed: Vec<&str> = there_are.iter().map(Locale::as_str).collect();
        faults.push(Fault::new(Pointer::root().key(parameter), FaultCode::NotAllowedHere).with("allowed", allowed));
    }
}
