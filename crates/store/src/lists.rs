//! Lists of published entries as scans over order-preserving keys.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{EntryId, Locale, Permit};
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn scan_keys(
        &self,
        list: &str,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: u32,
    ) -> Result<Vec<(Vec<u8>, EntryId)>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn count_keys(&self, list: &str, prefix: &[u8], at_most: u32) -> Result<u32, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn replace_keys(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        keys: &[(String, Vec<u8>)],
    ) -> Result<(), StoreError> {
        todo!()
    }
}
