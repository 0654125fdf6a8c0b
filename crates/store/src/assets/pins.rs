//! Which revisions of assets publications show: pins, and what is shown of them.
//!
//! A pin names a revision. Shown are its bytes, with the name and texts of the newest revision that has the same bytes
//! (`bytes_since`). What has no pin shows the bytes that it was uploaded with; decision 5 of the README says why.

use diwan_content::{AssetId, ContentHash, EntryId, Handle, Locale, Permit, RevisionNumber, Timestamp, rights::Past};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    Value,
    sea_query::{ExprTrait as _, LockType},
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    assets::asset::KnownAsset,
    connection::{
        Queries, padded, placeholders,
        write::{EventIndex, WriteTx},
    },
    error::StoreError,
    public::history::{SPANS, during},
    stored,
    tables::{Hash, asset_pins, asset_revisions, assets, blobs},
};

/// Entries or assets of one statement.
const CHUNK: usize = 256;
/// Revision without pin: the bytes that an asset was uploaded with.
const FIRST: i64 = 1;

/// Columns of [`ShownRow`] of a revision `r` with its asset `a` and blob `b`.
const SHOWN: &str = "a.id, a.department, r.name, a.name_folded, r.blob, r.alternative_text, r.number AS version, \
                     a.created_at, a.created_by, r.saved_at AS changed_at, r.bytes_since, \
                     a.text_folded, a.deleted_at, \
                     b.hash, b.size_bytes, b.media_type, b.width, b.height";
/// From a pin `q` to its revision `pinned`.
const PINNED: &str = "JOIN asset_revisions pinned ON pinned.asset = q.asset AND pinned.number = q.revision";
/// From a pin `q` to its publication `p`, where that is public now.
const LIVE: &str = "JOIN publications p ON p.entry = q.entry AND p.locale = q.locale \
                    AND p.from_sequence = q.from_sequence AND p.to_sequence IS NULL AND p.kind = 'live'";
/// From what is pinned to what is shown of it now.
const SHOWN_NOW: &str = "JOIN asset_revisions r ON r.asset = pinned.asset AND r.number = \
                         (SELECT MAX(n.number) FROM asset_revisions n WHERE n.asset = pinned.asset \
                         AND n.bytes_since = pinned.bytes_since) \
                         JOIN assets a ON a.id = r.asset JOIN blobs b ON b.hash = r.blob";
/// The same at the time `$1`.
const SHOWN_THEN: &str = "JOIN asset_revisions r ON r.asset = pinned.asset AND r.number = \
                          (SELECT MAX(n.number) FROM asset_revisions n WHERE n.asset = pinned.asset \
                          AND n.bytes_since = pinned.bytes_since AND (n.number <= pinned.number OR n.saved_at <= $1)) \
                          JOIN assets a ON a.id = r.asset JOIN blobs b ON b.hash = r.blob";

/// Which revision of an asset a publication shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AssetPin {
    /// The asset.
    pub asset: AssetId,
    /// The revision.
    pub revision: RevisionNumber,
    /// The revision that brought its bytes.
    pub bytes_since: RevisionNumber,
}

/// What a publication shows of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinnedAsset {
    /// The entry of the publication.
    pub entry: EntryId,
    /// Its locale.
    pub locale: Locale,
    /// The asset as it is shown there: bytes, name, texts; `version` is the revision that they are from.
    pub known: KnownAsset,
}

/// Bytes that an asset has or had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownBytes {
    /// The revision that brought them.
    pub since: RevisionNumber,
    /// Their hash.
    pub blob: ContentHash,
}

#[derive(Debug, FromQueryResult)]
struct ShownRow {
    #[sea_orm(nested)]
    asset: assets::Model,
    #[sea_orm(nested)]
    blob: blobs::Model,
}

#[derive(Debug, FromQueryResult)]
struct PinnedRow {
    entry: Uuid,
    locale: String,
    #[sea_orm(nested)]
    shown: ShownRow,
}

#[derive(Debug, FromQueryResult)]
struct PinRow {
    asset: Uuid,
    revision: i64,
    bytes_since: i64,
}

impl Queries {
    /// What is pinned by what is public of an entry in a locale, ordered by asset.
    pub async fn live_pins(&self, entry: EntryId, locale: &Locale) -> Result<Vec<AssetPin>, StoreError> {
        let sql = format!(
            "SELECT q.asset, q.revision, pinned.bytes_since FROM asset_pins q {LIVE} {PINNED} \
             WHERE q.entry = $1 AND q.locale = $2 ORDER BY q.asset"
        );
        let values: [Value; 2] = [entry.0.into(), locale.as_str().into()];
        let rows: Vec<PinRow> = self.connection.list(&sql, values).await?;
        Ok(rows.into_iter().map(AssetPin::from).collect())
    }

