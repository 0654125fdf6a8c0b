//! Names and alternative texts that assets had. Rows never change.

use diwan_content::RevisionNumber;
use sea_orm::entity::prelude::*;

use crate::{assets::asset::AssetRevision, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "asset_revisions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) asset: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i64,
    pub(crate) name: String,
    pub(crate) alternative_text: String,
    pub(crate) saved_at: i64,
    pub(crate) author: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for AssetRevision {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { asset: _, number, name, alternative_text, saved_at, author } = row;
        Ok(Self {
            number: RevisionNumber(number),
            name,
            alternative_text: stored::alternative_text(&alternative_text)?,
            at: stored::time(saved_at)?,
            author: stored::actor(&author)?,
        })
    }
}
