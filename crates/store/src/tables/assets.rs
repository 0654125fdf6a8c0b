//! Uploaded files with their current name and alternative text.

use diwan_content::{AssetId, DepartmentId, Version};
use sea_orm::entity::prelude::*;

use super::Hash;
use crate::{assets::asset::Asset, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) department: Uuid,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) blob: Hash,
    pub(crate) alternative_text: String,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
    pub(crate) created_by: String,
    pub(crate) changed_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::blobs::Entity", from = "Column::Blob", to = "super::blobs::Column::Hash")]
    Blob,
}

impl Related<super::blobs::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Blob.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Asset {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            department,
            name,
            name_folded: _,
            blob,
            alternative_text,
            version,
            created_at,
            created_by,
            changed_at,
        } = row;
        Ok(Self {
            id: AssetId(id),
            department: DepartmentId(department),
            name,
            blob: blob.try_into()?,
            alternative_text: stored::alternative_text(&alternative_text)?,
            version: Version(version),
            created_at: stored::time(created_at)?,
            created_by: stored::actor(&created_by)?,
            changed_at: stored::time(changed_at)?,
        })
    }
}
