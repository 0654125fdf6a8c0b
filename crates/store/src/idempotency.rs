//! Idempotency keys: (actor, key) to request hash and answer, kept for 24 hours.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{ContentHash, rights::ActorRef};
/// What a claim of an idempotency key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    New,
    Replay { request_hash: ContentHash, answer: String },
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_idempotency(&self, actor: &ActorRef, key: &str) -> Result<Option<Claim>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn claim_idempotency(
        &mut self,
        actor: &ActorRef,
        key: &str,
        request_hash: &ContentHash,
    ) -> Result<Claim, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn finish_idempotency(&mut self, actor: &ActorRef, key: &str, answer: &str) -> Result<(), StoreError> {
        todo!()
    }
}
