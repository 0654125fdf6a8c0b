//! Publications: spans of time in which one revision was public at one path, or answered as gone, moved or never there.
//!
//! At most one span of a localization is open. The open ones of kind `live` are what the public sees.

use std::ops::Deref;

use diwan_content::{
    CalendarDate, ContentHash, DepartmentId, EntryId, Handle, Locale, PublicPath, Rank, RevisionNumber, Slug,
    Timestamp, Unresolved,
};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    connection::{Queries, padded, placeholders},
    error::StoreError,
    stored,
    tables::{ColumnList, Hash, publications::Column},
};

/// Most entries of one tree: a tree is answered whole.
pub(crate) const MAX_TREE: u32 = 10_000;

/// Columns of [`PublicationRow`] for SQL text, of a table that is called `p`.
pub(crate) const COLUMNS: ColumnList<Column> = ColumnList("p", &READ);

/// Columns of [`PublicationRow`].
pub(crate) const READ: [Column; 17] = [
    Column::Entry,
    Column::Locale,
    Column::Collection,
    Column::Blueprint,
    Column::Department,
    Column::Revision,
    Column::OriginRevision,
    Column::Slug,
    Column::Path,
    Column::Parent,
    Column::Rank,
    Column::Date,
    Column::Title,
    Column::DataHash,
    Column::FirstPublishedAt,
    Column::PublishedAt,
    Column::PresentedUnder,
];

/// What is (or was) public of one localization, without its presented data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Of which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// In which collection.
    pub collection: Handle,
    /// Under which blueprint.
    pub blueprint: Handle,
    /// Whose it is.
    pub department: DepartmentId,
    /// Which revision.
    pub revision: RevisionNumber,
    /// Which revision of the origin gave what is inherited.
    pub origin_revision: RevisionNumber,
    /// Last segment of the path.
    pub slug: Slug,
    /// Where it lives, in collections with paths.
    pub path: Option<PublicPath>,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Place among siblings in a tree.
    pub rank: Option<Rank>,
    /// The entry's date.
    pub date: Option<CalendarDate>,
    /// Its title.
    pub title: String,
    /// Hash of the presented data.
    pub data_hash: ContentHash,
    /// When the localization first became public (of an import: there).
    pub first_published_at: Timestamp,
    /// When this revision became public (of an import: there).
    pub published_at: Timestamp,
    /// Shape of the blueprint that made the presented data; `None` where it is not known, or where some of the data did not
    /// fit it.
    pub presented_under: Option<ContentHash>,
}

/// How a span answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicationKind {
    /// With the content.
    Live,
    /// With the place of another entry.
    Redirect {
        /// Which.
        to: EntryId,
    },
    /// That it was taken back.
    Gone,
    /// As if it had never been.
    Vanished,
}

/// A publication that is public now, with its presented data. Reads as the [`Publication`] itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    /// What is public.
    pub publication: Publication,
    /// The presented `data` as JSON.
    pub data_text: String,
    /// Places in it that are empty because what was published does not fit today's blueprint. Never stored.
    pub unresolved: Vec<Unresolved>,
}

/// What a reference or a list of translations needs of a live localization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveTarget {
    /// Which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// Where it lives.
    pub path: Option<PublicPath>,
    /// Its title.
    pub title: String,
    /// In which collection.
    pub collection: Handle,
}

/// The newest span of a localization, open or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPublication {
    /// How it answers.
    pub kind: PublicationKind,
    /// When the localization first became public.
    pub first_published_at: Timestamp,
    /// When the span began.
    pub at: Timestamp,
}

