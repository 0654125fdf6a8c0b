//! What is at a public path of a locale.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "paths")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) folded: String,
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) entry: Option<Uuid>,
    pub(crate) since_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
