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
    frame::{LIVE_PATH, READY_PATH},
    problem::{Problem, ProblemCode},
    route::{Route, RouteHead},
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

/// Whether the process runs: no part of the APIs.
pub(crate) fn live() -> Route {
    Route::get(LIVE_PATH, "get_livez", "The process runs").ok::<Live>("it runs").to(answer_live)
}

/// Whether requests can be answered.
pub(crate) fn ready() -> Route {
    ready_head().to(|call, ()| {
        let with_sequences = may_read_metrics(&call.actor);
        answer_ready(call, with_sequences)
    })
}

/// The same where operators alone reach it.
pub(crate) fn operators_ready() -> Route {
    ready_head().to(|call, ()| answer_ready(call, true))
}

/// Metrics for holders of keys that may read them.
pub(crate) fn keyed_metrics() -> Route {
    metrics_head().to(answer_keyed_metrics)
}

/// Metrics where operators alone reach them.
pub(crate) fn open_metrics() -> Route {
    metrics_head().to(|call, ()| answer_metrics(call))
}

fn ready_head() -> RouteHead {
    let summary = "Requests can be answered: the database answers with its tables as this version knows them, and search answers or its index is being made";
    Route::get(READY_PATH, "get_readyz", summary).ok::<Ready>("it is ready")
}

fn metrics_head() -> RouteHead {
    Route::get("/metrics", "get_metrics", "Counters in the text form of OpenMetrics").bytes(METRICS_TYPE, "counters")
}

async fn answer_live(_call: Call, (): ()) -> Result<Response, Problem> {
    private_json(StatusCode::OK, &Live { status: "live".to_owned() })
}

async fn answer_ready(call: Call, with_sequences: bool) -> Result<Response, Problem> {
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

async fn answer_keyed_metrics(call: Call, (): ()) -> Result<Response, Problem> {
    if !may_read_metrics(&call.actor) {
        return Err(CmsError::Forbidden(Action::ReadMetrics).into());
    }
    answer_metrics(call).await
}

async fn answer_metrics(call: Call) -> Result<Response, Problem> {
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
