//! The text that stands in documents, kept by the hash of their bytes: derived, so a backup leaves it out.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{AssetId, ContentHash, EntryId, Locale, Permit};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, FromQueryResult, Iterable as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Set, Value, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, padded, placeholders, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash,
        blob_texts::{ActiveModel, Column, Entity, Model},
        published_references,
    },
};

/// Targets of one statement.
const CHUNK: usize = 256;
/// From references `r` of what is public to the revision `s` of the asset that is shown there: the pinned one, or the first.
const SHOWN: &str = "LEFT JOIN publications p ON p.entry = r.entry AND p.locale = r.locale \
                     AND p.to_sequence IS NULL AND p.kind = 'live' \
                     LEFT JOIN asset_pins q ON q.entry = p.entry AND q.locale = p.locale \
                     AND q.from_sequence = p.from_sequence AND q.asset = r.target \
                     JOIN asset_revisions s ON s.asset = r.target AND s.number = COALESCE(q.revision, 1)";

/// What is known of the text of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobText {
    /// The bytes.
    pub hash: ContentHash,
    /// Version of the rules that it was read by.
    pub version: u32,
    /// What came of it.
    pub outcome: TextOutcome,
    /// How often it was tried with this version.
    pub attempts: u32,
}

/// What came of reading a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextOutcome {
    /// Its text.
    Text(String),
    /// Why there is none.
    Failure(String),
}

/// Which blobs still have to be read.
#[derive(Debug, Clone, Copy)]
pub struct UnreadFilter<'a> {
    /// Of these media types alone.
    pub media_types: &'a [&'a str],
    /// What an older version read counts as unread.
    pub version: u32,
    /// What failed so may be tried again …
    pub retried: &'a str,
    /// … until it was tried so often.
    pub attempts_max: u32,
}

/// A blob that something public refers to and that has not been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadBlob {
    /// The bytes.
    pub hash: ContentHash,
    /// What they are.
    pub media_type: String,
    /// How often they were tried with the version that is asked for.
    pub attempts: u32,
}

/// A text that a published localization refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachedText {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// An asset, its name and its bytes.
type NamedBlob = (AssetId, String, ContentHash);

