//! The bytes of a picture that the public gets.

use sea_orm::entity::prelude::*;

use super::Hash;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "public_pictures")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) blob: Hash,
    pub(crate) version: i64,
    pub(crate) public_blob: Hash,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {
    #[sea_orm(belongs_to = "super::blobs::Entity", from = "Column::Blob", to = "super::blobs::Column::Hash")]
    Original,
    #[sea_orm(belongs_to = "super::blobs::Entity", from = "Column::PublicBlob", to = "super::blobs::Column::Hash")]
    Public,
}

impl Related<super::blobs::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Public.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
