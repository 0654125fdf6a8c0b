//! The texts of the blueprints that data was written under. A trigger refuses to change or delete one.

use diwan_content::{ContentHash, Handle, Timestamp};
use sea_orm::{EntityTrait as _, QueryOrder as _, sea_query::OnConflict};

use crate::{
    connection::snapshot::Queries,
    connection::write::WriteTx,
    error::StoreError,
    tables::blueprints::{ActiveModel, Column, Entity},
};

/// A blueprint as it once was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlueprint {
    /// The hash that revisions name; blueprints of the same fields share it.
    pub hash: ContentHash,
    /// Its name.
    pub handle: Handle,
    /// `Blueprint::to_text` of it.
    pub text: String,
    /// When this installation first started with it.
    pub first_used_at: Timestamp,
}

impl Queries {
    /// Every blueprint that is kept, the oldest first.
    pub async fn stored_blueprints(&self) -> Result<Vec<StoredBlueprint>, StoreError> {
        let rows = Entity::find()
            .order_by_asc(Column::FirstUsedAt)
            .order_by_asc(Column::Handle)
            .order_by_asc(Column::Hash)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(StoredBlueprint::try_from).collect()
    }
}

impl WriteTx {
    /// Keeps a blueprint; one that is kept already stays as it is.
    pub async fn put_blueprint(&mut self, blueprint: &StoredBlueprint) -> Result<(), StoreError> {
        let keep = OnConflict::columns([Column::Hash, Column::Handle]).do_nothing().to_owned();
        Entity::insert(ActiveModel::from(blueprint)).on_conflict(keep).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}
