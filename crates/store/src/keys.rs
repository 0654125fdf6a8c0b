//! API keys: their secrets are known by hash alone.

use diwan_content::{ContentHash, KeyId, Permit, PersonId, Timestamp, rights::Grant};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    error::StoreError,
    open::Store,
    permits::{self, check_action},
    snapshot::Queries,
    stored,
    write::WriteTx,
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
}

#[derive(Debug, FromQueryResult)]
struct KeyRow {
    id: Uuid,
    label: Option<String>,
    secret_hash: Vec<u8>,
    grants: String,
    on_behalf_of: Option<Uuid>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    last_used_at: Option<i64>,
}

const COLUMNS: &str = "id, label, secret_hash, grants, on_behalf_of, created_at, expires_at, revoked_at, last_used_at";

impl Queries {
    /// The key, revoked or not.
    pub async fn find_key(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1");
        self.connection.find::<KeyRow>(&sql, [id.0.into()]).await?.map(ApiKey::try_from).transpose()
    }

    /// The key with that secret, revoked, expired or not.
    pub async fn find_key_by_hash(&self, secret_hash: &ContentHash) -> Result<Option<ApiKey>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE secret_hash = $1");
        let values = [secret_hash.as_bytes().to_vec().into()];
        self.connection.find::<KeyRow>(&sql, values).await?.map(ApiKey::try_from).transpose()
    }

    /// All keys by id, behind the one that is given.
    pub async fn list_keys(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<ApiKey>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM api_keys WHERE id > $1 ORDER BY id LIMIT $2");
        let after = after.map_or(Uuid::nil(), |id| id.0);
        let rows: Vec<KeyRow> = self.connection.list(&sql, [after.into(), stored::bounded(limit).into()]).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }
}

impl WriteTx {
    /// Makes a key.
    pub async fn insert_key(&mut self, permit: &Permit, key: &ApiKey) -> Result<(), StoreError> {
        check_action(permit, permits::KEYS, "making a key")?;
        let ApiKey { id, label, secret_hash, grants, on_behalf_of, created_at, expires_at, revoked_at, last_used_at } =
            key;
        let grants =
            serde_json::to_string(grants).map_err(|error| stored::damaged("list of grants", &error.to_string()))?;
        let sql = format!("INSERT INTO api_keys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
        let values: [Value; 9] = [
            id.0.into(),
            label.clone().into(),
            secret_hash.as_bytes().to_vec().into(),
            grants.into(),
            on_behalf_of.map(|person| person.0).into(),
            created_at.unix_ms().into(),
            expires_at.map(Timestamp::unix_ms).into(),
            revoked_at.map(Timestamp::unix_ms).into(),
            last_used_at.map(Timestamp::unix_ms).into(),
        ];
        self.connection.run(&sql, values).await?;
        Ok(())
    }

    /// Revokes a key; `false` when there is none, or it was revoked before.
    pub async fn revoke_key(&mut self, permit: &Permit, id: KeyId) -> Result<bool, StoreError> {
        check_action(permit, permits::KEYS, "revoking a key")?;
        let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        Ok(self.connection.run(sql, [id.0.into(), self.now().unix_ms().into()]).await? > 0)
    }
}

impl Store {
    /// Writes when keys were last used, in one transaction; earlier times than are known change nothing.
    pub async fn touch_keys(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError> {
        let mut uses = uses.to_vec();
        // In the order of their ids, so that two transactions never wait for each other.
        uses.sort_unstable();
        let sql = "UPDATE api_keys SET last_used_at = $2 \
                   WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)";
        let connection = self.begin_write_connection().await?;
        for (id, at) in uses {
            connection.run(sql, [id.0.into(), at.unix_ms().into()]).await?;
        }
        connection.commit().await
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let KeyRow { id, label, secret_hash, grants, on_behalf_of, created_at, expires_at, revoked_at, last_used_at } =
            row;
        Ok(Self {
            id: KeyId(id),
            label,
            secret_hash: stored::hash(&secret_hash)?,
            grants: serde_json::from_str(&grants).map_err(|_| stored::damaged("list of grants", &grants))?,
            on_behalf_of: on_behalf_of.map(PersonId),
            created_at: stored::time(created_at)?,
            expires_at: stored::optional_time(expires_at)?,
            revoked_at: stored::optional_time(revoked_at)?,
            last_used_at: stored::optional_time(last_used_at)?,
        })
    }
}
