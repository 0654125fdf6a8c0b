//! Paths: unique per locale in their folded form. A redirect names an entry, so it leads to where that one lives now.

use diwan_content::{EntryId, FoldedPath, Handle, Locale, PublicPath, Timestamp};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, Value};
use uuid::Uuid;

use crate::{
    connection::Queries,
    error::StoreError,
    stored,
    tables::paths::{Column, Entity, Model},
};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathKind {
    /// A published entry.
    Live,
    /// The way to where an entry lives now.
    Redirect,
    /// An entry that was taken back.
    Gone,
    /// Nothing, and nothing may come there.
    Reserved,
}

/// One path in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRow {
    /// In which locale.
    pub locale: Locale,
    /// As it is shown.
    pub path: PublicPath,
    /// The form in which it is unique.
    pub folded: FoldedPath,
    /// What stands there.
    pub kind: PathKind,
    /// Which entry lives or lived there, or where a redirect leads to.
    pub entry: Option<EntryId>,
    /// Since when.
    pub since: Timestamp,
}

/// A path where a published entry lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePath {
    /// In which locale.
    pub locale: Locale,
    /// As it is shown.
    pub path: PublicPath,
    /// The form in which it is unique, and by which lists go on.
    pub folded: FoldedPath,
    /// Which entry.
    pub entry: EntryId,
    /// In which collection.
    pub collection: Handle,
    /// When its revision became public.
    pub published_at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct StoredLivePath {
    locale: String,
    path: String,
    folded: String,
    entry: Uuid,
    collection: String,
    published_at: i64,
}

impl Queries {
    /// What stands at a path.
    pub async fn find_path(&self, locale: &Locale, folded: &FoldedPath) -> Result<Option<PathRow>, StoreError> {
        let found = Entity::find_by_id((locale.to_string(), folded.as_str().to_owned()));
        found.one(&self.connection).await?.map(PathRow::try_from).transpose()
    }

    /// All paths that lead to an entry, live or not, ordered by locale and folded form.
    pub async fn paths_of(&self, entry: EntryId) -> Result<Vec<PathRow>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Entry.eq(entry.0))
            .order_by_asc(Column::Locale)
            .order_by_asc(Column::Folded)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(PathRow::try_from).collect()
    }

    /// All paths where something lives, ordered by folded form, behind the one that is given.
    pub async fn list_paths(
        &self,
        locale: &Locale,
        after: Option<&FoldedPath>,
        limit: u32,
    ) -> Result<Vec<LivePath>, StoreError> {
        let sql = "SELECT t.locale, t.path, t.folded, t.entry, p.collection, p.published_at \
                   FROM paths t JOIN publications p ON p.entry = t.entry AND p.locale = t.locale \
                   WHERE t.locale = $1 AND t.folded > $2 AND t.kind = 'live' AND p.to_sequence IS NULL \
                   AND p.kind = 'live' ORDER BY t.folded LIMIT $3";
        // Every folded path is longer than the empty text.
        let after = after.map_or("", FoldedPath::as_str);
        let values: [Value; 3] = [locale.as_str().into(), after.into(), stored::bounded(limit).into()];
        let rows: Vec<StoredLivePath> = self.connection.list(sql, values).await?;
        rows.into_iter().map(LivePath::try_from).collect()
    }
}

impl PathKind {
    const ALL: [Self; 4] = [Self::Live, Self::Redirect, Self::Gone, Self::Reserved];

    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Redirect => "redirect",
            Self::Gone => "gone",
            Self::Reserved => "reserved",
        }
    }
}

impl TryFrom<Model> for PathRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { locale, folded, path, kind, entry, since_at } = row;
        Ok(Self {
            locale: stored::locale(&locale)?,
            path: PublicPath::from_stored(path),
            folded: FoldedPath::from_stored(folded),
            kind: PathKind::from_stored(&kind).ok_or_else(|| stored::damaged("kind of path", &kind))?,
            entry: entry.map(EntryId),
            since: stored::time(since_at)?,
        })
    }
}

impl TryFrom<StoredLivePath> for LivePath {
    type Error = StoreError;

    fn try_from(row: StoredLivePath) -> Result<Self, StoreError> {
        let StoredLivePath { locale, path, folded, entry, collection, published_at } = row;
        Ok(Self {
            locale: stored::locale(&locale)?,
            path: PublicPath::from_stored(path),
            folded: FoldedPath::from_stored(folded),
            entry: EntryId(entry),
            collection: stored::handle(&collection)?,
            published_at: stored::time(published_at)?,
        })
    }
}