/// What is read of a publication: all but its span.
#[derive(Debug, FromQueryResult)]
pub(crate) struct PublicationRow {
    entry: Uuid,
    locale: String,
    collection: String,
    blueprint: String,
    department: Uuid,
    revision: i64,
    origin_revision: i64,
    slug: String,
    path: Option<String>,
    parent: Option<Uuid>,
    rank: Option<String>,
    date: Option<String>,
    title: String,
    data_hash: Hash,
    first_published_at: i64,
    published_at: i64,
    presented_under: Option<Hash>,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct LiveRow {
    #[sea_orm(nested)]
    publication: PublicationRow,
    data_text: String,
}

/// A span that was closed, and how it answered.
#[derive(Debug, FromQueryResult)]
pub(crate) struct ClosedRow {
    #[sea_orm(nested)]
    publication: PublicationRow,
    kind: String,
    redirect_to: Option<Uuid>,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct TargetRow {
    entry: Uuid,
    locale: String,
    path: Option<String>,
    title: String,
    collection: String,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct PastRow {
    kind: String,
    redirect_to: Option<Uuid>,
    first_published_at: i64,
    from_at: i64,
}

impl Queries {
    /// What is public of an entry in one locale.
    pub async fn find_live(&self, entry: EntryId, locale: &Locale) -> Result<Option<Live>, StoreError> {
        let lives = self.lives(&[entry], locale).await?;
        Ok(lives.into_iter().next())
    }

    /// What is public of several entries in one locale; those that are not public are left out. In no order.
    pub async fn lives(&self, entries: &[EntryId], locale: &Locale) -> Result<Vec<Live>, StoreError> {
        let mut lives = Vec::with_capacity(entries.len());
        for chunk in entries.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT {COLUMNS}, d.data_text FROM publications p JOIN presented d ON d.hash = p.data_hash \
                 WHERE p.locale = $1 AND p.to_sequence IS NULL AND p.kind = 'live' AND p.entry IN ({})",
                placeholders(2, ids.len())
            );
            let values = [Value::from(locale.as_str())].into_iter().chain(ids);
            for row in self.connection.list::<LiveRow>(&sql, values).await? {
                lives.push(row.try_into()?);
            }
        }
        Ok(lives)
    }

    /// In which locales entries are public and where, ordered by entry and locale within each 256 of them.
    pub async fn live_localizations(&self, entries: &[EntryId]) -> Result<Vec<LiveTarget>, StoreError> {
        let mut targets = Vec::with_capacity(entries.len());
        for chunk in entries.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT p.entry, p.locale, p.path, p.title, p.collection FROM publications p \
                 WHERE p.to_sequence IS NULL AND p.kind = 'live' AND p.entry IN ({}) ORDER BY p.entry, p.locale",
                placeholders(1, ids.len())
            );
            for row in self.connection.list::<TargetRow>(&sql, ids).await? {
                targets.push(row.try_into()?);
            }
        }
        Ok(targets)
    }

    /// How a localization was last answered; `None` when it never was public.
    pub async fn find_last_publication(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<PastPublication>, StoreError> {
        // A negative number is that of a span which this very transaction opened.
        let sql = "SELECT kind, redirect_to, first_published_at, from_at FROM publications \
                   WHERE entry = $1 AND locale = $2 ORDER BY from_sequence < 0 DESC, ABS(from_sequence) DESC LIMIT 1";
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        self.connection.find::<PastRow>(sql, values).await?.map(PastPublication::try_from).transpose()
    }

    /// All that is public of a tree in one locale, ordered by parent (roots first), rank and entry; at most 10,000.
    pub async fn tree_lives(&self, collection: &Handle, locale: &Locale) -> Result<Vec<Publication>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM publications p WHERE p.collection = $1 AND p.locale = $2 \
             AND p.to_sequence IS NULL AND p.kind = 'live' \
             ORDER BY p.parent IS NOT NULL, p.parent, p.rank IS NULL, p.rank, p.entry LIMIT {MAX_TREE}"
        );
        self.publications(&sql, [collection.as_str().into(), locale.as_str().into()]).await
    }

    /// What is public right below an entry of a tree, ordered by rank and entry.
    pub async fn live_children(&self, parent: EntryId, locale: &Locale) -> Result<Vec<Publication>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM publications p WHERE p.parent = $1 AND p.locale = $2 \
             AND p.to_sequence IS NULL AND p.kind = 'live' AND p.parent IS NOT NULL \
             ORDER BY p.rank IS NULL, p.rank, p.entry LIMIT {MAX_TREE}"
        );
        self.publications(&sql, [parent.0.into(), locale.as_str().into()]).await
    }

    /// All that is public of a collection in any locale, page by page, ordered by entry and locale.
    pub async fn live_in_collection(
        &self,
        collection: &Handle,
        after: Option<(EntryId, &Locale)>,
        limit: u32,
    ) -> Result<Vec<Live>, StoreError> {
        let mut values: Vec<Value> = vec![collection.as_str().into(), stored::bounded(limit).into()];
        let mut behind = "";
        if let Some((entry, locale)) = after {
            behind = "AND (p.entry, p.locale) > ($3, $4)";
            values.extend([entry.0.into(), locale.as_str().into()]);
        }
        let sql = format!(
            "SELECT {COLUMNS}, d.data_text FROM publications p JOIN presented d ON d.hash = p.data_hash \
             WHERE p.collection = $1 AND p.to_sequence IS NULL AND p.kind = 'live' {behind} \
             ORDER BY p.entry, p.locale LIMIT $2"
        );
        let rows: Vec<LiveRow> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(Live::try_from).collect()
    }

    /// What is public of an entry in other locales than its origin's, ordered by locale.
    pub async fn inheriting_lives(
        &self,
        entry: EntryId,
        origin_locale: &Locale,
    ) -> Result<Vec<Publication>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM publications p WHERE p.entry = $1 AND p.locale <> $2 \
             AND p.to_sequence IS NULL AND p.kind = 'live' ORDER BY p.locale"
        );
        self.publications(&sql, [entry.0.into(), origin_locale.as_str().into()]).await
    }

    async fn publications(&self, sql: &str, values: [Value; 2]) -> Result<Vec<Publication>, StoreError> {
        let rows: Vec<PublicationRow> = self.connection.list(sql, values).await?;
        rows.into_iter().map(Publication::try_from).collect()
    }
}

