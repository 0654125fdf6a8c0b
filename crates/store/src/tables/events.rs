//! The log of events. Rows never change, and every column is part of the chain's hash.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "events")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sequence: i64,
    pub(crate) happened_at: i64,
    pub(crate) kind: String,
    pub(crate) actor: String,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) entry: Option<Uuid>,
    pub(crate) locale: Option<String>,
    pub(crate) revision: Option<i64>,
    pub(crate) asset: Option<Uuid>,
    pub(crate) api_key: Option<Uuid>,
    pub(crate) department: Option<Uuid>,
    pub(crate) content_hash: Option<Hash>,
    pub(crate) cause: Option<i64>,
    pub(crate) previous_hash: Hash,
    pub(crate) hash: Hash,
    pub(crate) person: Option<Uuid>,
    pub(crate) role: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
