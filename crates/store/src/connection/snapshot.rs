//! Reads: one consistent view.

use std::ops::Deref;

use crate::{
    connection::{Connection, open::Store},
    error::StoreError,
};

/// All reads; on a [`Snapshot`], or inside a [`crate::WriteTx`], where they see what it wrote.
#[derive(Debug)]
pub struct Queries {
    pub(crate) connection: Connection,
}

/// One consistent view of the database, until it is dropped. Holds a connection: keep it no longer than a request.
#[derive(Debug)]
pub struct Snapshot {
    queries: Queries,
}

impl Store {
    /// Opens one consistent view.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot { queries: Queries { connection: self.begin_read().await? } })
    }
}

impl Deref for Snapshot {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}