impl PublicationKind {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Redirect { .. } => "redirect",
            Self::Gone => "gone",
            Self::Vanished => "vanished",
        }
    }

    /// Where it leads to.
    pub fn redirect_to(self) -> Option<EntryId> {
        match self {
            Self::Redirect { to } => Some(to),
            Self::Live | Self::Gone | Self::Vanished => None,
        }
    }
}

impl Deref for Live {
    type Target = Publication;

    fn deref(&self) -> &Publication {
        &self.publication
    }
}

impl TryFrom<PublicationRow> for Publication {
    type Error = StoreError;

    fn try_from(row: PublicationRow) -> Result<Self, StoreError> {
        let PublicationRow {
            entry,
            locale,
            collection,
            blueprint,
            department,
            revision,
            origin_revision,
            slug,
            path,
            parent,
            rank,
            date,
            title,
            data_hash,
            first_published_at,
            published_at,
            presented_under,
        } = row;
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            collection: stored::handle(&collection)?,
            blueprint: stored::handle(&blueprint)?,
            department: DepartmentId(department),
            revision: RevisionNumber(revision),
            origin_revision: RevisionNumber(origin_revision),
            slug: Slug::from_stored(slug),
            path: path.map(PublicPath::from_stored),
            parent: parent.map(EntryId),
            rank: stored::rank(rank.as_deref())?,
            date: stored::date(date.as_deref())?,
            title,
            data_hash: data_hash.try_into()?,
            first_published_at: stored::time(first_published_at)?,
            published_at: stored::time(published_at)?,
            presented_under: presented_under.map(ContentHash::try_from).transpose()?,
        })
    }
}

impl TryFrom<LiveRow> for Live {
    type Error = StoreError;

    fn try_from(row: LiveRow) -> Result<Self, StoreError> {
        let LiveRow { publication, data_text } = row;
        Ok(Self { publication: publication.try_into()?, data_text, unresolved: Vec::new() })
    }
}

impl TryFrom<ClosedRow> for (Publication, PublicationKind) {
    type Error = StoreError;

    fn try_from(row: ClosedRow) -> Result<Self, StoreError> {
        let ClosedRow { publication, kind, redirect_to } = row;
        Ok((publication.try_into()?, publication_kind(&kind, redirect_to)?))
    }
}

impl TryFrom<TargetRow> for LiveTarget {
    type Error = StoreError;

    fn try_from(row: TargetRow) -> Result<Self, StoreError> {
        let TargetRow { entry, locale, path, title, collection } = row;
        Ok(Self {
            entry: EntryId(entry),
            locale: stored::locale(&locale)?,
            path: path.map(PublicPath::from_stored),
            title,
            collection: stored::handle(&collection)?,
        })
    }
}

impl TryFrom<PastRow> for PastPublication {
    type Error = StoreError;

    fn try_from(row: PastRow) -> Result<Self, StoreError> {
        let PastRow { kind, redirect_to, first_published_at, from_at } = row;
        Ok(Self {
            kind: publication_kind(&kind, redirect_to)?,
            first_published_at: stored::time(first_published_at)?,
            at: stored::time(from_at)?,
        })
    }
}

pub(crate) fn publication_kind(kind: &str, redirect_to: Option<Uuid>) -> Result<PublicationKind, StoreError> {
    match (kind, redirect_to) {
        ("live", _) => Ok(PublicationKind::Live),
        ("redirect", Some(to)) => Ok(PublicationKind::Redirect { to: EntryId(to) }),
        ("gone", _) => Ok(PublicationKind::Gone),
        ("vanished", _) => Ok(PublicationKind::Vanished),
        _ => Err(stored::damaged("kind of publication", kind)),
    }
}
