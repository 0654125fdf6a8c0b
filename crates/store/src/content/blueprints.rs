//! The texts of the blueprints that data was written under. A trigger refuses to change or delete one.

use diwan_content::{ContentHash, Handle, Timestamp};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set, sea_query::OnConflict,
};

use crate::{
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash,
        blueprints::{ActiveModel, Column, Entity, Model},
    },
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

/// A blueprint that is kept, with its text as far as that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBlueprint {
    /// The hash that revisions name.
    pub hash: ContentHash,
    /// Its name.
    pub handle: Handle,
    /// `Blueprint::to_text` of it; [`StoreError::Damaged`] where that cannot be read.
    pub text: Result<String, StoreError>,
}

impl Queries {
    async fn stored_blueprints(&self) -> Result<Vec<StoredBlueprint>, StoreError> {
        let rows = Entity::find()
            .order_by_asc(Column::FirstUsedAt)
            .order_by_asc(Column::Handle)
            .order_by_asc(Column::Hash)
            .all(&self.connection)
            .await?;
        rows.into_iter().map(StoredBlueprint::try_from).collect()
    }

    /// Every blueprint that is kept, the oldest first. A text that cannot be read does not keep the others from being read.
    pub async fn kept_blueprints(&self) -> Result<Vec<KeptBlueprint>, StoreError> {
        match self.stored_blueprints().await {
            Ok(all) => {
                let kept = |StoredBlueprint { hash, handle, text, .. }| KeptBlueprint { hash, handle, text: Ok(text) };
                Ok(all.into_iter().map(kept).collect())
            }
            Err(StoreError::Damaged { .. }) => self.blueprints_one_by_one().await,
            Err(error) => Err(error),
        }
    }

    async fn blueprints_one_by_one(&self) -> Result<Vec<KeptBlueprint>, StoreError> {
        let names = Entity::find().select_only().columns([Column::Hash, Column::Handle]);
        let names = names.order_by_asc(Column::FirstUsedAt).order_by_asc(Column::Handle).order_by_asc(Column::Hash);
        let names: Vec<(Hash, String)> = names.into_tuple().all(&self.connection).await?;
        let mut kept = Vec::with_capacity(names.len());
        for (hash, handle) in names {
            let one = Entity::find().select_only().column(Column::Text).filter(Column::Handle.eq(handle.as_str()));
            let one = one.filter(Column::Hash.eq(hash.clone())).into_tuple::<String>().one(&self.connection).await;
            let missing = || StoreError::Damaged { what: "a blueprint is not found by its name".to_owned() };
            let text = match one.map_err(StoreError::from) {
                Ok(found) => found.ok_or_else(missing),
                Err(error @ StoreError::Damaged { .. }) => Err(error),
                Err(error) => return Err(error),
            };
            kept.push(KeptBlueprint { hash: hash.try_into()?, handle: stored::handle(&handle)?, text });
        }
        Ok(kept)
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
