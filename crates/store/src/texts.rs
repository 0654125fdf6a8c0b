//! The text that stands in documents, kept by the hash of their bytes: derived, so a backup leaves it out.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::{AssetId, ContentHash, EntryId, Locale, Permit};
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

/// Targets of one statement.
const CHUNK: usize = 256;

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
struct TextRow {
    hash: Vec<u8>,
    version: i64,
    content: Option<String>,
    failure: Option<String>,
    attempts: i64,
}

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
struct AttachedRow {
    entry: Uuid,
    locale: String,
    asset: Uuid,
    name: String,
    blob: Vec<u8>,
}

#[derive(Debug, FromQueryResult)]
struct PlaceRow {
    entry: Uuid,
    locale: String,
}

#[derive(Debug, FromQueryResult)]
struct ContentRow {
    hash: Vec<u8>,
    content: String,
}

impl Queries {
    /// What is known of the text of these bytes.
    pub async fn find_text(&self, hash: &ContentHash) -> Result<Option<BlobText>, StoreError> {
        let sql = "SELECT hash, version, content, failure, attempts FROM blob_texts WHERE hash = $1";
        let row: Option<TextRow> = self.connection.find(sql, [hash.as_bytes().to_vec().into()]).await?;
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
            "SELECT DISTINCT b.hash, b.media_type, t.version, t.attempts FROM published_references r \
             JOIN assets a ON a.id = r.target JOIN blobs b ON b.hash = a.blob LEFT JOIN blob_texts t ON t.hash = b.hash \
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
                "SELECT r.entry, r.locale, a.id AS asset, a.name, a.blob FROM published_references r \
                 JOIN assets a ON a.id = r.target JOIN blob_texts t ON t.hash = a.blob \
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
            let values = padded(chunk.iter().map(|hash| Value::from(hash.as_bytes().to_vec())).collect());
            let sql = format!(
                "SELECT hash, content FROM blob_texts WHERE content IS NOT NULL AND hash IN ({})",
                placeholders(1, values.len())
            );
            for ContentRow { hash, content } in self.connection.list(&sql, values).await? {
                contents.insert(stored::hash(&hash)?, content);
            }
        }
        Ok(contents)
    }

    /// The published localizations that refer to these bytes.
    pub async fn places_of_blob(&self, hash: &ContentHash) -> Result<Vec<(EntryId, Locale)>, StoreError> {
        let sql = "SELECT DISTINCT r.entry, r.locale FROM assets a JOIN published_references r ON r.target = a.id \
                   AND r.target_kind = 'asset' WHERE a.blob = $1 ORDER BY r.entry, r.locale";
        self.places(sql, hash.as_bytes().to_vec().into()).await
    }

    /// The published localizations that refer to an asset.
    pub async fn places_of_asset(&self, asset: AssetId) -> Result<Vec<(EntryId, Locale)>, StoreError> {
        let sql = "SELECT DISTINCT entry, locale FROM published_references WHERE target = $1 AND target_kind = 'asset' \
                   ORDER BY entry, locale";
        self.places(sql, asset.0.into()).await
    }

    async fn places(&self, sql: &str, of: Value) -> Result<Vec<(EntryId, Locale)>, StoreError> {
        let rows: Vec<PlaceRow> = self.connection.list(sql, [of]).await?;
        rows.into_iter().map(|PlaceRow { entry, locale }| Ok((EntryId(entry), stored::locale(&locale)?))).collect()
    }
}

impl WriteTx {
    /// Keeps what came of reading a blob, in place of what was known.
    pub async fn put_text(&mut self, permit: &Permit, text: &BlobText) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping the text of a blob")?;
        let BlobText { hash, version, outcome, attempts } = text;
        let (content, failure) = match outcome {
            TextOutcome::Text(text) => (Some(text.as_str()), None),
            TextOutcome::Failure(failure) => (None, Some(failure.as_str())),
        };
        let sql = "INSERT INTO blob_texts (hash, version, content, failure, attempts, read_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO UPDATE SET version = excluded.version, \
                   content = excluded.content, failure = excluded.failure, attempts = excluded.attempts, \
                   read_at = excluded.read_at";
        let values: [Value; 6] = [
            hash.as_bytes().to_vec().into(),
            i64::from(*version).into(),
            content.into(),
            failure.into(),
            i64::from(*attempts).into(),
            self.now().unix_ms().into(),
        ];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl TryFrom<TextRow> for BlobText {
    type Error = StoreError;

    fn try_from(row: TextRow) -> Result<Self, StoreError> {
        let TextRow { hash, version, content, failure, attempts } = row;
        let outcome = match (content, failure) {
            (Some(text), None) => TextOutcome::Text(text),
            (None, Some(failure)) => TextOutcome::Failure(failure),
            (Some(_), Some(_)) | (None, None) => return Err(stored::damaged("text of a blob", &hex::encode(hash))),
        };
        Ok(Self {
            hash: stored::hash(&hash)?,
            version: stored::unsigned(version)?,
            outcome,
            attempts: stored::unsigned(attempts)?,
        })
    }
}
