//! Reads: one consistent view.
use crate::{connection::Connection, error::StoreError, open::Store};
use std::ops::Deref;

/// All reads; on a [`Snapshot`] or inside a [`crate::WriteTx`].
#[derive(Debug)]
pub struct Queries {
    pub(crate) connection: Connection,
}

/// One consistent view of the database, until it is dropped.
#[derive(Debug)]
pub struct Snapshot {
    queries: Queries,
}

impl Deref for Snapshot {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}

impl Store {
    /// Opens one consistent view.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        todo!()
    }
}
