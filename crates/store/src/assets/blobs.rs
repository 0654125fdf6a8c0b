//! Blobs: what is known of bytes that are addressed by their hash.

use diwan_content::{ContentHash, Permit};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, sea_query::OnConflict,
};

use crate::{
    access::permits::{self, check_action},
    connection::{snapshot::Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash,
        blobs::{ActiveModel, Column, Entity},
    },
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

impl Queries {
    /// All hashes, in order, behind the one that is given.
    pub async fn blob_hashes(&self, after: Option<&ContentHash>, limit: u32) -> Result<Vec<ContentHash>, StoreError> {
        let hashes: Vec<Hash> = Entity::find()
            .select_only()
            .column(Column::Hash)
            .filter(Column::Hash.gt(Hash::or_least(after)))
            .order_by_asc(Column::Hash)
            .limit(stored::bounded(limit))
            .into_tuple()
            .all(&self.connection)
            .await?;
        hashes.into_iter().map(ContentHash::try_from).collect()
    }
}

impl WriteTx {
    /// Says what bytes are that are kept already; what is known of them stays.
    pub async fn insert_blob(&mut self, permit: &Permit, blob: &Blob) -> Result<(), StoreError> {
        check_action(permit, permits::ASSETS, "keeping a blob")?;
        let keep = OnConflict::column(Column::Hash).do_nothing().to_owned();
        Entity::insert(ActiveModel::try_from(blob)?).on_conflict(keep).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}
