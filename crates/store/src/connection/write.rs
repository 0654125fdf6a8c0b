//! Write transactions: all or nothing, with their events.

use std::{collections::HashMap, ops::Deref};

use diwan_content::{DepartmentId, EntryId, Permit, Sequence, Timestamp};

use crate::{
    access::permits::check_department,
    connection::{Boxed, Connection, open::Store, snapshot::Queries},
    error::StoreError,
    log::{
        commit::{LogHead, NewEvent, Numbers},
        idempotency::KeptAnswer,
    },
};

/// Place of an event among those of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIndex(pub(crate) usize);

/// A write transaction, from [`Store::begin`] to [`WriteTx::end`]; dropped before its end it rolls back. Changes take it
/// mutably; all reads of [`Queries`] see them.
#[derive(Debug)]
pub struct WriteTx {
    store: Store,
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
    /// The outcome that the transaction was ended with.
    pub value: T,
    /// The last event of the transaction.
    pub sequence: Option<Sequence>,
    /// When its events happened: the time that was passed in, or the last event's where that is later.
    pub at: Timestamp,
}

impl Store {
    /// Begins a write transaction whose events happen at `now`. On SQLite it waits until no other one is open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database cannot be reached in time.
    pub async fn begin(&self, now: Timestamp) -> Result<WriteTx, StoreError> {
        let queries = Queries { connection: self.begin_write_connection().await? };
        let (store, events, unnumbered) = (self.clone(), Vec::new(), Vec::new());
        Ok(WriteTx { store, queries, now, events, head: None, unnumbered, kept_answer: None, owners: HashMap::new() })
    }

    /// Commits. Where the answer is lost, finds out what became of it.
    fn commit(&self, connection: Connection, numbers: Option<Numbers>) -> Boxed<'_, Result<(), StoreError>> {
        Box::pin(async move {
            match connection.commit().await {
                Err(StoreError::OutcomeUnknown) if self.was_committed(numbers).await? => Ok(()),
                Err(StoreError::OutcomeUnknown) => {
                    Err(StoreError::Unavailable { what: "the connection was lost before the commit".into() })
                }
                Ok(()) => Ok(()),
                Err(error) => Err(error),
            }
        })
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
    /// Commits when the outcome is `Ok`, and rolls back when it is `Err`. Before the commit the events are numbered, chained
    /// and written.
    ///
    /// # Errors
    /// The outcome's error, or that of the commit. [`StoreError::OutcomeUnknown`] when the connection was lost at the commit
    /// and the database could not be asked within 10 s whether it was done; with any other error nothing was done.
    pub async fn end<T, E: From<StoreError>>(mut self, outcome: Result<T, E>) -> Result<Committed<T>, E> {
        let outcome = match outcome {
            Ok(value) => self.write_events().await.map(|numbers| (value, numbers)).map_err(E::from),
            Err(error) => Err(error),
        };
        let Self { store, queries, now, .. } = self;
        match outcome {
            Ok((value, numbers)) => {
                store.commit(queries.connection, numbers).await?;
                Ok(store.committed(value, numbers, now))
            }
            Err(error) => {
                // The connection rolls back by itself when this fails: it is broken then.
                let _ = queries.connection.rollback().await;
                Err(error)
            }
        }
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
