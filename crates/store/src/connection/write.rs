//! Write transactions: all or nothing, with their events.
//!
//! At the end, events get their numbers and hashes from one row that is updated last. That row makes the log gap-free and
//! ordered by commit on both databases. On SQLite nobody else writes between `BEGIN IMMEDIATE` and the commit, so numbers are
//! known at once. On PostgreSQL the row is locked only at the end; until then publications of the transaction bear negative
//! numbers, which nobody else can see.

use std::{collections::HashMap, ops::Deref, time::Duration};

use diwan_content::{
    ContentHash, DepartmentId, EntryId, Event, EventKind, EventSubject, Permit, PersonId, Sequence, Timestamp,
    rights::ActorRef,
};
use sea_orm::{FromQueryResult, Value};

use crate::{
    access::permits::check_department,
    connection::{Boxed, Connection, Queries, open::Store, padded, placeholders, watch::CHANNEL},
    error::StoreError,
    log::{events, idempotency::KeptAnswer},
    stored,
};

const READ_HEAD: &str = "SELECT last_sequence, last_at, last_hash FROM log_head WHERE id = 1";
/// How long the outcome of a commit is looked up whose answer was lost: a database that crashed needs seconds.
const LOOK_UP_FOR: Duration = Duration::from_secs(10);
/// Pause between two tries.
const LOOK_UP_AGAIN_AFTER: Duration = Duration::from_millis(200);
const NUMBER_PUBLICATIONS: &str = "UPDATE publications SET \
    from_at = CASE WHEN from_sequence < 0 THEN $2 ELSE from_at END, \
    to_at = CASE WHEN to_sequence < 0 THEN $2 ELSE to_at END, \
    from_sequence = CASE WHEN from_sequence < 0 THEN $1 - from_sequence ELSE from_sequence END, \
    to_sequence = CASE WHEN to_sequence < 0 THEN $1 - to_sequence ELSE to_sequence END \
    WHERE (from_sequence < 0 OR to_sequence < 0) AND entry IN";

/// Place of an event among those of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventIndex(usize);

/// A write transaction, from [`Store::begin`] to [`WriteTx::end`]; dropped before its end it rolls back. Changes take it
/// mutably; all reads of [`Queries`] see them.
#[derive(Debug)]
pub struct WriteTx {
    store: Store,
    queries: Queries,
    now: Timestamp,
    events: Vec<NewEvent>,
    /// The log's head, known early where nobody else can write before this transaction ends.
    head: Option<LogHead>,
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

/// An event without its number.
#[derive(Debug)]
struct NewEvent {
    kind: EventKind,
    actor: ActorRef,
    on_behalf_of: Option<PersonId>,
    subject: EventSubject,
    cause: Option<EventIndex>,
}

/// The last event of the log; before the first one: 0, the beginning of time, the hash of nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LogHead {
    pub(crate) sequence: Sequence,
    pub(crate) at: Timestamp,
    pub(crate) hash: ContentHash,
}

/// What the events of a transaction were given.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    last_sequence: Sequence,
    at: Timestamp,
    /// Hash of the last event: by it the transaction is recognised.
    last_hash: ContentHash,
}

/// Where a publication begins or ends. The number is negative as long as it is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boundary {
    pub(crate) sequence: i64,
    pub(crate) at: Timestamp,
}

#[derive(Debug, FromQueryResult)]
struct HeadRow {
    last_sequence: i64,
    last_at: i64,
    last_hash: Option<Vec<u8>>,
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

    /// Whether a transaction was committed, after the answer to its commit was lost. It is recognised by its last event.
    ///
    /// # Errors
    /// [`StoreError::OutcomeUnknown`] when the database cannot be asked in time, or there was no event.
    async fn was_committed(&self, numbers: Option<Numbers>) -> Result<bool, StoreError> {
        let Some(numbers) = numbers else { return Err(StoreError::OutcomeUnknown) };
        let looked_up = async {
            loop {
                match self.look_up_commit(&numbers).await {
                    Ok(found) => return found,
                    Err(_) => tokio::time::sleep(LOOK_UP_AGAIN_AFTER).await,
                }
            }
        };
        tokio::time::timeout(LOOK_UP_FOR, looked_up).await.map_err(|_| StoreError::OutcomeUnknown)
    }

    /// The lost transaction may still be open. It holds the row of the log's head (on SQLite the lock of the file), so
    /// whoever gets that sees how it ended.
    async fn look_up_commit(&self, numbers: &Numbers) -> Result<bool, StoreError> {
        let queries = Queries { connection: self.begin_write_connection().await? };
        let lock = if queries.connection.is_postgres() { "FOR UPDATE" } else { "" };
        queries.read_head(&format!("{READ_HEAD} {lock}")).await?;
        let before = Sequence(numbers.last_sequence.0 - 1);
        let event = queries.events_after(before, 1).await?.into_iter().next();
        queries.connection.rollback().await?;
        Ok(event.is_some_and(|event| event.hash == numbers.last_hash))
    }
}

impl Queries {
    /// The head as it stands.
    pub(crate) async fn log_head(&self) -> Result<LogHead, StoreError> {
        self.read_head(READ_HEAD).await
    }

