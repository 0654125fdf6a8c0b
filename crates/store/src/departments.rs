//! The departments' hierarchy for rights.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{DepartmentId, Permit, Timestamp, rights::Hierarchy};
/// A place in the hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    pub id: DepartmentId,
    pub parent: DepartmentId,
    pub created_at: Timestamp,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn departments(&self) -> Result<Vec<Department>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn hierarchy(&self) -> Result<Hierarchy, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_department(&mut self, permit: &Permit, department: &Department) -> Result<(), StoreError> {
        todo!()
    }
}
