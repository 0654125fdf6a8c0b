//! Blobs: what is known of bytes that are addressed by their hash.

use diwan_content::{ContentHash, Permit};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set, sea_query::OnConflict,
};

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash,
        blobs::{ActiveModel, Column, Entity, Model},
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

impl TryFrom<&Blob> for ActiveModel {
    type Error = StoreError;

    fn try_from(blob: &Blob) -> Result<Self, StoreError> {
        let Blob { hash, size_bytes, media_type, width, height } = blob;
        Ok(Self {
            hash: Set((*hash).into()),
            size_bytes: Set(i64::try_from(*size_bytes).map_err(|_| StoreError::NoSpace)?),
            media_type: Set(media_type.clone()),
            width: Set(width.map(i64::from)),
            height: Set(height.map(i64::from)),
        })
    }
}

impl TryFrom<Model> for Blob {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { hash, size_bytes, media_type, width, height } = row;
        Ok(Self {
            hash: hash.try_into()?,
            size_bytes: stored::unsigned(size_bytes)?,
            media_type,
            width: width.map(stored::unsigned).transpose()?,
            height: height.map(stored::unsigned).transpose()?,
        })
    }
}
