//! What routes of the delivery API share.

use diwan_cms::{MAX_PAGE_SIZE, REDIRECT_STATUS, ReadRequest, Selection};
use diwan_content::{
    CURSOR_MAX_CHARS, Locale, Registry, Timestamp,
    rights::{Moment, PublicScope},
};
use poem::{Response, http::header};

use crate::http::{
    answer::CACHE_TAG,
    call::Call,
    problem::Problem,
    problem_codes::ProblemCode,
    query::{Parameter, ParameterKind},
    route::Handling,
};

/// Locale of the answer.
pub(crate) const LOCALE: Parameter =
    Parameter::optional("locale", ParameterKind::Locale, "locale of the answer; absent: the collection's origin");
/// Size of a page.
pub(crate) const PAGE_SIZE: Parameter = Parameter::optional(
    "page[size]",
    ParameterKind::Number(1, MAX_PAGE_SIZE as i64),
    "at most so many; 20 when absent",
);
/// Place of a page.
pub(crate) const PAGE_AFTER: Parameter = Parameter::optional(
    "page[after]",
    ParameterKind::Text(CURSOR_MAX_CHARS),
    "cursor from `page.next` of the answer before",
);

/// Look at what was public at a time.
pub(crate) const AS_OF: Parameter = Parameter::optional(
    "as_of",
    ParameterKind::PastTime,
    "what was public at this time; in collections with `public_history` for all, else for keys of publishers, auditors and system administrators",
);
/// What is expanded beside entries.
pub(crate) const INCLUDE: Parameter = Parameter::optional(
    "include",
    ParameterKind::Text(2_000),
    "names with commas between them to expand under `included`: reference fields, or the reverse names of others; with dots to go on from there, to depth 3",
);
/// Which fields are answered.
pub(crate) const FIELDS: Parameter = Parameter::optional(
    "fields",
    ParameterKind::Text(4_000),
    "names of fields with commas between them to which `data` is narrowed; `fields[<name in include>]=…` does the same for included entries",
);
/// The same for what is included.
pub(crate) const INCLUDED_FIELDS: Parameter =
    Parameter::optional("fields[]", ParameterKind::Text(4_000), "fields of included entries");

/// The moment that the caller looks at.
pub(crate) async fn moment(call: &Call) -> Result<Moment, Problem> {
    Ok(call.app.cms.moment(&call.actor, call.query.parsed("as_of")).await?)
}

/// Which fields the caller wants, and what beside them.
pub(crate) fn selection(call: &Call) -> Selection {
    let included = call.query.bracketed("fields[]").into_iter();
    Selection {
        include: call.query.text("include").map(str::to_owned),
        fields: call.query.text("fields").map(str::to_owned),
        included_fields: included.map(|(name, fields)| (name.to_owned(), fields.to_owned())).collect(),
    }
}

/// Who asks, of which moment, and how much.
pub(crate) async fn read_request(call: &Call) -> Result<ReadRequest, Problem> {
    Ok(ReadRequest { scope: scope(call), moment: moment(call).await?, selection: selection(call) })
}

/// Answers a read of one entry: one plain page is free, one with `include` takes its turn.
pub(crate) async fn page_or_turn(call: Call, read: fn(Call) -> Handling) -> Result<Response, Problem> {
    if call.query.text("include").is_none() { read(call).await } else { in_turn(call, read).await }
}

/// Answers a read that is more than one plain page: it is charged to its client, and clients take turns.
pub(crate) async fn in_turn(mut call: Call, read: fn(Call) -> Handling) -> Result<Response, Problem> {
    call.spend(1 + included_names(&call))?;
    let (cms, client) = (call.app.cms.clone(), call.token());
    cms.in_turn(client, read(call)).await?
}

/// How many names `include` has.
pub(crate) fn included_names(call: &Call) -> usize {
    call.query.text("include").map_or(0, |names| names.split(',').count())
}

/// The answer as caches may keep it: what only some may see of the past is kept by none.
pub(crate) fn kept(mut response: Response, moment: &Moment) -> Response {
    if moment.past().is_some_and(diwan_content::rights::Past::is_privileged) {
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
        headers.remove(CACHE_TAG);
    }
    response
}

/// An entry that was taken back in favour of a page.
pub(crate) fn moved(to: &str, locale: &Locale) -> Problem {
    let problem = Problem::new(ProblemCode::Moved).with("to", to).with("locale", locale.as_str());
    problem.with("redirect_status", REDIRECT_STATUS)
}

/// A page that was withdrawn, with the day on which that was in the installation's time zone.
pub(crate) fn gone(call: &Call, at: Timestamp) -> Problem {
    let day = call.app.cms.time_zone().day_at(at);
    Problem::new(ProblemCode::Gone).with("at", at.to_string()).with("date", day.to_string())
}

/// What the caller may be shown.
pub(crate) fn scope(call: &Call) -> PublicScope {
    call.actor.public_scope()
}

/// How long caches may keep answers about a collection.
pub(crate) fn max_age(registry: &Registry, collection: &str) -> u32 {
    registry.find_collection(collection).map_or(0, |collection| collection.max_age_seconds)
}

/// How long caches may keep answers about all collections.
pub(crate) fn least_max_age(registry: &Registry) -> u32 {
    registry.collections().map(|collection| collection.max_age_seconds).min().unwrap_or(0)
}
