//! The log of events, and how far its followers are.

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Event, EventKind, EventSubject, KeyId, PersonId, RevisionNumber,
    Scope, Sequence, Timestamp,
    rights::{ActorRef, Departments},
};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set,
    sea_query::{OnConflict, Query},
};

use crate::{
    connection::{Connection, Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::{
        Hash, assets, entries,
        events::{ActiveModel, Column, Entity, Model},
        marks,
    },
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

impl Queries {
    /// Events behind a place, in order. A follower that goes on from the last one misses none, whatever commits
    /// meanwhile.
    pub async fn events_after(&self, after: Sequence, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.event_rows(after, limit).await?.into_iter().map(Event::try_from).collect()
    }

    async fn event_rows(&self, after: Sequence, limit: u32) -> Result<Vec<Model>, StoreError> {
        let page = Entity::find().filter(Column::Sequence.gt(after.0)).order_by_asc(Column::Sequence);
        Ok(page.limit(stored::bounded(limit)).all(&self.connection).await?)
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
        let matching = Condition::all()
            .add_option(entry.map(|entry| Column::Entry.eq(entry.0)))
            .add_option(kind.map(|kind| Column::Kind.eq(kind.as_str())))
            .add_option(actor.map(|actor| Column::Actor.eq(actor.to_string())))
            .add_option(before.map(|before| Column::Sequence.lt(before.0)))
            .add_option(about_departments(scope));
        let rows = Entity::find()
            .filter(matching)
            .order_by_desc(Column::Sequence)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
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
        let row = marks::Entity::find_by_id(follower).one(&self.connection).await?;
        Ok(Sequence(row.map_or(0, |row| row.sequence)))
    }

    async fn event_before_first(&self, after: Sequence) -> Result<Option<Event>, StoreError> {
        if after.0 <= 0 {
            return Ok(None);
        }
        Ok(self.events_after(Sequence(after.0 - 1), 1).await?.into_iter().next())
    }
}

/// Events about what a scope may see: its departments, their entries and their assets.
fn about_departments(scope: &Scope) -> Option<Condition> {
    let Departments::Only(departments) = &scope.departments() else { return None };
    let ids = || departments.iter().map(|department| department.0);
    let entries_of = Query::select()
        .column(entries::Column::Id)
        .from(entries::Entity)
        .and_where(entries::Column::Department.is_in(ids()))
        .to_owned();
    let assets_of = Query::select()
        .column(assets::Column::Id)
        .from(assets::Entity)
        .and_where(assets::Column::Department.is_in(ids()))
        .to_owned();
    let any = Condition::any()
        .add(Column::Department.is_in(ids()))
        .add(Column::Entry.in_subquery(entries_of))
        .add(Column::Asset.in_subquery(assets_of));
    Some(any)
}

impl WriteTx {
    /// Remembers how far a follower is.
    pub async fn put_mark(&mut self, follower: &str, sequence: Sequence) -> Result<(), StoreError> {
        let row = marks::ActiveModel { follower: Set(follower.to_owned()), sequence: Set(sequence.0) };
        let replace = OnConflict::column(marks::Column::Follower).update_column(marks::Column::Sequence).to_owned();
        marks::Entity::insert(row).on_conflict(replace).exec_without_returning(&self.connection).await?;
        Ok(())
    }
}

/// Writes events that have their numbers and hashes.
pub(crate) async fn insert(connection: &Connection, events: &[Event]) -> Result<(), StoreError> {
    connection.insert_all(events.iter().map(ActiveModel::from).collect(), None).await
}

fn follows(last: Option<&Event>, event: &Event) -> bool {
    let (sequence, hash) = last.map_or((Sequence(0), ContentHash::of(&[])), |last| (last.sequence, last.hash));
    let in_time = last.is_none_or(|last| last.at <= event.at);
    in_time && event.sequence == sequence.next() && event.previous_hash == hash && event.hash == event.chain_hash()
}

impl From<&Event> for ActiveModel {
    fn from(event: &Event) -> Self {
        let Event { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash } = event;
        let EventSubject { entry, locale, revision, asset, key, department, person, role, content_hash, cause } =
            subject;
        Self {
            sequence: Set(sequence.0),
            happened_at: Set(at.unix_ms()),
            kind: Set(kind.as_str().to_owned()),
            actor: Set(actor.to_string()),
            on_behalf_of: Set(on_behalf_of.map(|id| id.0)),
            entry: Set(entry.map(|id| id.0)),
            locale: Set(locale.as_ref().map(|locale| locale.as_str().to_owned())),
            revision: Set(revision.map(|number| number.0)),
            asset: Set(asset.map(|id| id.0)),
            api_key: Set(key.map(|id| id.0)),
            department: Set(department.map(|id| id.0)),
            content_hash: Set(content_hash.map(Hash::from)),
            cause: Set(cause.map(|sequence| sequence.0)),
            previous_hash: Set((*previous_hash).into()),
            hash: Set((*hash).into()),
            person: Set(person.map(|id| id.0)),
            role: Set(role.map(|role| role.as_str().to_owned())),
        }
    }
}

impl TryFrom<Model> for Event {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let Model {
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
            person,
            role,
        } = row;
        let subject = EventSubject {
            entry: entry.map(EntryId),
            locale: locale.map(|locale| stored::locale(&locale)).transpose()?,
            revision: revision.map(RevisionNumber),
            asset: asset.map(AssetId),
            key: api_key.map(KeyId),
            department: department.map(DepartmentId),
            person: person.map(PersonId),
            role: role.map(|role| stored::role(&role)).transpose()?,
            content_hash: content_hash.map(ContentHash::try_from).transpose()?,
            cause: cause.map(Sequence),
        };
        Ok(Self {
            sequence: Sequence(sequence),
            at: stored::time(happened_at)?,
            kind: EventKind::from_stored(&kind).ok_or_else(|| stored::damaged("kind of event", &kind))?,
            actor: stored::actor(&actor)?,
            on_behalf_of: on_behalf_of.map(PersonId),
            subject,
            previous_hash: previous_hash.try_into()?,
            hash: hash.try_into()?,
        })
    }
}
