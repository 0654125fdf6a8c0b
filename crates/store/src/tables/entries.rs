//! Entries: one identity across locales and revisions.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) collection: String,
    pub(crate) blueprint: String,
    pub(crate) department: Uuid,
    pub(crate) foreign_id: Option<String>,
    pub(crate) trashed_at: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