#[derive(Debug, FromQueryResult)]
struct SummaryRow {
    hash: Vec<u8>,
    version: i64,
    failure: Option<String>,
    characters: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct UnreadRow {
    hash: Vec<u8>,
    media_type: String,
    version: Option<i64>,
    attempts: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct PlaceRow {
    entry: Uuid,
    locale: String,
}

#[derive(Debug, FromQueryResult)]
struct AttachedRow {
    entry: Uuid,
    locale: String,
    asset: Uuid,
    name: String,
    blob: Vec<u8>,
}

impl Queries {
    /// What is known of the text of these bytes.
    pub async fn find_text(&self, hash: &ContentHash) -> Result<Option<BlobText>, StoreError> {
        let row = Entity::find_by_id(Hash::from(*hash)).one(&self.connection).await?;
        row.map(BlobText::try_from).transpose()
    }

    /// For each of these bytes that was read: by which version, and how many characters there are or why there are none.
    pub async fn text_summaries(
        &self,
        hashes: &[ContentHash],
    ) -> Result<BTreeMap<ContentHash, (u32, Result<u64, String>)>, StoreError> {
        let mut summaries = BTreeMap::new();
        for chunk in hashes.chunks(CHUNK) {
            let values = padded(chunk.iter().map(|hash| Value::from(hash.as_bytes().to_vec())).collect());
            let sql = format!(
                "SELECT hash, version, failure, CAST(LENGTH(content) AS BIGINT) AS characters FROM blob_texts \
                 WHERE hash IN ({})",
                placeholders(1, values.len())
            );
            for row in self.connection.list::<SummaryRow>(&sql, values).await? {
                let SummaryRow { hash, version, failure, characters } = row;
                let outcome = match (failure, characters) {
                    (Some(failure), _) => Err(failure),
                    (None, characters) => Ok(stored::unsigned(characters.unwrap_or_default())?),
                };
                summaries.insert(stored::hash(&hash)?, (stored::unsigned(version)?, outcome));
            }
        }
        Ok(summaries)
    }

    /// Blobs that something public refers to and that have not been read, in the order of their hashes, behind the one that
    /// is given; those alone that these entries refer to, where entries are given.
    pub async fn unread_blobs(
        &self,
        filter: UnreadFilter<'_>,
        entries: Option<&[EntryId]>,
        after: Option<&ContentHash>,
        limit: u32,
    ) -> Result<Vec<UnreadBlob>, StoreError> {
        let UnreadFilter { media_types, version, retried, attempts_max } = filter;
        let after = after.map_or_else(Vec::new, |hash| hash.as_bytes().to_vec());
        let mut values: Vec<Value> = vec![
            after.into(),
            stored::bounded(limit).into(),
            i64::from(version).into(),
            retried.into(),
            i64::from(attempts_max).into(),
        ];
        let types = padded(media_types.iter().map(|media_type| Value::from(*media_type)).collect());
        let types_list = placeholders(values.len() + 1, types.len());
        values.extend(types);
        let of_entries = match entries {
            None => String::new(),
            Some(entries) => {
                let ids = padded(entries.iter().map(|id| Value::from(id.0)).collect());
                let list = placeholders(values.len() + 1, ids.len());
                values.extend(ids);
                format!("AND r.entry IN ({list})")
            }
        };
        let sql = format!(
            "SELECT DISTINCT b.hash, b.media_type, t.version, t.attempts FROM published_references r {SHOWN} \
             JOIN blobs b ON b.hash = s.blob LEFT JOIN blob_texts t ON t.hash = b.hash \
             WHERE r.target_kind = 'asset' {of_entries} AND b.hash > $1 AND b.media_type IN ({types_list}) \
             AND (t.hash IS NULL OR t.version < $3 OR (t.failure = $4 AND t.attempts < $5)) ORDER BY b.hash LIMIT $2"
        );
        let rows: Vec<UnreadRow> = self.connection.list(&sql, values).await?;
        let unread = |UnreadRow { hash, media_type, version: read_by, attempts }| {
            let tried = read_by == Some(i64::from(version));
            let attempts = stored::unsigned(attempts.filter(|_| tried).unwrap_or_default())?;
            Ok(UnreadBlob { hash: stored::hash(&hash)?, media_type, attempts })
        };
        rows.into_iter().map(unread).collect()
    }

    /// The texts that published localizations of these entries refer to, for each at most `limit`, in the order of their
    /// fields.
    pub async fn attached_texts(
        &self,
        entries: &[EntryId],
        limit: usize,
    ) -> Result<BTreeMap<(EntryId, Locale), Vec<AttachedText>>, StoreError> {
        let mut places: BTreeMap<(EntryId, Locale), Vec<NamedBlob>> = BTreeMap::new();
        for chunk in entries.chunks(CHUNK) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!(
                "SELECT r.entry, r.locale, s.asset, n.name, s.blob FROM published_references r {SHOWN} \
                 JOIN asset_revisions n ON n.asset = s.asset AND n.number = (SELECT MAX(m.number) FROM asset_revisions m \
                 WHERE m.asset = s.asset AND m.bytes_since = s.bytes_since) JOIN blob_texts t ON t.hash = s.blob \
                 WHERE r.target_kind = 'asset' AND t.content IS NOT NULL AND r.entry IN ({}) \
                 ORDER BY r.entry, r.locale, r.field, r.target",
                placeholders(1, ids.len())
            );
            for AttachedRow { entry, locale, asset, name, blob } in self.connection.list(&sql, ids).await? {
                let of_place = places.entry((EntryId(entry), stored::locale(&locale)?)).or_default();
                let known = of_place.iter().any(|(other, ..)| other.0 == asset);
                if !known && of_place.len() < limit {
                    of_place.push((AssetId(asset), name, stored::hash(&blob)?));
                }
            }
        }
        let hashes: BTreeSet<ContentHash> = places.values().flatten().map(|(.., hash)| *hash).collect();
        let contents = self.contents_of(hashes).await?;
        let mut texts = BTreeMap::new();
        for (place, assets) in places {
            let of_place = assets.into_iter().filter_map(|(asset, name, hash)| {
                contents.get(&hash).map(|text| AttachedText { asset, name, text: text.clone() })
            });
            texts.insert(place, of_place.collect());
        }
        Ok(texts)
    }

    async fn contents_of(&self, hashes: BTreeSet<ContentHash>) -> Result<BTreeMap<ContentHash, String>, StoreError> {
        let hashes: Vec<ContentHash> = hashes.into_iter().collect();
        let mut contents = BTreeMap::new();
        for chunk in hashes.chunks(CHUNK) {
            let rows: Vec<(Hash, String)> = Entity::find()
                .select_only()
                .columns([Column::Hash, Column::Content])
                .filter(Column::Content.is_not_null())
                .filter(Column::Hash.is_in(padded(chunk.iter().map(|hash| Hash::from(*hash)).collect())))
                .into_tuple()
                .all(&self.connection)
                .await?;
            for (hash, content) in rows {
                contents.insert(hash.try_into()?, content);
            }
        }
        Ok(contents)
    }

    /// The published localizations that refer to these bytes.
    pub async fn places_of_blob(&self, hash: &ContentHash) -> Result<Vec<(EntryId, Locale)>, StoreError> {
        let sql = format!(
            "SELECT DISTINCT r.entry, r.locale FROM asset_revisions f JOIN published_references r ON r.target = f.asset \
             AND r.target_kind = 'asset' {SHOWN} WHERE f.blob = $1 AND s.blob = $1 ORDER BY r.entry, r.locale"
        );
        let rows: Vec<PlaceRow> = self.connection.list(&sql, [hash.as_bytes().to_vec().into()]).await?;
        rows.into_iter().map(|PlaceRow { entry, locale }| Ok((EntryId(entry), stored::locale(&locale)?))).collect()
    }

    /// The published localizations that refer to an asset.
    pub async fn places_of_asset(&self, asset: AssetId) -> Result<Vec<(EntryId, Locale)>, StoreError> {
        use published_references::{Column, Entity};
        let rows: Vec<(Uuid, String)> = Entity::find()
            .select_only()
            .columns([Column::Entry, Column::Locale])
            .distinct()
            .filter(Column::Target.eq(asset.0))
            .filter(Column::TargetKind.eq("asset"))
            .order_by_asc(Column::Entry)
            .order_by_asc(Column::Locale)
            .into_tuple()
            .all(&self.connection)
            .await?;
        rows.into_iter().map(|(entry, locale)| Ok((EntryId(entry), stored::locale(&locale)?))).collect()
    }
}

impl WriteTx {
    /// Keeps what came of reading a blob, in place of what was known.
    pub async fn put_text(&mut self, permit: &Permit, text: &BlobText) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping the text of a blob")?;
        let BlobText { hash, version, outcome, attempts } = text;
        let (content, failure) = match outcome {
            TextOutcome::Text(text) => (Some(text.clone()), None),
            TextOutcome::Failure(failure) => (None, Some(failure.clone())),
        };
        let row = ActiveModel {
            hash: Set((*hash).into()),
            version: Set((*version).into()),
            content: Set(content),
            failure: Set(failure),
            attempts: Set((*attempts).into()),
            read_at: Set(self.now().unix_ms()),
        };
        let replace = OnConflict::column(Column::Hash)
            .update_columns(Column::iter().filter(|column| !matches!(column, Column::Hash)))
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

impl TryFrom<Model> for BlobText {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { hash, version, content, failure, attempts, read_at: _ } = row;
        let outcome = match (content, failure) {
            (Some(text), None) => TextOutcome::Text(text),
            (None, Some(failure)) => TextOutcome::Failure(failure),
            (Some(_), Some(_)) | (None, None) => return Err(stored::damaged("text of a blob", &hex::encode(hash.0))),
        };
        Ok(Self {
            hash: hash.try_into()?,
            version: stored::unsigned(version)?,
            outcome,
            attempts: stored::unsigned(attempts)?,
        })
    }
}
