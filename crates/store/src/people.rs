//! People who are named as authors; names stand apart so that erasing one leaves the chain valid.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{Permit, PersonId, Timestamp};
/// A person; nameless where an import told only an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: Option<String>,
    pub created_at: Timestamp,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_person(&self, id: PersonId) -> Result<Option<Person>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn put_person(&mut self, permit: &Permit, person: &Person) -> Result<(), StoreError> {
        todo!()
    }
}
