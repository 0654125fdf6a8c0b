//! `/livez`, `/readyz` and `/metrics`.

use std::sync::atomic::Ordering;

use diwan_cms::{ClockState, CmsError, IndexState};
use diwan_content::{
    Actor, DepartmentId,
    rights::{Action, Hierarchy},
};
use poem::{
    Response,
    http::{StatusCode, header},
};
use poem_openapi::Object;
use serde::Serialize;

use crate::http::{
    answer::private_json,
    call::Call,
    problem::Problem,
    problem_codes::ProblemCode,
    route::{Condition, Described, RequestBody, Route, Verb},
};

/// Content type of OpenMetrics.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// That the process runs.
#[derive(Serialize, Object)]
struct Live {
    /// Always `live`.
    status: String,
}

/// That requests can be answered.
#[derive(Serialize, Object)]
struct Ready {
    /// Always `ready`.
    status: String,
    /// Always `ok`; otherwise the answer is 503.
    database: String,
    /// How far search has followed the log.
    search: SearchState,
    /// Whether the clock can be believed.
    clock: Clock,
}

/// Whether the clock can be believed.
#[derive(Serialize, Object)]
struct Clock {
    /// `ok`, `behind_log` (it is before the newest event, whose time new events get) or `jumped` (it was set while the
    /// server ran).
    state: String,
    /// By how much: behind the newest event, or set forwards, or backwards if negative.
    seconds: i64,
}

/// How far search has followed the log.
#[derive(Serialize, Object)]
struct SearchState {
    /// `checking` or `building` (it does not answer yet), `outdated` (it answers from the index of before until the next is
    /// made), `following` or `current`.
    state: String,
    /// Last event that search has seen; only for those who may read metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<i64>,
    /// Last event of the log; only for those who may read metrics.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sequence: Option<i64>,
}

/// That the server lives: no part of the APIs.
pub(crate) static LIVE_ROUTES: &[Route] = &[LIVE];
/// That it is ready.
pub(crate) static READY_ROUTES: &[Route] = &[READY];
/// Metrics and health where they have an address of their own, which operators alone reach.
pub(crate) static OPERATORS_ROUTES: &[Route] = &[LIVE, OPERATORS_READY, OPEN_METRICS];
/// Metrics on the main address.
pub(crate) static KEYED_METRICS_ROUTES: &[Route] = &[KEYED_METRICS];

const LIVE: Route = Route {
    method: Verb::Get,
    path: "/livez",
    operation: "get_livez",
    summary: "The process runs",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<Live>("it runs")],
    handler: |_call| Box::pin(async { private_json(StatusCode::OK, &Live { status: "live".to_owned() }) }),
};

const READY: Route = Route {
    path: "/readyz",
    operation: "get_readyz",
    summary: "Requests can be answered: the database answers with its tables as this version knows them, and search answers or its index is being made",
    answers: &[Described::ok::<Ready>("it is ready")],
    handler: |call| {
        let with_sequences = may_read_metrics(&call.actor);
        Box::pin(ready(call, with_sequences))
    },
    ..LIVE
};

const OPERATORS_READY: Route = Route { handler: |call| Box::pin(ready(call, true)), ..READY };

const OPEN_METRICS: Route = Route {
    path: "/metrics",
    operation: "get_metrics",
    summary: "Counters in the text form of OpenMetrics",
    answers: &[Described::bytes(METRICS_TYPE, "counters")],
    handler: |call| Box::pin(metrics(call)),
    ..LIVE
};

const KEYED_METRICS: Route = Route { handler: |call| Box::pin(keyed_metrics(call)), ..OPEN_METRICS };

/// Whether a path is one of those that answer also where everything else is refused.
pub(crate) fn is_health(path: &str) -> bool {
    path == LIVE.path || path == READY.path
}

async fn ready(call: Call, with_sequences: bool) -> Result<Response, Problem> {
    if call.app.is_ending.load(Ordering::Relaxed) {
        return Err(Problem::new(ProblemCode::ShuttingDown));
    }
    let (mark, last) = (search_mark(&call), call.app.cms.probe().await?.0);
    let health = call.app.cms.health();
    if let Some(part) = health.read_only {
        return Err(CmsError::ReadOnly { part, source: None }.into());
    }
    if health.damaged {
        return Err(CmsError::Damaged { what: "found by the last look at its health".to_owned(), source: None }.into());
    }
    let search = call.app.cms.search_state();
    if let None | Some(IndexState::Unchecked | IndexState::Building) = search
        && let Some(why) = call.app.cms.search_failure()
    {
        let problem = Problem::new(ProblemCode::Unavailable).with("part", "search");
        // It names folders of this machine.
        return Err(if with_sequences { problem.with("reason", why) } else { problem });
    }
    let (clock, seconds) = match health.clock {
        ClockState::Ok => ("ok", 0),
        ClockState::BehindLog { seconds } => ("behind_log", seconds),
        ClockState::Jumped { seconds } => ("jumped", seconds),
    };
    let clock = Clock { state: clock.to_owned(), seconds };
    let state = match search {
        None | Some(IndexState::Unchecked) => "checking",
        Some(IndexState::Building) => "building",
        Some(IndexState::Outdated) => "outdated",
        Some(IndexState::Ready) if mark >= last => "current",
        Some(IndexState::Ready) => "following",
    };
    let shown = |sequence| Some(sequence).filter(|_| with_sequences);
    let search = SearchState { state: state.to_owned(), mark: shown(mark), last_sequence: shown(last) };
    private_json(StatusCode::OK, &Ready { status: "ready".to_owned(), database: "ok".to_owned(), search, clock })
}

async fn keyed_metrics(call: Call) -> Result<Response, Problem> {
    if !may_read_metrics(&call.actor) {
        return Err(CmsError::Forbidden(Action::ReadMetrics).into());
    }
    metrics(call).await
}

async fn metrics(call: Call) -> Result<Response, Problem> {
    let last = call.app.cms.last_sequence().await.map_err(|_| Problem::new(ProblemCode::Unavailable))?;
    let text = call.app.metrics.text(last.0, search_mark(&call));
    let builder =
        Response::builder().header(header::CONTENT_TYPE, METRICS_TYPE).header(header::CACHE_CONTROL, "no-store");
    Ok(builder.header(header::CONTENT_LENGTH, text.len()).body(text))
}

/// The last event that search has seen; 0 while its index is being filled.
fn search_mark(call: &Call) -> i64 {
    call.app.cms.search_mark().map_or(0, |mark| mark.0)
}

/// Metrics are of the whole ministry, whose place needs no hierarchy.
fn may_read_metrics(actor: &Actor) -> bool {
    actor.permit(Action::ReadMetrics, DepartmentId::MINISTRY, &Hierarchy::default()).is_ok()
}
