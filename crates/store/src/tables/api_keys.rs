//! API keys, with the hashes of their secrets.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) label: Option<String>,
    pub(crate) secret_hash: Hash,
    pub(crate) grants: String,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) last_four: Option<String>,
    pub(crate) created_by: Option<String>,
    pub(crate) replaces: Option<Uuid>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
