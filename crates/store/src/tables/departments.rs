//! The departments' hierarchy for rights. The ministry has no row.

use diwan_content::DepartmentId;
use sea_orm::{Set, entity::prelude::*};

use crate::{access::departments::Department, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "departments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) parent: Uuid,
    pub(crate) created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Department> for ActiveModel {
    fn from(department: &Department) -> Self {
        let Department { id, parent, created_at } = department;
        Self { id: Set(id.0), parent: Set(parent.0), created_at: Set(created_at.unix_ms()) }
    }
}

impl TryFrom<Model> for Department {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, parent, created_at } = row;
        Ok(Self { id: DepartmentId(id), parent: DepartmentId(parent), created_at: stored::time(created_at)? })
    }
}
