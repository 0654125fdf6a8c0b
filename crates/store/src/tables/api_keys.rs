//! API keys, with the hashes of their secrets.

use diwan_content::{KeyId, PersonId, Timestamp};
use sea_orm::{Set, entity::prelude::*};

use super::Hash;
use crate::{access::keys::ApiKey, error::StoreError, stored};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) label: Option<String>,
    pub(crate) secret_hash: Hash,
    pub(crate) grants: String,
    pub(crate) on_behalf_of: Option<Uuid>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&ApiKey> for ActiveModel {
    type Error = StoreError;

    fn try_from(key: &ApiKey) -> Result<Self, StoreError> {
        let ApiKey { id, label, secret_hash, grants, on_behalf_of, created_at, expires_at, revoked_at, last_used_at } =
            key;
        let grants =
            serde_json::to_string(grants).map_err(|error| stored::damaged("list of grants", &error.to_string()))?;
        Ok(Self {
            id: Set(id.0),
            label: Set(label.clone()),
            secret_hash: Set((*secret_hash).into()),
            grants: Set(grants),
            on_behalf_of: Set(on_behalf_of.map(|person| person.0)),
            created_at: Set(created_at.unix_ms()),
            expires_at: Set(expires_at.map(Timestamp::unix_ms)),
            revoked_at: Set(revoked_at.map(Timestamp::unix_ms)),
            last_used_at: Set(last_used_at.map(Timestamp::unix_ms)),
        })
    }
}

impl TryFrom<Model> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model { id, label, secret_hash, grants, on_behalf_of, created_at, expires_at, revoked_at, last_used_at } =
            row;
        Ok(Self {
            id: KeyId(id),
            label,
            secret_hash: secret_hash.try_into()?,
            grants: serde_json::from_str(&grants).map_err(|_| stored::damaged("list of grants", &grants))?,
            on_behalf_of: on_behalf_of.map(PersonId),
            created_at: stored::time(created_at)?,
            expires_at: stored::optional_time(expires_at)?,
            revoked_at: stored::optional_time(revoked_at)?,
            last_used_at: stored::optional_time(last_used_at)?,
        })
    }
}