    /// What the publications of these entries show of the assets that they pin; in no order.
    pub async fn pinned_assets(&self, entries: &[EntryId]) -> Result<Vec<PinnedAsset>, StoreError> {
        let mut pinned = Vec::new();
        for chunk in entries.chunks(CHUNK) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT q.entry, q.locale, {SHOWN} FROM asset_pins q {LIVE} {PINNED} {SHOWN_NOW} WHERE q.entry IN ({})",
                placeholders(1, ids.len())
            );
            for row in self.connection.list::<PinnedRow>(&sql, ids).await? {
                pinned.push(row.try_into()?);
            }
        }
        Ok(pinned)
    }

    /// What they showed then.
    pub async fn pinned_assets_at(&self, past: &Past, entries: &[EntryId]) -> Result<Vec<PinnedAsset>, StoreError> {
        let mut pinned = Vec::new();
        for chunk in entries.chunks(CHUNK) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT q.entry, q.locale, {SHOWN} FROM {SPANS} JOIN asset_pins q ON q.entry = p.entry \
                 AND q.locale = p.locale AND q.from_sequence = p.from_sequence {PINNED} {SHOWN_THEN} \
                 WHERE p.kind = 'live' AND {} AND p.entry IN ({})",
                during(1),
                placeholders(2, ids.len())
            );
            let fixed = [Value::from(past.at().unix_ms())];
            for row in self.connection.list::<PinnedRow>(&sql, fixed.into_iter().chain(ids)).await? {
                pinned.push(row.try_into()?);
            }
        }
        Ok(pinned)
    }

    /// What is shown of these assets where no pin names a revision; at a time, if one is given. In no order.
    pub async fn unpinned_assets(
        &self,
        assets: &[AssetId],
        at: Option<Timestamp>,
    ) -> Result<Vec<KnownAsset>, StoreError> {
        let mut shown = Vec::new();
        for chunk in assets.chunks(CHUNK) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT {SHOWN} FROM assets a JOIN asset_revisions r ON r.asset = a.id AND r.number = \
                 (SELECT MAX(n.number) FROM asset_revisions n WHERE n.asset = a.id AND n.bytes_since = {FIRST} \
                 AND n.saved_at <= $1) JOIN blobs b ON b.hash = r.blob \
                 WHERE (a.deleted_at IS NULL OR a.deleted_at > $1) AND a.id IN ({})",
                placeholders(2, ids.len())
            );
            let fixed = [Value::from(at.map_or(i64::MAX, Timestamp::unix_ms))];
            for row in self.connection.list::<ShownRow>(&sql, fixed.into_iter().chain(ids)).await? {
                shown.push(row.try_into()?);
            }
        }
        Ok(shown)
    }

    /// What is shown of an asset by the publication that was published last among those in these collections that pin it;
    /// `since` narrows them to the bytes that a revision brought.
    pub async fn find_shown(
        &self,
        asset: AssetId,
        since: Option<RevisionNumber>,
        collections: &[Handle],
    ) -> Result<Option<KnownAsset>, StoreError> {
        if collections.is_empty() {
            return Ok(None);
        }
        let mut values = vec![Value::from(asset.0)];
        values.extend(padded(collections.iter().map(|handle| Value::from(handle.as_str())).collect()));
        let names = placeholders(2, values.len() - 1);
        let narrowed = match since {
            None => "ORDER BY q.from_sequence DESC".to_owned(),
            Some(since) => {
                let place = values.len() + 1;
                values.push(since.0.into());
                // Revisions with the same bytes follow one another.
                format!(
                    "AND q.revision >= ${place} AND q.revision < (SELECT COALESCE(MIN(m.number), {}) FROM asset_revisions m \
                     WHERE m.asset = $1 AND m.bytes_since > ${place})",
                    i64::MAX
                )
            }
        };
        let sql = format!(
            "SELECT {SHOWN} FROM asset_pins q {LIVE} AND p.collection IN ({names}) {PINNED} {SHOWN_NOW} \
             WHERE q.asset = $1 {narrowed} LIMIT 1"
        );
        self.connection.find::<ShownRow>(&sql, values).await?.map(KnownAsset::try_from).transpose()
    }

    /// Whether something that is public in these collections refers to an asset and pins none of its revisions.
    pub async fn is_shown_unpinned(&self, asset: AssetId, collections: &[Handle]) -> Result<bool, StoreError> {
        if collections.is_empty() {
            return Ok(false);
        }
        let names = padded(collections.iter().map(|handle| Value::from(handle.as_str())).collect());
        let sql = format!(
            "SELECT r.entry FROM published_references r JOIN publications p ON p.entry = r.entry AND p.locale = r.locale \
             AND p.to_sequence IS NULL AND p.kind = 'live' LEFT JOIN asset_pins q ON q.entry = p.entry \
             AND q.locale = p.locale AND q.from_sequence = p.from_sequence AND q.asset = r.target \
             WHERE r.target = $1 AND r.target_kind = 'asset' AND q.asset IS NULL AND p.collection IN ({}) LIMIT 1",
            placeholders(2, names.len())
        );
        let values = [Value::from(asset.0)].into_iter().chain(names);
        Ok(!self.connection.raw_rows(&sql, values).await?.is_empty())
    }

    /// All bytes that an asset has or had, the newest first.
    pub async fn bytes_of_asset(&self, asset: AssetId) -> Result<Vec<ShownBytes>, StoreError> {
        use asset_revisions::{Column, Entity};
        let rows: Vec<(i64, Option<Hash>)> = Entity::find()
            .select_only()
            .columns([Column::Number, Column::Blob])
            .filter(Column::Asset.eq(asset.0))
            .filter(Column::BytesSince.into_expr().equals(Column::Number))
            .order_by_desc(Column::Number)
            .into_tuple()
            .all(&self.connection)
            .await?;
        let bytes = |(number, blob): (i64, Option<Hash>)| {
            let blob = blob.ok_or_else(|| stored::damaged("revision of an asset", &number.to_string()))?;
            Ok(ShownBytes { since: RevisionNumber(number), blob: blob.try_into()? })
        };
        rows.into_iter().map(bytes).collect()
    }
}

