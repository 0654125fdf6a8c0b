//! Everything that can become public of a localization, as it was saved. Rows never change.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) data_text: String,
    pub(crate) slug: Option<String>,
    pub(crate) parent: Option<Uuid>,
    pub(crate) rank: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) foreign_text: Option<String>,
    pub(crate) blueprint: String,
    pub(crate) blueprint_hash: Hash,
    pub(crate) content_hash: Hash,
    pub(crate) saved_at: i64,
    pub(crate) author: String,
    pub(crate) note: Option<String>,
    pub(crate) based_on: Option<i64>,
    pub(crate) translates: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
