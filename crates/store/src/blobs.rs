//! Blobs: what is known of bytes that are addressed by their hash.

use diwan_content::{ContentHash, Permit};
use sea_orm::{FromQueryResult, Value};

use crate::{
    error::StoreError,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
};

/// Bytes that are kept under their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// SHA-256 of the bytes.
    pub hash: ContentHash,
    /// How many.
    pub size_bytes: u64,
    /// What they are, by their magic bytes.
    pub media_type: String,
    /// Of a picture, in pixels.
    pub width: Option<u32>,
    /// Of a picture, in pixels.
    pub height: Option<u32>,
}

#[derive(Debug, FromQueryResult)]
pub(crate) struct BlobRow {
    hash: Vec<u8>,
    size_bytes: i64,
    media_type: String,
    width: Option<i64>,
    height: Option<i64>,
}

#[derive(Debug, FromQueryResult)]
struct HashRow {
    hash: Vec<u8>,
}

/// Columns of [`BlobRow`], of a table that is called `b`.
pub(crate) const COLUMNS: &str = "b.hash, b.size_bytes, b.media_type, b.width, b.height";

impl Queries {
    /// What is known of these bytes.
    pub async fn find_blob(&self, hash: &ContentHash) -> Result<Option<Blob>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM blobs b WHERE b.hash = $1");
        let row: Option<BlobRow> = self.connection.find(&sql, [hash.as_bytes().to_vec().into()]).await?;
        row.map(Blob::try_from).transpose()
    }

    /// All hashes, in order, behind the one that is given.
    pub async fn blob_hashes(&self, after: Option<&ContentHash>, limit: u32) -> Result<Vec<ContentHash>, StoreError> {
        let sql = "SELECT hash FROM blobs WHERE hash > $1 ORDER BY hash LIMIT $2";
        let after = after.map_or_else(Vec::new, |hash| hash.as_bytes().to_vec());
        let rows: Vec<HashRow> = self.connection.list(sql, [after.into(), stored::bounded(limit).into()]).await?;
        rows.iter().map(|row| stored::hash(&row.hash)).collect()
    }
}

impl WriteTx {
    /// Says what bytes are that are kept already; what is known of them stays.
    pub async fn insert_blob(&mut self, permit: &Permit, blob: &Blob) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping a blob")?;
        let Blob { hash, size_bytes, media_type, width, height } = blob;
        let size_bytes = i64::try_from(*size_bytes).map_err(|_| StoreError::NoSpace)?;
        let sql = "INSERT INTO blobs (hash, size_bytes, media_type, width, height) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (hash) DO NOTHING";
        let values: [Value; 5] = [
            hash.as_bytes().to_vec().into(),
            size_bytes.into(),
            media_type.as_str().into(),
            width.map(i64::from).into(),
            height.map(i64::from).into(),
        ];
        self.connection.run(sql, values).await?;
        Ok(())
    }
}

impl TryFrom<BlobRow> for Blob {
    type Error = StoreError;

    fn try_from(row: BlobRow) -> Result<Self, StoreError> {
        let BlobRow { hash, size_bytes, media_type, width, height } = row;
        Ok(Self {
            hash: stored::hash(&hash)?,
            size_bytes: stored::unsigned(size_bytes)?,
            media_type,
            width: width.map(stored::unsigned).transpose()?,
            height: height.map(stored::unsigned).transpose()?,
        })
    }
}
