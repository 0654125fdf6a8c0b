//! Write transactions: all or nothing, with their events.

use std::{collections::HashMap, ops::Deref, pin::Pin};

use diwan_content::{DepartmentId, EntryId, Permit, Sequence, Timestamp};

use crate::{
    commit::{LogHead, NewEvent, Numbers},
    connection::Connection,
    error::StoreError,
    idempotency::KeptAnswer,
    open::Store,
    permits::check_department,
    snapshot::Queries,
};

/// How often a transaction is run that PostgreSQL gave up for another's sake.
const ATTEMPTS: u32 = 3;

/// Place of an event among those of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIndex(pub(crate) usize);

/// A write transaction. Changes take it mutably; all reads of [`Queries`] see them.
#[derive(Debug)]
pub struct WriteTx {
    queries: Queries,
    now: Timestamp,
    pub(crate) events: Vec<NewEvent>,
    /// The log's head, known early where nobody else can write before this transaction ends.
    pub(crate) head: Option<LogHead>,
    /// Publications whose numbers are still to be set at the commit.
    pub(crate) unnumbered: Vec<EntryId>,
    /// The answer to keep under the idempotency key that this transaction claimed.
    pub(crate) kept_answer: Option<KeptAnswer>,
    owners: HashMap<EntryId, DepartmentId>,
}

/// What a committed transaction gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the function answered.
    pub value: T,
    /// The last event of the transaction.
    pub sequence: Option<Sequence>,
    /// When its events happened: the time that was passed in, or the last event's where that is later.
    pub at: Timestamp,
}

impl Store {
    /// Runs a function in a write transaction; commits when it answers `Ok`, rolls back when `Err`.
    ///
    /// The function is run again, at most three times in all, when PostgreSQL gives the transaction up for the sake of
    /// another; so it must have no effect but through the transaction. Events are numbered, chained and written last.
    ///
    /// # Errors
    /// What the function answers. [`StoreError::OutcomeUnknown`] when the connection was lost at the commit and the
    /// database could not be asked within 10 s whether it was done; with any other error nothing was done.
    pub async fn write<T, E, F>(&self, now: Timestamp, f: F) -> Result<Committed<T>, E>
    where
        T: Send,
        E: From<StoreError> + Send,
        F: for<'c> Fn(&'c mut WriteTx) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send + Sync,
    {
        let mut attempt = 1;
        loop {
            let mut transaction = WriteTx::begin(self, now).await?;
            let outcome = match f(&mut transaction).await {
                Ok(value) => transaction.write_events().await.map(|numbers| (value, numbers)).map_err(E::from),
                Err(error) => Err(error),
            };
            let WriteTx { queries, .. } = transaction;
            match outcome {
                Ok((value, numbers)) => {
                    self.end(queries.connection, numbers).await?;
                    return Ok(self.committed(value, numbers, now));
                }
                Err(error) => {
                    let again = queries.connection.is_retryable() && attempt < ATTEMPTS;
                    // The connection rolls back by itself when this fails: it is broken then.
                    let _ = queries.connection.rollback().await;
                    if !again {
                        return Err(error);
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// Commits. Where the answer is lost, finds out what became of it.
    async fn end(&self, connection: Connection, numbers: Option<Numbers>) -> Result<(), StoreError> {
        match connection.commit().await {
            Err(StoreError::OutcomeUnknown) if self.was_committed(numbers).await? => Ok(()),
            Err(StoreError::OutcomeUnknown) => {
                Err(StoreError::Unavailable { what: "the connection was lost before the commit".into() })
            }
            Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn committed<T>(&self, value: T, numbers: Option<Numbers>, now: Timestamp) -> Committed<T> {
        let Some(Numbers { last_sequence, at, last_hash: _ }) = numbers else {
            return Committed { value, sequence: None, at: now };
        };
        self.waker().wake();
        Committed { value, sequence: Some(last_sequence), at }
    }
}

impl WriteTx {
    async fn begin(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let queries = Queries { connection: store.begin_write_connection().await? };
        let (events, unnumbered) = (Vec::new(), Vec::new());
        Ok(Self { queries, now, events, head: None, unnumbered, kept_answer: None, owners: HashMap::new() })
    }

    /// The time that the transaction was started with.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Remembers whose an entry is, so that permits are checked against it.
    pub(crate) fn remember_owner(&mut self, entry: EntryId, department: DepartmentId) {
        self.owners.insert(entry, department);
    }

    /// Checks a permit against the entry's department, where this transaction has seen the entry.
    pub(crate) fn check_owner(&self, permit: &Permit, entry: EntryId, what: &'static str) -> Result<(), StoreError> {
        self.owners.get(&entry).map_or(Ok(()), |department| check_department(permit, *department, what))
    }
}

impl Deref for WriteTx {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}
