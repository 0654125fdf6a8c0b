//! Texts that were read from documents, by the hash of their bytes.

use sea_orm::entity::prelude::*;

use super::Hash;

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
