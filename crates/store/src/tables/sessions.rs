//! Signed-in browsers, with the hashes of their tokens.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) token_hash: Hash,
    pub(crate) person: Uuid,
    pub(crate) second_factor: bool,
    pub(crate) user_agent: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) confirmed_at: i64,
    pub(crate) last_used_at: i64,
    pub(crate) expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
