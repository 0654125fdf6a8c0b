//! Settings: values that an installation makes once.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn put_setting(&mut self, name: &str, value: &str) -> Result<String, StoreError> {
        todo!()
    }
}
