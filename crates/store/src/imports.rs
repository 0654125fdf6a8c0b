//! What imported localizations were read from.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{ContentHash, EntryId, Locale, Permit, RevisionNumber};
/// The file that a localization came from, byte for byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    pub source: String,
    pub entry: EntryId,
    pub locale: Locale,
    pub revision: RevisionNumber,
    pub source_hash: ContentHash,
    pub source_bytes: Vec<u8>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_import_source(&self, source: &str) -> Result<Option<ImportSource>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn put_import_source(&mut self, permit: &Permit, source: &ImportSource) -> Result<(), StoreError> {
        todo!()
    }
}
