//! `POST /v1/search/clicks`: which hits are followed, counted without who followed them.

use diwan_cms::{QUERY_MAX_CHARS, SearchClick};
use diwan_content::EntryId;
use poem::{
    Response,
    http::{StatusCode, header},
};

use super::common::scope;
use crate::http::{
    call::Call,
    envelope::{Member, MemberKind},
    problem::Problem,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

/// The longest legal body: a query in which each character is written as two escapes of six bytes (such as `\ud83d\ude00`), and
/// 1 KiB for all else.
const MAX_BYTES: usize = 12 * QUERY_MAX_CHARS + 1_024;

pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/search/clicks",
    operation: "record_click",
    summary: "Counts that a hit was followed; nothing is kept about who did",
    parameters: &[],
    body: RequestBody::Json {
        name: "SearchClick",
        max: MaxBody::Bytes(MAX_BYTES),
        members: &[
            Member::required("q", MemberKind::Text(QUERY_MAX_CHARS), "the query as it was asked"),
            Member::required("entry", MemberKind::Id, "the entry that was gone to"),
            Member::required("position", MemberKind::Number, "its place among the hits, from 1"),
            Member::optional("locale", MemberKind::Locale, "the locale that was searched; absent: all"),
        ],
    },
    condition: Condition::None,
    answers: &[Described::nothing(202, "received, whether it counts or not")],
    handler: |call| Box::pin(click(call)),
};

async fn click(mut call: Call) -> Result<Response, Problem> {
    let members = call.members()?;
    let click = SearchClick {
        query: members.text("q").unwrap_or_default(),
        locale: members.parsed("locale"),
        entry: EntryId(members.parsed("entry").unwrap_or_default()),
        position: members.number("position").and_then(|position| u32::try_from(position).ok()).unwrap_or(u32::MAX),
    };
    call.app.cms.record_click(scope(&call), &click);
    Ok(Response::builder().status(StatusCode::ACCEPTED).header(header::CACHE_CONTROL, "no-store").finish())
}
