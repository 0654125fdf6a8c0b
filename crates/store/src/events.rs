//! The log of events, and how far its followers are.

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Event, EventKind, EventSubject, KeyId, Permit, PersonId,
    RevisionNumber, Scope, Sequence, Timestamp,
    rights::{ActorRef, Departments},
};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{
    commit::NewEvent,
    conditions::Conditions,
    connection::Connection,
    error::StoreError,
    snapshot::Queries,
    stored,
    write::{EventIndex, WriteTx},
};

/// Events that are checked at a time.
const PAGE: u32 = 1_000;

/// Which events a list holds; what is absent does not narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// About that entry.
    pub entry: Option<EntryId>,
    /// Of that kind.
    pub kind: Option<EventKind>,
    /// By that actor.
    pub actor: Option<ActorRef>,
}

/// The first event that does not follow from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrokenChain {
    /// Its place, or that of the event that is missing.
    pub sequence: Sequence,
}

#[derive(Debug, FromQueryResult)]
struct EventRow {
    sequence: i64,
    happened_at: i64,
    kind: String,
    actor: String,
    on_behalf_of: Option<Uuid>,
    entry: Option<Uuid>,
    locale: Option<String>,
    revision: Option<i64>,
    asset: Option<Uuid>,
    api_key: Option<Uuid>,
    department: Option<Uuid>,
    content_hash: Option<Vec<u8>>,
    cause: Option<i64>,
    previous_hash: Vec<u8>,
    hash: Vec<u8>,
}

#[derive(Debug, FromQueryResult)]
struct MarkRow {
    sequence: i64,
}

const COLUMNS: &str = "sequence, happened_at, kind, actor, on_behalf_of, entry, locale, revision, asset, api_key, \
                       department, content_hash, cause, previous_hash, hash";

impl Queries {
    /// Events behind a place, in order. A follower that goes on from the last one misses none, whatever commits
    /// meanwhile.
    pub async fn events_after(&self, after: Sequence, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.event_rows(after, limit).await?.into_iter().map(Event::try_from).collect()
    }

    async fn event_rows(&self, after: Sequence, limit: u32) -> Result<Vec<EventRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM events WHERE sequence > $1 ORDER BY sequence LIMIT $2");
        self.connection.list(&sql, [after.0.into(), stored::bounded(limit).into()]).await
    }

    /// Events that a scope may see, the newest first: those about its departments, their entries and their assets.
    pub async fn list_events(
        &self,
        scope: &Scope,
        filter: &EventFilter,
        before: Option<Sequence>,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let EventFilter { entry, kind, actor } = filter;
        let mut conditions = Conditions::default();
        if let Some(entry) = entry {
            conditions.add("entry =", entry.0);
        }
        if let Some(kind) = kind {
            conditions.add("kind =", kind.as_str());
        }
        if let Some(actor) = actor {
            conditions.add("actor =", actor.to_string());
        }
        if let Some(before) = before {
            conditions.add("sequence <", before.0);
        }
        if let Departments::Only(departments) = scope.departments() {
            let values: Vec<Value> = departments.iter().map(|department| department.0.into()).collect();
            conditions.add_any_of(&["department IN", OF_ENTRIES, OF_ASSETS], values);
        }
        let (filter, limit_at) = (conditions.sql(), conditions.values.len() + 1);
        conditions.values.push(stored::bounded(limit).into());
        let sql = format!("SELECT {COLUMNS} FROM events {filter} ORDER BY sequence DESC LIMIT ${limit_at}");
        let rows: Vec<EventRow> = self.connection.list(&sql, conditions.values).await?;
        rows.into_iter().map(Event::try_from).collect()
    }

    /// When the last event happened; the beginning of time before the first one.
    pub async fn last_event_at(&self) -> Result<Timestamp, StoreError> {
        Ok(self.log_head().await?.at)
    }

    /// Place of the last event; 0 before the first one.
    pub async fn last_sequence(&self) -> Result<Sequence, StoreError> {
        Ok(self.log_head().await?.sequence)
    }

    /// Checks numbers, times and hashes of all events behind a place, and that the last one is the log's head.
    pub async fn verify_chain(&self, after: Sequence) -> Result<Option<BrokenChain>, StoreError> {
        let head = self.log_head().await?;
        let mut last = self.event_before_first(after).await?;
        loop {
            let at = last.as_ref().map_or(after, |event| event.sequence);
            let rows = self.event_rows(at, PAGE).await?;
            if rows.is_empty() {
                let hash = last.as_ref().map_or(ContentHash::of(&[]), |event| event.hash);
                let whole = head.sequence == at && head.hash == hash;
                return Ok((!whole).then_some(BrokenChain { sequence: at.next() }));
            }
            for row in rows {
                // A row that cannot be read was changed too.
                let Some(event) = Event::try_from(row).ok().filter(|event| follows(last.as_ref(), event)) else {
                    let sequence = last.as_ref().map_or(after, |event| event.sequence).next();
                    return Ok(Some(BrokenChain { sequence }));
                };
                last = Some(event);
            }
        }
    }

    /// The last sequence that a follower has done; 0 for one that is not known.
    pub async fn mark(&self, follower: &str) -> Result<Sequence, StoreError> {
        let sql = "SELECT sequence FROM marks WHERE follower = $1";
        let row: Option<MarkRow> = self.connection.find(sql, [follower.into()]).await?;
        Ok(Sequence(row.map_or(0, |row| row.sequence)))
    }

    async fn event_before_first(&self, after: Sequence) -> Result<Option<Event>, StoreError> {
        if after.0 <= 0 {
            return Ok(None);
        }
        Ok(self.events_after(Sequence(after.0 - 1), 1).await?.into_iter().next())
    }
}

