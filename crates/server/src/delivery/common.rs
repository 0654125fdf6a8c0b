//! What routes of the delivery API share.

use diwan_cms::{REDIRECT_STATUS, ReadRequest, Selection};
use diwan_content::{
    Locale, Registry, Timestamp,
    rights::{Moment, PublicScope},
};
use poem::Response;

use crate::http::{
    call::Call,
    problem::{Problem, ProblemCode},
    request::{
        parameters::{Parameter, Parameters},
        reader::RequestReader,
    },
};

/// Locale of the answer.
pub(crate) const LOCALE: Parameter<Locale> =
    Parameter::new("locale", "locale of the answer; absent: the collection's origin");
/// Look at what was public at a time.
pub(crate) const AS_OF: Parameter<Timestamp> = Parameter::new(
    "as_of",
    "what was public at this time; in collections with `public_history` for all, else for keys of publishers, auditors and system administrators",
);
const INCLUDE: Parameter<String> = Parameter::text(
    "include",
    2_000,
    "names with commas between them to expand under `included`: reference fields, or the reverse names of others; with dots to go on from there, to depth 3",
);
const FIELDS: Parameter<String> = Parameter::text(
    "fields",
    4_000,
    "names of fields with commas between them to which `data` is narrowed; `fields[<name in include>]=…` does the same for included entries",
);
const INCLUDED_FIELDS: Parameter<String> = Parameter::text("fields", 4_000, "fields of included entries");

/// The moment that the caller looks at, as a parameter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AsOf(Option<Timestamp>);

impl Parameters for AsOf {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.optional(&AS_OF))
    }
}

impl AsOf {
    /// The moment.
    pub(crate) async fn moment(self, call: &Call) -> Result<Moment, Problem> {
        Ok(call.app.cms.moment(&call.actor, self.0).await?)
    }

    /// A read of whole entries at this moment.
    pub(crate) async fn read_request(self, call: &Call) -> Result<ReadRequest, Problem> {
        Ok(ReadRequest { scope: scope(call), moment: self.moment(call).await?, selection: Selection::default() })
    }
}

/// Which fields of entries, what beside them, and at which moment.
pub(crate) struct ReadOptions {
    /// Which fields, and what beside them.
    pub(crate) selection: Selection,
    /// At which moment.
    pub(crate) as_of: AsOf,
}

impl Parameters for ReadOptions {
    fn read(request: &mut RequestReader<'_>) -> Self {
        let selection = Selection {
            include: request.optional(&INCLUDE),
            fields: request.optional(&FIELDS),
            included_fields: request.bracketed(&INCLUDED_FIELDS),
        };
        Self { selection, as_of: AsOf::read(request) }
    }
}

impl ReadOptions {
    /// The read.
    pub(crate) async fn read_request(self, call: &Call) -> Result<ReadRequest, Problem> {
        Ok(ReadRequest { selection: self.selection, ..self.as_of.read_request(call).await? })
    }

    /// How many names `include` has.
    pub(crate) fn included_names(&self) -> usize {
        self.selection.include.as_deref().map_or(0, |names| names.split(',').count())
    }
}

/// Answers a read of one entry: one plain page is free, one with `include` takes its turn.
pub(crate) async fn page_or_turn<A>(
    call: Call,
    included_names: usize,
    read: impl FnOnce(Call) -> A,
) -> Result<Response, Problem>
where
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    if included_names == 0 { read(call).await } else { in_turn(call, included_names, read).await }
}

/// Answers a read that is more than one plain page: it is charged to its client, and clients take turns.
pub(crate) async fn in_turn<A>(
    mut call: Call,
    included_names: usize,
    read: impl FnOnce(Call) -> A,
) -> Result<Response, Problem>
where
    A: Future<Output = Result<Response, Problem>> + Send + 'static,
{
    call.spend(1 + included_names)?;
    let (cms, client) = (call.app.cms.clone(), call.token());
    cms.in_turn(client, read(call)).await?
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
