//! Blobs: what is known of bytes that are addressed by their hash.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{ContentHash, Permit};
/// Bytes by hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    pub hash: ContentHash,
    pub size_bytes: u64,
    pub media_type: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_blob(&self, hash: &ContentHash) -> Result<Option<Blob>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn blob_hashes(&self, after: Option<&ContentHash>, limit: u32) -> Result<Vec<ContentHash>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_blob(&mut self, permit: &Permit, blob: &Blob) -> Result<(), StoreError> {
        todo!()
    }
}
