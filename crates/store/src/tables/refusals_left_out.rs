//! Refused requests that were only counted, per hour and actor. Counts only grow.

use sea_orm::entity::prelude::*;

use crate::{error::StoreError, log::refusals::LeftOut, stored};

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

impl TryFrom<Model> for LeftOut {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { hour_at, actor, refusals } = row;
        let (at, actor) = (stored::time(hour_at)?, stored::actor(&actor)?);
        Ok(Self { at, actor, refusals: stored::unsigned(refusals)? })
    }
}
