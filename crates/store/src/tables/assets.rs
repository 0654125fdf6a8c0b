//! Uploaded files with their current name and alternative text.

use sea_orm::entity::prelude::*;

use super::Hash;

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
    pub(crate) bytes_since: Option<i64>,
    pub(crate) text_folded: Option<String>,
    pub(crate) deleted_at: Option<i64>,
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
