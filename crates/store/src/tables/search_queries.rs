//! Searches, counted per day, locale and folded query.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_queries")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) query: String,
    pub(crate) searches: i64,
    pub(crate) empty_searches: i64,
    pub(crate) clients: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
