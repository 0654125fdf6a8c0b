//! For auditors: events and refusals.

use diwan_cms::{EventQuery, EventsPage, LeftOut, Refusal};
use diwan_content::{EntryId, Event, EventKind, EventSubject, Expected, Sequence, Timestamp};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    delivery::list_views::Page,
    http::{
        answer::{private_json, scalars::Time},
        call::Call,
        problem::Problem,
        request::{
            parameters::{PAGE_AFTER, PAGE_SIZE, Paging, Parameter, Parameters},
            reader::RequestReader,
        },
        route::Route,
    },
};

const ENTRY: Parameter<EntryId> = Parameter::new("entry", "of this entry");
const KIND: Parameter<String> = Parameter::text("kind", 40, "of this kind");
const AFTER_SEQUENCE: Parameter<Sequence> =
    Parameter::number("page[after]", 1, i64::MAX, "sequence from `page.next` of the answer before");

pub(super) fn events_route() -> Route {
    let summary = "Successful changes, newest first: ids and hashes, never content or names";
    Route::get("/events", "list_events", summary).ok::<EventList>("a page").to(events)
}

pub(super) fn refusals_route() -> Route {
    let summary = "Refused requests, newest first; those of nobody known are counted by the minute";
    Route::get("/refusals", "list_refusals", summary).ok::<RefusalList>("a page").to(refusals)
}

struct ListEvents {
    entry: Option<EntryId>,
    kind: Option<String>,
    size: Option<u32>,
    after: Option<Sequence>,
}

impl Parameters for ListEvents {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            entry: request.optional(&ENTRY),
            kind: request.optional(&KIND),
            size: request.optional(&PAGE_SIZE),
            after: request.optional(&AFTER_SEQUENCE),
        }
    }
}

/// A successful change.
#[derive(Serialize, Object)]
#[oai(rename = "Event")]
struct EventView {
    /// Its place in the log, without gaps.
    sequence: i64,
    /// When.
    at: Time,
    /// What happened.
    kind: String,
    /// By whom: `key:<id>`, `person:<id>`, `system`.
    actor: String,
    /// Person behind the key.
    on_behalf_of: Option<Uuid>,
    /// The entry.
    entry: Option<Uuid>,
    /// The locale.
    locale: Option<String>,
    /// Number of the revision.
    revision: Option<i64>,
    /// The asset.
    asset: Option<Uuid>,
    /// The key that was made or revoked.
    key: Option<Uuid>,
    /// The department.
    department: Option<Uuid>,
    /// The user that it was about.
    person: Option<Uuid>,
    /// The role that was given or taken.
    role: Option<String>,
    /// Hash of what was saved or became public, or of the whole grant.
    content_hash: Option<String>,
    /// The event that caused it.
    cause: Option<i64>,
    /// Hash of the event before.
    previous_hash: String,
    /// Hash of this event over the one before.
    hash: String,
}

/// A page of events.
#[derive(Serialize, Object)]
struct EventList {
    /// Events, newest first.
    data: Vec<EventView>,
    /// How to go on.
    page: Page,
}

/// A refused request.
#[derive(Serialize, Object)]
#[oai(rename = "Refusal")]
struct RefusalView {
    /// Its id.
    id: Uuid,
    /// When.
    at: Time,
    /// Who asked.
    actor: String,
    /// For what.
    action: String,
    /// About which entry.
    entry: Option<Uuid>,
    /// Code of the problem that was answered.
    code: String,
    /// The request's id.
    request_id: String,
}

/// A page of refusals.
#[derive(Serialize, Object)]
struct RefusalList {
    /// Refusals, newest first.
    data: Vec<RefusalView>,
    /// Of the hours in which too many were refused to be listed one by one, the newest hundred.
    left_out: Vec<LeftOutView>,
    /// How to go on.
    page: Page,
}

/// Refusals that are only counted.
#[derive(Serialize, Object)]
#[oai(rename = "RefusalsLeftOut")]
struct LeftOutView {
    /// Beginning of the hour.
    hour_at: Time,
    /// To whom they were refused.
    actor: String,
    /// How many.
    refusals: u64,
}

impl From<Event> for EventView {
    fn from(event: Event) -> Self {
        let Event { sequence, at, kind, actor, on_behalf_of, subject, previous_hash, hash } = event;
        let EventSubject { entry, locale, revision, asset, key, department, person, role, content_hash, cause } =
            subject;
        Self {
            sequence: sequence.0,
            at: Time(at),
            kind: kind.as_str().to_owned(),
            actor: actor.to_string(),
            on_behalf_of: on_behalf_of.map(|id| id.0),
            entry: entry.map(|id| id.0),
            locale: locale.map(|locale| locale.to_string()),
            revision: revision.map(|number| number.0),
            asset: asset.map(|id| id.0),
            key: key.map(|id| id.0),
            department: department.map(|id| id.0),
            person: person.map(|id| id.0),
            role: role.map(|role| role.as_str().to_owned()),
            content_hash: content_hash.map(|hash| hash.to_string()),
            cause: cause.map(|sequence| sequence.0),
            previous_hash: previous_hash.to_string(),
            hash: hash.to_string(),
        }
    }
}

impl From<Refusal> for RefusalView {
    fn from(refusal: Refusal) -> Self {
        let Refusal { id, at, actor, action, entry, code, request_id } = refusal;
        Self { id, at: Time(at), actor: actor.to_string(), action, entry: entry.map(|entry| entry.0), code, request_id }
    }
}

async fn events(call: Call, events: ListEvents) -> Result<Response, Problem> {
    let ListEvents { entry, kind, size, after } = events;
    let kind = match kind {
        None => None,
        Some(text) => {
            let unknown = || KIND.not_one_of(EventKind::ALL.map(EventKind::as_str).to_vec());
            Some(EventKind::from_stored(&text).ok_or_else(unknown)?)
        }
    };
    let query = EventQuery { entry, kind, before: after, size };
    let EventsPage { items, next, size } = call.app.cms.events(&call.actor, query).await?;
    let page = Page { next: next.map(|sequence| sequence.to_string()), size, total: None };
    private_json(StatusCode::OK, &EventList { data: items.into_iter().map(EventView::from).collect(), page })
}

async fn refusals(call: Call, Paging { size, after }: Paging) -> Result<Response, Problem> {
    let size = size.unwrap_or(diwan_cms::DEFAULT_PAGE_SIZE);
    let before = match after {
        None => None,
        Some(text) => Some(place(&text).ok_or_else(|| PAGE_AFTER.problem(Expected::Cursor))?),
    };
    let found = call.app.cms.refusals(&call.actor, before, Some(size)).await?;
    let left_out = call.app.cms.refusals_left_out(&call.actor).await?;
    let left_out = left_out
        .into_iter()
        .map(|LeftOut { at, actor, refusals }| LeftOutView { hour_at: Time(at), actor: actor.to_string(), refusals })
        .collect();
    let full = found.len() == size as usize;
    let next = found.last().filter(|_| full).map(|last| format!("{}_{}", last.at.unix_ms(), last.id));
    let data = found.into_iter().map(RefusalView::from).collect();
    private_json(StatusCode::OK, &RefusalList { data, left_out, page: Page { next, size, total: None } })
}

/// A place in the list of refusals: time and id of the last one seen. It opens nothing, so it needs no seal.
fn place(text: &str) -> Option<(Timestamp, Uuid)> {
    let (at, id) = text.split_once('_')?;
    Some((Timestamp::from_unix_ms(at.parse().ok()?).ok()?, id.parse().ok()?))
}
