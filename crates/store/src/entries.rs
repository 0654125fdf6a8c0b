//! Entries: one identity across locales and revisions.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{DepartmentId, EntryId, Handle, Permit, Timestamp, rights::ActorRef};
/// One piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub collection: Handle,
    pub blueprint: Handle,
    pub department: DepartmentId,
    pub foreign_id: Option<String>,
    pub trashed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: ActorRef,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_entry_by_foreign_id(
        &self,
        collection: &Handle,
        foreign_id: &str,
    ) -> Result<Option<Entry>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn known_entries(&self, ids: &[EntryId]) -> Result<Vec<(EntryId, Handle)>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn lock_entry(&mut self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_entry(&mut self, permit: &Permit, entry: &Entry) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn set_trashed(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        trashed_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn set_department(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        department: DepartmentId,
    ) -> Result<(), StoreError> {
        todo!()
    }
}
