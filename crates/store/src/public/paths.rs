//! Paths: unique per locale in their folded form. A redirect names an entry, so it leads to where that one lives now.

use diwan_content::{EntryId, FoldedPath, Handle, Locale, Permit, PublicPath, Timestamp};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, Select, Set,
    Value,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{snapshot::Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::paths::{ActiveModel, Column, Entity},
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

/// A path belongs to somebody else; `None`: it is reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("path is taken")]
pub struct PathTaken {
    /// Which entry lives there.
    pub by: Option<EntryId>,
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
        find(locale, folded).one(&self.connection).await?.map(PathRow::try_from).transpose()
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

impl WriteTx {
    /// Frees the path where an entry lives; answers which it was. Two entries swap by releasing both before claiming.
    pub async fn release_path(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<PublicPath>, StoreError> {
        check_action(permit, permits::PUBLISHES, "releasing a path")?;
        let released = Entity::delete_many()
            .filter(Column::Entry.eq(entry.0))
            .filter(Column::Locale.eq(locale.as_str()))
            .filter(Column::Kind.eq(PathKind::Live.as_str()))
            .exec_with_returning(&self.connection)
            .await?;
        Ok(released.into_iter().next().map(|row| PublicPath::from_stored(row.path)))
    }

    /// Lets an entry live at a path. Redirects and what is gone give way; live entries and reserved paths do not.
    pub async fn claim_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        let same = Condition::all().add(has_kind([PathKind::Live])).add(Column::Entry.eq(entry.0));
        let yields = Condition::any().add(has_kind(YIELDING)).add(same);
        self.take_path(permit, locale, path, PathKind::Live, Some(entry), yields).await
    }

    /// Lets a path lead to where an entry lives, unless something lives there or it is reserved.
    pub async fn leave_redirect(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        to: EntryId,
    ) -> Result<(), StoreError> {
        let yields = has_kind(YIELDING).into();
        let _taken = self.take_path(permit, locale, path, PathKind::Redirect, Some(to), yields).await?;
        Ok(())
    }

    /// Says that what lived at a path was taken back, unless something else lives there or it is reserved.
    pub async fn leave_gone(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<(), StoreError> {
        let yields = has_kind(YIELDING).into();
        let _taken = self.take_path(permit, locale, path, PathKind::Gone, Some(entry), yields).await?;
        Ok(())
    }

    /// Keeps a path free of entries.
    pub async fn reserve_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        let yields = has_kind([PathKind::Redirect, PathKind::Gone, PathKind::Reserved]).into();
        self.take_path(permit, locale, path, PathKind::Reserved, None, yields).await
    }

    /// Forgets every path of an entry, redirects to it too, as if it had never been there.
    pub async fn forget_paths(&mut self, permit: &Permit, entry: EntryId, locale: &Locale) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "forgetting paths")?;
        Entity::delete_many()
            .filter(Column::Entry.eq(entry.0))
            .filter(Column::Locale.eq(locale.as_str()))
            .exec(&self.connection)
            .await?;
        Ok(())
    }

    /// One statement where the path is free or `yields`; a second one only to tell whose it is.
    async fn take_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        kind: PathKind,
        entry: Option<EntryId>,
        yields: Condition,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        check_action(permit, permits::PUBLISHES, "taking a path")?;
        let folded = path.folded();
        let row = ActiveModel {
            locale: Set(locale.to_string()),
            folded: Set(folded.as_str().to_owned()),
            path: Set(path.as_str().to_owned()),
            kind: Set(kind.as_str().to_owned()),
            entry: Set(entry.map(|entry| entry.0)),
            since_at: Set(self.now().unix_ms()),
        };
        let mut conflict = OnConflict::columns([Column::Locale, Column::Folded]);
        conflict.update_columns([Column::Path, Column::Kind, Column::Entry, Column::SinceAt]).action_cond_where(yields);
        if Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.connection).await? > 0 {
            return Ok(Ok(()));
        }
        let owner = find(locale, &folded).one(&self.connection).await?;
        Ok(Err(PathTaken { by: owner.and_then(|owner| owner.entry).map(EntryId) }))
    }
}

/// Kinds of paths that give way to what comes there.
const YIELDING: [PathKind; 2] = [PathKind::Redirect, PathKind::Gone];

fn find(locale: &Locale, folded: &FoldedPath) -> Select<Entity> {
    Entity::find_by_id((locale.to_string(), folded.as_str().to_owned()))
}

fn has_kind<const N: usize>(kinds: [PathKind; N]) -> Expr {
    Column::Kind.is_in(kinds.map(PathKind::as_str))
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
