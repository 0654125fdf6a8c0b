//! Files that imported localizations were read from.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_sources")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) source: String,
    pub(crate) entry: Uuid,
    pub(crate) locale: String,
    pub(crate) revision: i64,
    pub(crate) source_hash: Hash,
    pub(crate) source_bytes: Vec<u8>,
    pub(crate) site: Option<String>,
    pub(crate) place: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
