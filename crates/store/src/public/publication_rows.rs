//! Rows of publications as they are stored.

use diwan_content::{ContentHash, DepartmentId, EntryId, PublicPath, RevisionNumber, Slug};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{
    error::StoreError,
    public::publications::{Live, LiveTarget, PastPublication, Publication, PublicationKind},
    stored,
    tables::{ColumnList, Hash, publications::Column},
};

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
