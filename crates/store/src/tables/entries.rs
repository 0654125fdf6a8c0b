//! Entries: one identity across locales and revisions.

use diwan_content::{DepartmentId, EntryId, Timestamp};
use sea_orm::{Set, entity::prelude::*};

use crate::{content::entries::Entry, error::StoreError, stored};

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

impl From<&Entry> for ActiveModel {
    fn from(entry: &Entry) -> Self {
        let Entry { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = entry;
        Self {
            id: Set(id.0),
            collection: Set(collection.to_string()),
            blueprint: Set(blueprint.to_string()),
            department: Set(department.0),
            foreign_id: Set(foreign_id.clone()),
            trashed_at: Set(trashed_at.map(Timestamp::unix_ms)),
            created_at: Set(created_at.unix_ms()),
            created_by: Set(created_by.to_string()),
        }
    }
}

impl TryFrom<Model> for Entry {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, collection, blueprint, department, foreign_id, trashed_at, created_at, created_by } = row;
        Ok(Self {
            id: EntryId(id),
            collection: stored::handle(&collection)?,
            blueprint: stored::handle(&blueprint)?,
            department: DepartmentId(department),
            foreign_id,
            trashed_at: stored::optional_time(trashed_at)?,
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
        })
    }
}
