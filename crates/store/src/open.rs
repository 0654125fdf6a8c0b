//! Opening a store.
use crate::{error::StoreError, options::StoreOptions, watch::Watch};
/// The database of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {}
/// How the live writer connection is set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragmas {
    /// Name and value.
    pub values: Vec<(String, String)>,
}
impl Store {
    /// Connects.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let _ = options;
        todo!()
    }
    /// Brings the tables to this version.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        todo!()
    }
    /// Whether the tables are of this version.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        todo!()
    }
    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), StoreError> {
        todo!()
    }
    /// Closes all connections.
    pub async fn close(&self) -> Result<(), StoreError> {
        todo!()
    }
    /// How the writer is set up.
    pub async fn writer_pragmas(&self) -> Result<Pragmas, StoreError> {
        todo!()
    }
    /// `sqlite` or `postgres`.
    pub fn backend_name(&self) -> &'static str {
        todo!()
    }
    /// A handle that wakes after commits.
    pub fn watch(&self) -> Watch {
        todo!()
    }
}
