//! What is known of stored bytes, by their hash.

use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{assets::blobs::Blob, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blobs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hash: Hash,
    pub(crate) size_bytes: i64,
    pub(crate) media_type: String,
    pub(crate) width: Option<i64>,
    pub(crate) height: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