    async fn read_head(&self, sql: &str) -> Result<LogHead, StoreError> {
        let row: Option<HeadRow> = self.connection.find(sql, []).await?;
        let Some(HeadRow { last_sequence, last_at, last_hash }) = row else {
            return Err(StoreError::Damaged { what: "the head of the log is missing".into() });
        };
        let hash = last_hash.map_or(Ok(ContentHash::of(&[])), |hash| stored::hash(&hash))?;
        Ok(LogHead { sequence: Sequence(last_sequence), at: stored::time(last_at)?, hash })
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

    /// Adds an event to this transaction; it is numbered and written at the end.
    pub fn record(&mut self, permit: &Permit, kind: EventKind, subject: EventSubject) -> EventIndex {
        self.push_event(permit, kind, subject, None)
    }

    /// Adds an event that another of this transaction brought about.
    pub fn record_caused(
        &mut self,
        permit: &Permit,
        kind: EventKind,
        subject: EventSubject,
        cause: EventIndex,
    ) -> EventIndex {
        self.push_event(permit, kind, subject, Some(cause))
    }

    /// Remembers whose an entry is, so that permits are checked against it.
    pub(crate) fn remember_owner(&mut self, entry: EntryId, department: DepartmentId) {
        self.owners.insert(entry, department);
    }

    /// Checks a permit against the entry's department, where this transaction has seen the entry.
    pub(crate) fn check_owner(&self, permit: &Permit, entry: EntryId, what: &'static str) -> Result<(), StoreError> {
        self.owners.get(&entry).map_or(Ok(()), |department| check_department(permit, *department, what))
    }

    /// Where a publication begins or ends that an event opens or closes.
    pub(crate) async fn boundary(&mut self, event: EventIndex) -> Result<Boundary, StoreError> {
        let place = i64::try_from(event.0).unwrap_or(i64::MAX - 1) + 1;
        if self.connection.is_postgres() {
            return Ok(Boundary { sequence: -place, at: self.now() });
        }
        let head = self.head_of_sqlite().await?;
        Ok(Boundary { sequence: head.sequence.0 + place, at: self.now().max(head.at) })
    }

    /// Numbers, chains and writes the events; the last statements before the commit.
    fn write_events(&mut self) -> Boxed<'_, Result<Option<Numbers>, StoreError>> {
        Box::pin(async move {
            if self.events.is_empty() {
                self.write_kept_answer(None).await?;
                return Ok(None);
            }
            let postgres = self.connection.is_postgres();
            let head = if postgres {
                self.read_head(&format!("{READ_HEAD} FOR UPDATE")).await?
            } else {
                self.head_of_sqlite().await?
            };
            let at = self.now().max(head.at);
            self.number_publications(head.sequence, at).await?;
            let events = self.chained(head, at);
            let last = events.last().map_or((head.sequence, head.hash), |event| (event.sequence, event.hash));
            events::insert(&self.connection, &events).await?;
            self.write_kept_answer(Some(last.0)).await?;
            let mut sql =
                "UPDATE log_head SET last_sequence = $1, last_at = $2, last_hash = $3 WHERE id = 1".to_owned();
            if postgres {
                // Told to other replicas when the transaction commits, without a statement of its own.
                sql = format!("{sql} RETURNING pg_notify('{CHANNEL}', '')");
            }
            let values: [Value; 3] = [last.0.0.into(), at.unix_ms().into(), last.1.as_bytes().to_vec().into()];
            self.connection.run(&sql, values).await?;
            Ok(Some(Numbers { last_sequence: last.0, at, last_hash: last.1 }))
        })
    }

    async fn head_of_sqlite(&mut self) -> Result<LogHead, StoreError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        let head = self.log_head().await?;
        self.head = Some(head);
        Ok(head)
    }

    async fn number_publications(&mut self, before: Sequence, at: Timestamp) -> Result<(), StoreError> {
        let mut entries = std::mem::take(&mut self.unnumbered);
        entries.sort_unstable();
        entries.dedup();
        for chunk in entries.chunks(256) {
            let ids = padded(chunk.iter().map(|id| Value::from(id.0)).collect());
            let sql = format!("{NUMBER_PUBLICATIONS} ({})", placeholders(3, ids.len()));
            let fixed: [Value; 2] = [before.0.into(), at.unix_ms().into()];
            self.connection.run(&sql, fixed.into_iter().chain(ids)).await?;
        }
        Ok(())
    }

    fn chained(&mut self, head: LogHead, at: Timestamp) -> Vec<Event> {
        let mut events = Vec::with_capacity(self.events.len());
        let (mut sequence, mut previous_hash) = (head.sequence, head.hash);
        for NewEvent { kind, actor, on_behalf_of, mut subject, cause } in self.events.drain(..) {
            sequence = sequence.next();
            let cause = cause.and_then(|EventIndex(place)| i64::try_from(place).ok());
            subject.cause = cause.map(|place| Sequence(head.sequence.0 + place + 1)).or(subject.cause);
            let hash = previous_hash;
            let mut event = Event { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash };
            event.hash = event.chain_hash();
            previous_hash = event.hash;
            events.push(event);
        }
        events
    }

    fn push_event(
        &mut self,
        permit: &Permit,
        kind: EventKind,
        subject: EventSubject,
        cause: Option<EventIndex>,
    ) -> EventIndex {
        let (actor, on_behalf_of) = (permit.actor(), permit.on_behalf_of());
        self.events.push(NewEvent { kind, actor, on_behalf_of, subject, cause });
        EventIndex(self.events.len() - 1)
    }
}

impl Deref for WriteTx {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}
