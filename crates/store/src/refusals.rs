//! Refusals: what was not allowed, in transactions of their own.
use crate::{error::StoreError, open::Store, snapshot::Queries};
use diwan_content::{EntryId, Timestamp, rights::ActorRef};
use uuid::Uuid;
/// One refusal; those of anonymous actors are only counted per minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub id: Uuid,
    pub at: Timestamp,
    pub actor: ActorRef,
    pub action: String,
    pub entry: Option<EntryId>,
    pub code: String,
    pub request_id: String,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_refusals(
        &self,
        before: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Refusal>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn count_anonymous_refusals(&self, from: Timestamp, to: Timestamp) -> Result<u64, StoreError> {
        todo!()
    }
}
impl Store {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn record_refusal(&self, refusal: Refusal) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn record_refusals(&self, refusals: &[Refusal]) -> Result<(), StoreError> {
        todo!()
    }
}
