//! Who points to whom among what is public: reverse references, cache tags, and which assets are public.

use diwan_content::{AssetId, EntryId, Locale};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
};
use uuid::Uuid;

use crate::{
    connection::{Queries, padded, placeholders},
    error::StoreError,
    stored,
    tables::published_references::{Column, Entity, Model},
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
struct PairRow {
    target: Uuid,
    entry: Uuid,
}

impl Queries {
    /// Who points to something, ordered by entry, locale and field.
    pub async fn published_references_to(
        &self,
        target: PublishedTarget,
        limit: u32,
    ) -> Result<Vec<ReferenceFrom>, StoreError> {
        let (kind, id) = target.parts();
        let rows = Entity::find()
            .filter(Column::Target.eq(id))
            .filter(Column::TargetKind.eq(kind))
            .order_by_asc(Column::Entry)
            .order_by_asc(Column::Locale)
            .order_by_asc(Column::Field)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        let from = |Model { entry, locale, field, target_kind: _, target: _ }| {
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
        let rows = Entity::find()
            .filter(Column::Entry.eq(entry.0))
            .filter(Column::Locale.eq(locale.as_str()))
            .order_by_asc(Column::Field)
            .order_by_asc(Column::TargetKind)
            .order_by_asc(Column::Target)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(PublishedReference::try_from).collect()
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

impl TryFrom<Model> for PublishedReference {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { entry: _, locale: _, field, target_kind, target } = row;
        let target = match target_kind.as_str() {
            "entry" => PublishedTarget::Entry(EntryId(target)),
            "asset" => PublishedTarget::Asset(AssetId(target)),
            other => return Err(stored::damaged("kind of reference", other)),
        };
        Ok(Self { field, target })
    }
}
