//! What was public at a time. Only through a [`Past`], which says who looks; which entries of which owners that may be, the
//! reads decide.
//!
//! A span counts from the instant at which it began up to, but not at, the one at which it ended. Never counted, whatever
//! the time: entries that are in the trash today, and spans that a later one of the same localization made vanish.

use std::collections::BTreeSet;

use diwan_content::{
    Bounds, Collection, DepartmentId, EntryId, FoldedPath, Handle, Locale, PublicPath, Timestamp,
    rights::{Departments, Past},
};
use sea_orm::{DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use crate::{
    connection::{Queries, padded, placeholders},
    error::StoreError,
    public::{
        paths::{LivePath, StoredLivePath},
        publications::{
            COLUMNS, Live, LiveRow, LiveTarget, MAX_TREE, Publication, PublicationKind, PublicationRow, TargetRow,
            publication_kind,
        },
    },
    stored,
};

/// Most owners of one path that are told.
const MAX_OWNERS: u32 = 100;
/// Condition on a span `p` of an entry `e`: it may be shown at all.
const SHOWN: &str = "e.trashed_at IS NULL AND NOT EXISTS (SELECT 1 FROM publications v WHERE v.entry = p.entry \
                     AND v.locale = p.locale AND v.kind = 'vanished' AND v.from_sequence > p.from_sequence)";
/// Tables of a span and its entry.
pub(crate) const SPANS: &str = "publications p JOIN entries e ON e.id = p.entry";

/// Something of an entry, and whose the entry is today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned<T> {
    /// What it is.
    pub value: T,
    /// The entry's owner today, by whom rights go.
    pub owner: DepartmentId,
}

/// How a localization answered at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// How.
    pub kind: PublicationKind,
    /// In which collection.
    pub collection: Handle,
    /// Where it lived, or had lived.
    pub path: Option<PublicPath>,
    /// When the span began.
    pub at: Timestamp,
}

#[derive(Debug)]
struct OwnedRow<R> {
    row: R,
    owner: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct SpanRow {
    kind: String,
    redirect_to: Option<Uuid>,
    collection: String,
    path: Option<String>,
    from_at: i64,
}

#[derive(Debug, FromQueryResult)]
struct EntryRow {
    entry: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct CollectionRow {
    collection: String,
}

impl Queries {
    /// What was public of several entries in one locale; those that were not are left out. In no order.
    pub async fn lives_at(
        &self,
        past: &Past,
        entries: &[EntryId],
        locale: &Locale,
    ) -> Result<Vec<Owned<Live>>, StoreError> {
        let mut lives = Vec::with_capacity(entries.len());
        for chunk in entries.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT {COLUMNS}, d.data_text, e.department AS owner FROM {SPANS} \
                 JOIN presented d ON d.hash = p.data_hash WHERE p.locale = $2 AND p.kind = 'live' AND {} \
                 AND p.entry IN ({})",
                during(1),
                placeholders(3, ids.len())
            );
            let fixed: [Value; 2] = [past.at().unix_ms().into(), locale.as_str().into()];
            let rows: Vec<OwnedRow<LiveRow>> = self.connection.list(&sql, fixed.into_iter().chain(ids)).await?;
            for row in rows {
                lives.push(row.read()?);
            }
        }
        Ok(lives)
    }

