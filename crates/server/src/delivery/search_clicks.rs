//! `POST /v1/search/clicks`: which hits are followed, counted without who followed them.

use diwan_cms::{QUERY_MAX_CHARS, SearchClick};
use diwan_content::{EntryId, Locale};
use poem::{
    Response,
    http::{StatusCode, header},
};

use crate::http::{
    call::Call,
    problem::Problem,
    request::members::{FromMembers, JsonBody, MaxBody, Member, Members},
    route::Route,
};

/// The longest legal body: a query in which each character is written as two escapes of six bytes (such as `\ud83d\ude00`), and
/// 1 KiB for all else.
const MAX_BYTES: usize = 12 * QUERY_MAX_CHARS + 1_024;

const Q: Member<String> = Member::text("q", QUERY_MAX_CHARS, "the query as it was asked");
const ENTRY: Member<EntryId> = Member::new("entry", "the entry that was gone to");
const POSITION: Member<u32> = Member::number("position", "its place among the hits, from 1");
const LOCALE: Member<Locale> = Member::new("locale", "the locale that was searched; absent: all");

pub(super) fn route() -> Route {
    let summary = "Counts that a hit was followed; nothing is kept about who did";
    Route::post("/search/clicks", "record_click", summary)
        .accepted("received, whether it counts or not")
        .with_body(click)
}

struct Click(SearchClick);

impl FromMembers for Click {
    fn read(members: &mut Members) -> Self {
        Self(SearchClick {
            query: members.required(&Q),
            entry: members.required(&ENTRY),
            position: members.required(&POSITION),
            locale: members.optional(&LOCALE),
        })
    }
}

impl JsonBody for Click {
    const NAME: &'static str = "SearchClick";
    const MAX: MaxBody = MaxBody::Bytes(MAX_BYTES);
}

async fn click(call: Call, (): (), Click(click): Click) -> Result<Response, Problem> {
    call.app.cms.record_click(call.actor.public_scope(), &click);
    Ok(Response::builder().status(StatusCode::ACCEPTED).header(header::CACHE_CONTROL, "no-store").finish())
}
