//! The history of a localization: list, one, comparison, restoring.

use diwan_content::RevisionNumber;
use poem::{Response, http::StatusCode};

use super::{
    common::{NOTE, PAGE_SIZE, changed, entry_id},
    revision_views::{ComparisonView, RevisionContentView, RevisionList, RevisionView},
    views::ChangedLocalization,
};
use crate::{
    delivery::views::Page,
    http::{
        answer::private_json,
        call::Call,
        envelope::{Member, MemberKind},
        problem::Problem,
        problem_codes::ProblemCode,
        query::{Parameter, ParameterKind},
        route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
    },
};

/// Page size when none is asked for.
const DEFAULT_SIZE: u32 = 20;
const REVISION_NUMBER: ParameterKind = ParameterKind::Number(1, i64::MAX);

pub(crate) const LIST: Route = Route {
    method: Verb::Get,
    path: "/entries/{id}/{locale}/revisions",
    operation: "list_revisions",
    summary: "Revisions of a localization, newest first",
    parameters: &[
        PAGE_SIZE,
        Parameter::optional("page[after]", REVISION_NUMBER, "number from `page.next` of the answer before"),
    ],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<RevisionList>("a page")],
    handler: |call| Box::pin(list(call)),
};

pub(crate) const GET: Route = Route {
    path: "/entries/{id}/{locale}/revisions/{number}",
    operation: "get_revision",
    summary: "A revision with its content",
    parameters: &[],
    answers: &[Described::ok::<RevisionContentView>("the revision")],
    handler: |call| Box::pin(get(call)),
    ..LIST
};

pub(crate) const COMPARE: Route = Route {
    path: "/entries/{id}/{locale}/compare",
    operation: "compare_revisions",
    summary: "Two revisions, field by field",
    parameters: &[
        Parameter::required("from", REVISION_NUMBER, "number of the one"),
        Parameter::required("to", REVISION_NUMBER, "number of the other"),
    ],
    answers: &[Described::ok::<ComparisonView>("what differs")],
    handler: |call| Box::pin(compare(call)),
    ..LIST
};

pub(crate) const RESTORE: Route = Route {
    method: Verb::Post,
    path: "/entries/{id}/{locale}/restore_revision",
    operation: "restore_revision",
    summary: "Saves the content of an old revision as a new one. Nothing becomes public",
    parameters: &[],
    body: RequestBody::Json {
        name: "RestoreRevision",
        max: MaxBody::Small,
        members: &[Member::required("revision", MemberKind::Number, "number of the revision to restore"), NOTE],
    },
    condition: Condition::Version,
    answers: &[Described::ok::<ChangedLocalization>("it was restored")],
    handler: |call| Box::pin(restore(call)),
};

async fn list(call: Call) -> Result<Response, Problem> {
    let size = call.query.parsed("page[size]").unwrap_or(DEFAULT_SIZE);
    let before = call.query.parsed("page[after]").map(RevisionNumber);
    // One more than asked for tells whether there is a next page.
    let mut found = call.app.cms.revisions(&call.actor, entry_id(&call)?, &call.locale()?, before, size + 1).await?;
    let more = found.len() > size as usize;
    found.truncate(size as usize);
    let next = found.last().filter(|_| more).map(|last| last.number.to_string());
    let data = found.into_iter().map(RevisionView::from).collect();
    private_json(StatusCode::OK, &RevisionList { data, page: Page { next, size, total: None } })
}

async fn get(call: Call) -> Result<Response, Problem> {
    let number = revision_number(&call, call.path_text("number"))?;
    let locale = call.locale()?;
    let found = call.app.cms.revision(&call.actor, entry_id(&call)?, &locale, number).await?;
    private_json(StatusCode::OK, &RevisionContentView::of(&locale, found))
}

async fn compare(call: Call) -> Result<Response, Problem> {
    let number = |name| revision_number(&call, call.query.text(name).unwrap_or_default());
    let (from, to) = (number("from")?, number("to")?);
    let locale = call.locale()?;
    let found = call.app.cms.compare_revisions(&call.actor, entry_id(&call)?, &locale, from, to).await?;
    private_json(StatusCode::OK, &ComparisonView::of(&locale, found))
}

async fn restore(mut call: Call) -> Result<Response, Problem> {
    let (entry, locale) = (entry_id(&call)?, call.locale()?);
    let (version, ctx) = (call.version()?, call.context()?);
    let envelope = call.members()?;
    let number = envelope.number("revision").map(RevisionNumber);
    let number = number.ok_or_else(|| Problem::new(ProblemCode::Internal).because("a checked member is missing"))?;
    changed(
        StatusCode::OK,
        call.app.cms.restore_revision(&ctx, entry, locale, number, envelope.text("note"), version).await?,
    )
}

fn revision_number(call: &Call, text: &str) -> Result<RevisionNumber, Problem> {
    let number: Option<i64> = if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None };
    number.map(RevisionNumber).ok_or_else(|| Problem::nowhere(&call.path))
}
