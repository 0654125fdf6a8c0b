//! Texts that were read from documents, by the hash of their bytes.

use sea_orm::entity::prelude::*;

use super::Hash;
use crate::{
    assets::texts::{BlobText, TextOutcome},
    error::StoreError,
    stored,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blob_texts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hash: Hash,
    pub(crate) version: i64,
    pub(crate) content: Option<String>,
    pub(crate) failure: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) read_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

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
