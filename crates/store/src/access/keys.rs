//! API keys: their secrets are known by hash alone.

use diwan_content::{
    ContentHash, KeyId, Permit, PersonId, Timestamp,
    rights::{ActorRef, Grant},
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::LockType,
};
use uuid::Uuid;

use crate::{
    access::permits::{self, check_action},
    connection::{Queries, open::Store, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash,
        api_keys::{ActiveModel, Column, Entity, Model},
    },
};

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its identity.
    pub id: KeyId,
    /// What it is for.
    pub label: Option<String>,
    /// Hash of its secret.
    pub secret_hash: ContentHash,
    /// What it may do.
    pub grants: Vec<Grant>,
    /// The person behind it.
    pub on_behalf_of: Option<PersonId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, as far as that was flushed.
    pub last_used_at: Option<Timestamp>,
    /// The last characters of its text, by which people recognise it; not of keys of older versions.
    pub last_four: Option<String>,
    /// Who made it; not known of keys of older versions.
    pub created_by: Option<ActorRef>,
    /// The key that it was made to replace.
    pub replaces: Option<KeyId>,
}

impl Queries {
    /// The key, revoked or not.
    pub async fn find_key(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        Entity::find_by_id(id.0).one(&self.connection).await?.map(ApiKey::try_from).transpose()
    }

    /// The key with that secret, revoked, expired or not.
    pub async fn find_key_by_hash(&self, secret_hash: &ContentHash) -> Result<Option<ApiKey>, StoreError> {
        let hash = Column::SecretHash.eq(Hash::from(*secret_hash));
        Entity::find().filter(hash).one(&self.connection).await?.map(ApiKey::try_from).transpose()
    }

    /// All keys by id, behind the one that is given.
    pub async fn list_keys(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<ApiKey>, StoreError> {
        let rows = Entity::find()
            .filter(Column::Id.gt(after.map_or(Uuid::nil(), |id| id.0)))
            .order_by_asc(Column::Id)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }
}

impl WriteTx {
    /// Locks a key until the transaction ends.
    pub async fn lock_key(&mut self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        let row = Entity::find_by_id(id.0).lock(LockType::NoKeyUpdate).one(&self.connection).await?;
        row.map(ApiKey::try_from).transpose()
    }

    /// Makes a key.
    pub async fn insert_key(&mut self, permit: &Permit, key: &ApiKey) -> Result<(), StoreError> {
        check_action(permit, permits::KEYS, "making a key")?;
        Entity::insert(ActiveModel::try_from(key)?).exec_without_returning(&self.connection).await?;
        Ok(())
    }

    /// Sets when a key ends.
    pub async fn expire_key(&mut self, permit: &Permit, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        check_action(permit, permits::KEYS, "ending a key")?;
        let row = ActiveModel { id: Set(id.0), expires_at: Set(Some(at.unix_ms())), ..Default::default() };
        Entity::update(row).exec(&self.connection).await?;
        Ok(())
    }

    /// Names the person behind a key.
    pub async fn set_key_owner(&mut self, permit: &Permit, id: KeyId, owner: PersonId) -> Result<(), StoreError> {
        check_action(permit, permits::KEYS, "naming the owner of a key")?;
        let row = ActiveModel { id: Set(id.0), on_behalf_of: Set(Some(owner.0)), ..Default::default() };
        Entity::update(row).exec(&self.connection).await?;
        Ok(())
    }

    /// Revokes a key; `false` when there is none, or it was revoked before.
    pub async fn revoke_key(&mut self, permit: &Permit, id: KeyId) -> Result<bool, StoreError> {
        check_action(permit, permits::KEYS, "revoking a key")?;
        let revoked = Entity::update_many()
            .set(ActiveModel { revoked_at: Set(Some(self.now().unix_ms())), ..Default::default() })
            .filter(Column::Id.eq(id.0))
            .filter(Column::RevokedAt.is_null())
            .exec(&self.connection)
            .await?;
        Ok(revoked.rows_affected > 0)
    }
}

impl Store {
    /// Writes when keys were last used, in one transaction; earlier times than are known change nothing.
    pub async fn touch_keys(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError> {
        let mut uses = uses.to_vec();
        // In the order of their ids, so that two transactions never wait for each other.
        uses.sort_unstable();
        let connection = self.begin_write_connection().await?;
        for (id, at) in uses {
            let earlier = Condition::any().add(Column::LastUsedAt.is_null()).add(Column::LastUsedAt.lt(at.unix_ms()));
            Entity::update_many()
                .set(ActiveModel { last_used_at: Set(Some(at.unix_ms())), ..Default::default() })
                .filter(Column::Id.eq(id.0))
                .filter(earlier)
                .exec(&connection)
                .await?;
        }
        connection.commit().await
    }
}

impl TryFrom<&ApiKey> for ActiveModel {
    type Error = StoreError;

    fn try_from(key: &ApiKey) -> Result<Self, StoreError> {
        let ApiKey {
            id,
            label,
            secret_hash,
            grants,
            on_behalf_of,
            created_at,
            expires_at,
            revoked_at,
            last_used_at,
            last_four,
            created_by,
            replaces,
        } = key;
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
            last_four: Set(last_four.clone()),
            created_by: Set(created_by.map(|actor| actor.to_string())),
            replaces: Set(replaces.map(|key| key.0)),
        })
    }
}

impl TryFrom<Model> for ApiKey {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
            id,
            label,
            secret_hash,
            grants,
            on_behalf_of,
            created_at,
            expires_at,
            revoked_at,
            last_used_at,
            last_four,
            created_by,
            replaces,
        } = row;
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
            last_four,
            created_by: created_by.as_deref().map(stored::actor).transpose()?,
            replaces: replaces.map(KeyId),
        })
    }
}
