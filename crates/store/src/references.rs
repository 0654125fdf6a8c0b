//! Who points to whom among what is public.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{AssetId, EntryId, Locale, Permit};
/// What a published entry points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublishedTarget {
    Entry(EntryId),
    Asset(AssetId),
}
/// One pointer out of a published entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublishedReference {
    pub field: String,
    pub target: PublishedTarget,
}
/// Where a pointer comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceFrom {
    pub entry: EntryId,
    pub locale: Locale,
    pub field: String,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn published_references_to(
        &self,
        target: PublishedTarget,
        limit: u32,
    ) -> Result<Vec<ReferenceFrom>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn published_references_of(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Vec<PublishedReference>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn replace_references(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        references: &[PublishedReference],
    ) -> Result<(), StoreError> {
        todo!()
    }
}
