//! Write transactions.
use crate::{error::StoreError, open::Store, snapshot::Queries};
use diwan_content::{Sequence, Timestamp};
use std::{ops::Deref, pin::Pin};

/// Place of an event among those of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIndex(pub(crate) usize);

/// A write transaction.
#[derive(Debug)]
pub struct WriteTx {
    queries: Queries,
    now: Timestamp,
}

/// What a committed transaction gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the function answered.
    pub value: T,
    /// The last event of the transaction.
    pub sequence: Option<Sequence>,
    /// When its events happened.
    pub at: Timestamp,
}

impl Deref for WriteTx {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}

impl WriteTx {
    /// The time that the transaction was started with.
    pub fn now(&self) -> Timestamp {
        self.now
    }
}

impl Store {
    /// Runs a function in a write transaction; commits when it answers `Ok`, rolls back when `Err`.
    pub async fn write<T, E, F>(&self, now: Timestamp, f: F) -> Result<Committed<T>, E>
    where
        T: Send,
        E: From<StoreError> + Send,
        F: for<'c> Fn(&'c mut WriteTx) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send + Sync,
    {
        let _ = (now, f);
        todo!()
    }
}
