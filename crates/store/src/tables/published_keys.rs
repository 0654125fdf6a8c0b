//! Keys by which lists of published entries are ordered.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "published_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) list: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) sort_key: Vec<u8>,
    pub(crate) entry: Uuid,
    pub(crate) locale: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
