//! Revisions: immutable, numbered.
use crate::{error::StoreError, snapshot::Queries};
use diwan_content::{ContentHash, EntryId, Locale, RevisionContent, RevisionNumber, Timestamp, rights::ActorRef};
/// Everything that can become public of one localization, as it was once saved.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub entry: EntryId,
    pub locale: Locale,
    pub number: RevisionNumber,
    pub content: RevisionContent,
    pub hash: ContentHash,
    pub at: Timestamp,
    pub author: ActorRef,
    pub note: Option<String>,
    pub based_on: Option<RevisionNumber>,
    pub translates: Option<RevisionNumber>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_revision(
        &self,
        entry: EntryId,
        locale: &Locale,
        number: RevisionNumber,
    ) -> Result<Option<Revision>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn revisions(
        &self,
        entry: EntryId,
        locale: &Locale,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<Revision>, StoreError> {
        todo!()
    }
}
