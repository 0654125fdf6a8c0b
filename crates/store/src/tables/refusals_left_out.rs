//! Refused requests that were only counted, per hour and actor. Counts only grow.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refusals_left_out")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hour_at: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) actor: String,
    pub(crate) refusals: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
