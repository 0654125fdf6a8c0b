//! Texts of blueprints that data was written under. Rows never change.

use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{content::blueprints::StoredBlueprint, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "blueprints")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) hash: Hash,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) handle: String,
    pub(crate) text: String,
    pub(crate) first_used_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&StoredBlueprint> for ActiveModel {
    fn from(blueprint: &StoredBlueprint) -> Self {
        let StoredBlueprint { hash, handle, text, first_used_at } = blueprint;
        Self {
            hash: Set((*hash).into()),
            handle: Set(handle.to_string()),
            text: Set(text.clone()),
            first_used_at: Set(first_used_at.unix_ms()),
        }
    }
}

impl TryFrom<Model> for StoredBlueprint {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { hash, handle, text, first_used_at } = row;
        Ok(Self {
            hash: hash.try_into()?,
            handle: stored::handle(&handle)?,
            text,
            first_used_at: stored::time(first_used_at)?,
        })
    }
}
