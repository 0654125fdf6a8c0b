//! Who points to whom among what is public: reverse references, cache tags, and which assets are public.

use diwan_content::{AssetId, EntryId, Locale, Permit};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    connection::{padded, placeholders},
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
};

/// What a published entry points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishedTarget {
    /// An entry.
    Entry(EntryId),
    /// An asset.
    Asset(AssetId),
}

/// One pointer out of a published entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishedReference {
    /// In which field.
    pub field: String,
    /// To what.
    pub target: PublishedTarget,
}

/// Where a pointer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceFrom {
    /// Which entry.
    pub entry: EntryId,
    /// In which locale.
    pub locale: Locale,
    /// In which field.
    pub field: String,
}

#[derive(Debug, FromQueryResult)]
struct FromRow {
    entry: Uuid,
    locale: String,
    field: String,
}

#[derive(Debug, FromQueryResult)]
struct PairRow {
    target: Uuid,
    entry: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct ToRow {
    field: String,
    target_kind: String,
    target: Uuid,
}

impl Queries {
    /// Who points to something, ordered by entry, locale and field.
    pub async fn published_references_to(
        &self,
        target: PublishedTarget,
        limit: u32,
    ) -> Result<Vec<ReferenceFrom>, StoreError> {
        let sql = "SELECT entry, locale, field FROM published_references WHERE target = $1 AND target_kind = $2 \
                   ORDER BY entry, locale, field LIMIT $3";
        let (kind, id) = target.parts();
        let rows: Vec<FromRow> =
            self.connection.list(sql, [id.into(), kind.into(), stored::bounded(limit).into()]).await?;
        let from = |FromRow { entry, locale, field }| {
            Ok(ReferenceFrom { entry: EntryId(entry), locale: stored::locale(&locale)?, field })
        };
        rows.into_iter().map(from).collect()
    }

    /// Who points to entries by a field in one locale, each target's in the order of a list in which they stand once; at most
    /// so many for each. Pairs of target and entry.
    pub async fn referring_entries(
        &self,
        field: &str,
        locale: &Locale,
        list: &str,
        targets: &[EntryId],
        limit: u32,
    ) -> Result<Vec<(EntryId, EntryId)>, StoreError> {
        let mut pairs = Vec::new();
        for chunk in targets.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT target, entry FROM (SELECT r.target, r.entry, ROW_NUMBER() OVER \
                 (PARTITION BY r.target ORDER BY k.sort_key) AS place FROM published_references r \
                 JOIN published_keys k ON k.entry = r.entry AND k.locale = r.locale AND k.list = $3 \
                 WHERE r.target_kind = 'entry' AND r.field = $1 AND r.locale = $2 AND r.target IN ({})) AS placed \
                 WHERE place <= $4 ORDER BY target, place",
                placeholders(5, ids.len())
            );
            let fixed: [Value; 4] = [field.into(), locale.as_str().into(), list.into(), stored::bounded(limit).into()];
            let rows: Vec<PairRow> = self.connection.list(&sql, fixed.into_iter().chain(ids)).await?;
            pairs.extend(rows.into_iter().map(|PairRow { target, entry }| (EntryId(target), EntryId(entry))));
        }
        Ok(pairs)
    }

    /// What a published localization points to, ordered by field and target.
    pub async fn published_references_of(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Vec<PublishedReference>, StoreError> {
        let sql = "SELECT field, target_kind, target FROM published_references WHERE entry = $1 AND locale = $2 \
                   ORDER BY field, target_kind, target";
        let rows: Vec<ToRow> = self.connection.list(sql, [entry.0.into(), locale.as_str().into()]).await?;
        rows.into_iter().map(PublishedReference::try_from).collect()
    }
}

impl WriteTx {
    /// Replaces all pointers out of a localization.
    pub async fn replace_references(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        references: &[PublishedReference],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "changing references")?;
        let sql = "DELETE FROM published_references WHERE entry = $1 AND locale = $2";
        self.connection.run(sql, [entry.0.into(), locale.as_str().into()]).await?;
        let mut references: Vec<&PublishedReference> = references.iter().collect();
        references.sort_unstable();
        references.dedup();
        let row = |PublishedReference { field, target }: &PublishedReference| -> Vec<Value> {
            let (kind, id) = target.parts();
            vec![entry.0.into(), locale.as_str().into(), field.as_str().into(), kind.into(), id.into()]
        };
        let head = "INSERT INTO published_references (entry, locale, field, target_kind, target)";
        self.connection.insert_rows(head, references.into_iter().map(row).collect(), "").await
    }
}

impl PublishedTarget {
    pub(crate) fn parts(self) -> (&'static str, Uuid) {
        match self {
            Self::Entry(id) => ("entry", id.0),
            Self::Asset(id) => ("asset", id.0),
        }
    }
}

impl TryFrom<ToRow> for PublishedReference {
    type Error = StoreError;

    fn try_from(row: ToRow) -> Result<Self, StoreError> {
        let ToRow { field, target_kind, target } = row;
        let target = match target_kind.as_str() {
            "entry" => PublishedTarget::Entry(EntryId(target)),
            "asset" => PublishedTarget::Asset(AssetId(target)),
            other => return Err(stored::damaged("kind of reference", other)),
        };
        Ok(Self { field, target })
    }
}
