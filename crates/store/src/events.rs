//! The log of events.
use crate::{
    error::StoreError,
    snapshot::Queries,
    write::{EventIndex, WriteTx},
};
use diwan_content::{EntryId, Event, EventKind, EventSubject, Permit, Scope, Sequence, rights::ActorRef};
/// Which events a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    pub entry: Option<EntryId>,
    pub kind: Option<EventKind>,
    pub actor: Option<ActorRef>,
}
/// The first event that does not follow from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenChain {
    pub sequence: Sequence,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn events_after(&self, after: Sequence, limit: u32) -> Result<Vec<Event>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_events(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        before: Option<Sequence>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn last_sequence(&self) -> Result<Sequence, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn verify_chain(&self, after: Sequence) -> Result<Option<BrokenChain>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn mark(&self, follower: &str) -> Result<Sequence, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub fn record(&mut self, permit: &Permit, kind: EventKind, subject: EventSubject) -> EventIndex {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub fn record_caused(
        &mut self,
        permit: &Permit,
        kind: EventKind,
        subject: EventSubject,
        cause: EventIndex,
    ) -> EventIndex {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn put_mark(&mut self, follower: &str, sequence: Sequence) -> Result<(), StoreError> {
        todo!()
    }
}