impl WriteTx {
    /// Keeps assets from being deleted until the transaction ends; false where one is deleted already. SQLite has one writer
    /// at a time and needs no lock.
    pub async fn hold_assets(&mut self, ids: &[AssetId]) -> Result<bool, StoreError> {
        if !self.connection.is_postgres() {
            return Ok(true);
        }
        for chunk in ids.chunks(CHUNK) {
            let rows: Vec<Uuid> = assets::Entity::find()
                .select_only()
                .column(assets::Column::Id)
                .filter(assets::Column::Id.is_in(padded(chunk.iter().map(|id| id.0).collect())))
                .filter(assets::Column::DeletedAt.is_null())
                .order_by_asc(assets::Column::Id)
                .lock(LockType::KeyShare)
                .into_tuple()
                .all(&self.connection)
                .await?;
            if rows.len() < chunk.len() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Pins revisions for a publication that an event of this transaction has opened.
    pub async fn insert_pins(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        event: EventIndex,
        pins: &[AssetPin],
    ) -> Result<(), StoreError> {
        check_action(permit, permits::PUBLISHES, "pinning revisions of assets")?;
        let from = self.boundary(event).await?;
        let row = |AssetPin { asset, revision, bytes_since: _ }: &AssetPin| asset_pins::ActiveModel {
            entry: Set(entry.0),
            locale: Set(locale.to_string()),
            from_sequence: Set(from.sequence),
            asset: Set(asset.0),
            revision: Set(revision.0),
        };
        self.connection.insert_all(pins.iter().map(row).collect(), None).await
    }
}

impl From<PinRow> for AssetPin {
    fn from(row: PinRow) -> Self {
        let PinRow { asset, revision, bytes_since } = row;
        Self { asset: AssetId(asset), revision: RevisionNumber(revision), bytes_since: RevisionNumber(bytes_since) }
    }
}

impl TryFrom<ShownRow> for KnownAsset {
    type Error = StoreError;

    fn try_from(row: ShownRow) -> Result<Self, StoreError> {
        let ShownRow { asset, blob } = row;
        Ok(Self { asset: asset.try_into()?, blob: blob.try_into()? })
    }
}

impl TryFrom<PinnedRow> for PinnedAsset {
    type Error = StoreError;

    fn try_from(row: PinnedRow) -> Result<Self, StoreError> {
        let PinnedRow { entry, locale, shown } = row;
        Ok(Self { entry: EntryId(entry), locale: stored::locale(&locale)?, known: shown.try_into()? })
    }
}