    /// In which locales entries were public and where, ordered by entry and locale within each 256 of them.
    pub async fn live_localizations_at(&self, past: &Past, entries: &[EntryId]) -> Result<Vec<LiveTarget>, StoreError> {
        let mut targets = Vec::with_capacity(entries.len());
        for chunk in entries.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT p.entry, p.locale, p.path, p.title, p.collection FROM {SPANS} \
                 WHERE p.kind = 'live' AND {} AND p.entry IN ({}) ORDER BY p.entry, p.locale",
                during(1),
                placeholders(2, ids.len())
            );
            let fixed = [Value::from(past.at().unix_ms())];
            for row in self.connection.list::<TargetRow>(&sql, fixed.into_iter().chain(ids)).await? {
                targets.push(row.try_into()?);
            }
        }
        Ok(targets)
    }

    /// How a localization answered; `None` before it was public, and for what may not be shown.
    pub async fn find_span_at(
        &self,
        past: &Past,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<Owned<Span>>, StoreError> {
        let sql = format!(
            "SELECT p.kind, p.redirect_to, p.collection, p.path, p.from_at, e.department AS owner FROM {SPANS} \
             WHERE p.entry = $2 AND p.locale = $3 AND {} LIMIT 1",
            during(1)
        );
        let values: [Value; 3] = [past.at().unix_ms().into(), entry.0.into(), locale.as_str().into()];
        self.connection.find::<OwnedRow<SpanRow>>(&sql, values).await?.map(OwnedRow::read).transpose()
    }

    /// What lived at a path.
    pub async fn find_live_at_path(
        &self,
        past: &Past,
        locale: &Locale,
        folded: &FoldedPath,
    ) -> Result<Option<Owned<Live>>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, d.data_text, e.department AS owner FROM {SPANS} \
             JOIN presented d ON d.hash = p.data_hash \
             WHERE p.locale = $2 AND p.folded_path = $3 AND p.kind = 'live' AND {} LIMIT 1",
            during(1)
        );
        let values: [Value; 3] = [past.at().unix_ms().into(), locale.as_str().into(), folded.as_str().into()];
        self.connection.find::<OwnedRow<LiveRow>>(&sql, values).await?.map(OwnedRow::read).transpose()
    }

    /// Which entry had left a path last, when nothing lived there. `None` also when its paths had been forgotten by then,
    /// for a path says nothing of those who were there before.
    pub async fn find_left_path(
        &self,
        past: &Past,
        locale: &Locale,
        folded: &FoldedPath,
    ) -> Result<Option<EntryId>, StoreError> {
        let sql = format!(
            "SELECT p.entry FROM (SELECT l.entry, l.locale, l.from_sequence, l.to_sequence FROM publications l \
             WHERE l.locale = $2 AND l.folded_path = $3 AND l.kind = 'live' AND l.to_at <= $1 \
             ORDER BY l.to_sequence DESC LIMIT 1) AS p JOIN entries e ON e.id = p.entry WHERE {SHOWN} \
             AND NOT EXISTS (SELECT 1 FROM events t WHERE t.entry = p.entry AND t.kind = 'trashed' \
             AND t.sequence >= p.to_sequence AND t.happened_at <= $1)"
        );
        let values: [Value; 3] = [past.at().unix_ms().into(), locale.as_str().into(), folded.as_str().into()];
        Ok(self.connection.find::<EntryRow>(&sql, values).await?.map(|row| EntryId(row.entry)))
    }

    /// The collections and owners of all that ever lived at a path and may be shown; at most 100.
    pub async fn owners_of_path(
        &self,
        _past: &Past,
        locale: &Locale,
        folded: &FoldedPath,
    ) -> Result<Vec<Owned<Handle>>, StoreError> {
        let sql = format!(
            "SELECT DISTINCT p.collection, e.department AS owner FROM {SPANS} \
             WHERE p.locale = $1 AND p.folded_path = $2 AND p.kind = 'live' AND {SHOWN} LIMIT {MAX_OWNERS}"
        );
        let values: [Value; 2] = [locale.as_str().into(), folded.as_str().into()];
        let rows: Vec<OwnedRow<CollectionRow>> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(OwnedRow::read).collect()
    }

    /// All paths where something lived, ordered by folded form, behind the one that is given.
    pub async fn list_paths_at(
        &self,
        past: &Past,
        locale: &Locale,
        after: Option<&FoldedPath>,
        limit: u32,
    ) -> Result<Vec<Owned<LivePath>>, StoreError> {
        let sql = format!(
            "SELECT p.locale, p.path, p.folded_path AS folded, p.entry, p.collection, p.published_at, \
             e.department AS owner FROM {SPANS} WHERE p.locale = $2 AND p.folded_path > $3 AND p.kind = 'live' AND {} \
             ORDER BY p.folded_path LIMIT $4",
            during(1)
        );
        let after = after.map_or("", FoldedPath::as_str);
        let values: [Value; 4] =
            [past.at().unix_ms().into(), locale.as_str().into(), after.into(), stored::bounded(limit).into()];
        let rows: Vec<OwnedRow<StoredLivePath>> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(OwnedRow::read).collect()
    }

    /// Which entries of a collection were public in a locale within bounds, ordered by entry: only those that may be seen.
    pub async fn entries_at(
        &self,
        past: &Past,
        collection: &Collection,
        locale: &Locale,
        bounds: &Bounds,
        limit: u32,
    ) -> Result<Vec<EntryId>, StoreError> {
        let Bounds { departments, from, to } = bounds;
        let mut values: Vec<Value> = vec![
            past.at().unix_ms().into(),
            collection.handle.as_str().into(),
            locale.as_str().into(),
            stored::bounded(limit).into(),
        ];
        let mut narrowed = String::new();
        let mut among = |column: &str, ids: &BTreeSet<DepartmentId>, values: &mut Vec<Value>| {
            let ids = padded(ids.iter().map(|id| Value::from(id.0)).collect());
            narrowed.push_str(&format!(" AND {column} IN ({})", placeholders(values.len() + 1, ids.len())));
            values.extend(ids);
        };
        if let Departments::Only(owners) = past.owners(collection) {
            among("e.department", &owners, &mut values);
        }
        if let Some(departments) = departments {
            among("p.department", departments, &mut values);
        }
        for (operator, day) in [(">=", from), ("<=", to)] {
            if let Some(day) = day {
                values.push(day.to_string().into());
                narrowed.push_str(&format!(" AND p.date {operator} ${}", values.len()));
            }
        }
        let sql = format!(
            "SELECT p.entry FROM {SPANS} WHERE p.collection = $2 AND p.locale = $3 AND p.kind = 'live' AND {}{narrowed} \
             ORDER BY p.entry LIMIT $4",
            during(1)
        );
        let rows: Vec<EntryRow> = self.connection.list(&sql, values).await?;
        Ok(rows.into_iter().map(|row| EntryId(row.entry)).collect())
    }

    /// All that was public of a tree in one locale, ordered by entry; at most 10,000.
    pub async fn tree_lives_at(
        &self,
        past: &Past,
        collection: &Handle,
        locale: &Locale,
    ) -> Result<Vec<Owned<Publication>>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, e.department AS owner FROM {SPANS} \
             WHERE p.collection = $2 AND p.locale = $3 AND p.kind = 'live' AND {} ORDER BY p.entry LIMIT {MAX_TREE}",
            during(1)
        );
        let values: [Value; 3] = [past.at().unix_ms().into(), collection.as_str().into(), locale.as_str().into()];
        let rows: Vec<OwnedRow<PublicationRow>> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(OwnedRow::read).collect()
    }
}

