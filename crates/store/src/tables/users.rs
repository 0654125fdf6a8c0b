//! People who may sign in. Their names are in `people`.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) person: Uuid,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) language: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
    pub(crate) suspended_at: Option<i64>,
    pub(crate) signed_in_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
