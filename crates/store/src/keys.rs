//! API keys: stored hashed.
use crate::{error::StoreError, open::Store, snapshot::Queries, write::WriteTx};
use diwan_content::{ContentHash, KeyId, Permit, PersonId, Timestamp, rights::Grant};
/// An API key; its secret is known by hash alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    pub id: KeyId,
    pub label: Option<String>,
    pub secret_hash: ContentHash,
    pub grants: Vec<Grant>,
    pub on_behalf_of: Option<PersonId>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_key(&self, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_key_by_hash(&self, secret_hash: &ContentHash) -> Result<Option<ApiKey>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_keys(&self, after: Option<KeyId>, limit: u32) -> Result<Vec<ApiKey>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_key(&mut self, permit: &Permit, key: &ApiKey) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn revoke_key(&mut self, permit: &Permit, id: KeyId) -> Result<bool, StoreError> {
        todo!()
    }
}
impl Store {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn touch_keys(&self, uses: &[(KeyId, Timestamp)]) -> Result<(), StoreError> {
        todo!()
    }
}
