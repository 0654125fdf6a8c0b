//! `POST /v1/search/clicks`: which hits are followed, counted without whoever followed them.

use diwan_cms::SearchClick;
use diwan_content::EntryId;
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use crate::http::{
    answer::private_json,
    call::Call,
    envelope::{Member, MemberKind},
    problem::Problem,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/search/clicks",
    operation: "record_click",
    summary: "Counts that a hit was followed; nothing is kept about who did",
    parameters: &[],
    body: RequestBody::Json {
        name: "SearchClick",
        max: MaxBody::Bytes(1_024),
        members: &[
            Member::required("q", MemberKind::Text(1_000), "the query as it was asked"),
            Member::required("entry", MemberKind::Id, "the entry that was gone to"),
            Member::required("position", MemberKind::Number, "its place among the hits, from 1"),
            Member::optional("locale", MemberKind::Locale, "the locale that was searched; absent: all"),
        ],
    },
    condition: Condition::None,
    answers: &[Described::json::<ClickAnswer>(202, "taken note of")],
    handler: |call| Box::pin(click(call)),
};

/// What became of a click.
#[derive(Serialize, Object)]
struct ClickAnswer {
    /// It is counted: the query was asked here today, the entry is public, and there is room.
    counted: bool,
}

async fn click(mut call: Call) -> Result<Response, Problem> {
    let members = call.members()?;
    let click = SearchClick {
        query: members.text("q").unwrap_or_default(),
        locale: members.parsed("locale"),
        entry: EntryId(members.parsed("entry").unwrap_or_default()),
        position: members.number("position").and_then(|position| u32::try_from(position).ok()).unwrap_or(u32::MAX),
    };
    let counted = call.app.cms.record_click(&click).await?;
    private_json(StatusCode::ACCEPTED, &ClickAnswer { counted })
}