/// Condition on a span: it held at the time that the placeholder names, and may be shown.
pub(crate) fn during(place: usize) -> String {
    format!("p.from_at <= ${place} AND (p.to_at IS NULL OR p.to_at > ${place}) AND {SHOWN}")
}

impl<R> OwnedRow<R> {
    fn read<T>(self) -> Result<Owned<T>, StoreError>
    where
        T: TryFrom<R>,
        StoreError: From<T::Error>,
    {
        let Self { row, owner } = self;
        Ok(Owned { value: row.try_into()?, owner: DepartmentId(owner) })
    }
}

impl<R: FromQueryResult> FromQueryResult for OwnedRow<R> {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self { row: R::from_query_result(row, prefix)?, owner: row.try_get(prefix, "owner")? })
    }
}

impl TryFrom<SpanRow> for Span {
    type Error = StoreError;

    fn try_from(row: SpanRow) -> Result<Self, StoreError> {
        let SpanRow { kind, redirect_to, collection, path, from_at } = row;
        Ok(Self {
            kind: publication_kind(&kind, redirect_to)?,
            collection: stored::handle(&collection)?,
            path: path.map(PublicPath::from_stored),
            at: stored::time(from_at)?,
        })
    }
}

impl TryFrom<CollectionRow> for Handle {
    type Error = StoreError;

    fn try_from(row: CollectionRow) -> Result<Self, StoreError> {
        stored::handle(&row.collection)
    }
}