const OF_ENTRIES: &str = "entry IN (SELECT id FROM entries WHERE department IN";
const OF_ASSETS: &str = "asset IN (SELECT id FROM assets WHERE department IN";

impl WriteTx {
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

    /// Remembers how far a follower is.
    pub async fn put_mark(&mut self, follower: &str, sequence: Sequence) -> Result<(), StoreError> {
        let sql = "INSERT INTO marks (follower, sequence) VALUES ($1, $2) \
                   ON CONFLICT (follower) DO UPDATE SET sequence = excluded.sequence";
        self.connection.run(sql, [follower.into(), sequence.0.into()]).await?;
        Ok(())
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

/// Writes events that have their numbers and hashes.
pub(crate) async fn insert(connection: &Connection, events: &[Event]) -> Result<(), StoreError> {
    let head = format!("INSERT INTO events ({COLUMNS})");
    connection.insert_rows(&head, events.iter().map(values).collect(), "").await
}

fn values(event: &Event) -> Vec<Value> {
    let Event { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash } = event;
    let EventSubject { entry, locale, revision, asset, key, department, content_hash, cause } = subject;
    vec![
        sequence.0.into(),
        at.unix_ms().into(),
        kind.as_str().into(),
        actor.to_string().into(),
        on_behalf_of.map(|id| id.0).into(),
        entry.map(|id| id.0).into(),
        locale.as_ref().map(|locale| locale.as_str().to_owned()).into(),
        revision.map(|number| number.0).into(),
        asset.map(|id| id.0).into(),
        key.map(|id| id.0).into(),
        department.map(|id| id.0).into(),
        content_hash.map(|hash| hash.as_bytes().to_vec()).into(),
        cause.map(|sequence| sequence.0).into(),
        previous_hash.as_bytes().to_vec().into(),
        hash.as_bytes().to_vec().into(),
    ]
}

fn follows(last: Option<&Event>, event: &Event) -> bool {
    let (sequence, hash) = last.map_or((Sequence(0), ContentHash::of(&[])), |last| (last.sequence, last.hash));
    let in_time = last.is_none_or(|last| last.at <= event.at);
    in_time && event.sequence == sequence.next() && event.previous_hash == hash && event.hash == event.chain_hash()
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let EventRow {
            sequence,
            happened_at,
            kind,
            actor,
            on_behalf_of,
            entry,
            locale,
            revision,
            asset,
            api_key,
            department,
            content_hash,
            cause,
            previous_hash,
            hash,
        } = row;
        let subject = EventSubject {
            entry: entry.map(EntryId),
            locale: locale.map(|locale| stored::locale(&locale)).transpose()?,
            revision: revision.map(RevisionNumber),
            asset: asset.map(AssetId),
            key: api_key.map(KeyId),
            department: department.map(DepartmentId),
            content_hash: content_hash.map(|hash| stored::hash(&hash)).transpose()?,
            cause: cause.map(Sequence),
        };
        Ok(Self {
            sequence: Sequence(sequence),
            at: stored::time(happened_at)?,
            kind: EventKind::from_stored(&kind).ok_or_else(|| stored::damaged("kind of event", &kind))?,
            actor: stored::actor(&actor)?,
            on_behalf_of: on_behalf_of.map(PersonId),
            subject,
            previous_hash: stored::hash(&previous_hash)?,
            hash: stored::hash(&hash)?,
        })
    }
}
