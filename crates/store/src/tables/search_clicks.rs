//! Hits that were followed, counted per day, locale, folded query and entry.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "search_clicks")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) locale: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) query: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) entry: Uuid,
    pub(crate) clicks: i64,
    pub(crate) positions: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
