//! The history of a localization: list, one, comparison, restoring.

use diwan_content::RevisionNumber;
use poem::{Response, http::StatusCode};

use super::{
    common::NOTE,
    revision_views::{ComparisonView, RevisionContentView, RevisionList, RevisionView},
    views::{ChangedLocalization, changed},
};
use crate::{
    delivery::list_views::Page,
    http::{
        answer::private_json,
        call::Call,
        problem::Problem,
        request::{
            conditions::AtVersion,
            members::{FromMembers, JsonBody, MaxBody, Member, Members},
            parameters::{InLocale, PAGE_SIZE, Parameter, Parameters, PathParameter},
            reader::RequestReader,
        },
        route::Route,
    },
};

const NUMBER: PathParameter<RevisionNumber> = PathParameter::number("number");
const AFTER_NUMBER: Parameter<RevisionNumber> =
    Parameter::number("page[after]", 1, i64::MAX, "number from `page.next` of the answer before");
const FROM: Parameter<RevisionNumber> = Parameter::number("from", 1, i64::MAX, "number of the one");
const TO: Parameter<RevisionNumber> = Parameter::number("to", 1, i64::MAX, "number of the other");
const REVISION: Member<RevisionNumber> = Member::number("revision", "number of the revision to restore");

pub(super) fn list_route() -> Route {
    let summary = "Revisions of a localization, newest first";
    Route::get("/entries/{id}/{locale}/revisions", "list_revisions", summary).ok::<RevisionList>("a page").to(list)
}

pub(super) fn get_route() -> Route {
    Route::get("/entries/{id}/{locale}/revisions/{number}", "get_revision", "A revision with its content")
        .ok::<RevisionContentView>("the revision")
        .to(get)
}

pub(super) fn compare_route() -> Route {
    Route::get("/entries/{id}/{locale}/compare", "compare_revisions", "Two revisions, field by field")
        .ok::<ComparisonView>("what differs")
        .to(compare)
}

pub(super) fn restore_route() -> Route {
    let summary = "Saves the content of an old revision as a new one. Nothing becomes public";
    Route::post("/entries/{id}/{locale}/restore_revision", "restore_revision", summary)
        .ok::<ChangedLocalization>("it was restored")
        .with_body(restore)
}

struct ListRevisions {
    place: InLocale,
    size: Option<u32>,
    after: Option<RevisionNumber>,
}

impl Parameters for ListRevisions {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self {
            place: InLocale::read(request),
            size: request.optional(&PAGE_SIZE),
            after: request.optional(&AFTER_NUMBER),
        }
    }
}

struct ReadRevision {
    place: InLocale,
    number: RevisionNumber,
}

impl Parameters for ReadRevision {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { place: InLocale::read(request), number: request.path(&NUMBER) }
    }
}

struct Compare {
    place: InLocale,
    from: RevisionNumber,
    to: RevisionNumber,
}

impl Parameters for Compare {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { place: InLocale::read(request), from: request.required(&FROM), to: request.required(&TO) }
    }
}

struct Restore {
    revision: RevisionNumber,
    note: Option<String>,
}

impl FromMembers for Restore {
    fn read(members: &mut Members) -> Self {
        Self { revision: members.required(&REVISION), note: members.optional(&NOTE) }
    }
}

impl JsonBody for Restore {
    const NAME: &'static str = "RestoreRevision";
    const MAX: MaxBody = MaxBody::Small;
}

async fn list(call: Call, list: ListRevisions) -> Result<Response, Problem> {
    let ListRevisions { place: InLocale { entry, locale }, size, after } = list;
    let size = size.unwrap_or(diwan_cms::DEFAULT_PAGE_SIZE);
    // One more than asked for tells whether there is a next page.
    let mut found = call.app.cms.revisions(&call.actor, entry, &locale, after, size + 1).await?;
    let more = found.len() > size as usize;
    found.truncate(size as usize);
    let next = found.last().filter(|_| more).map(|last| last.number.to_string());
    let data = found.into_iter().map(RevisionView::from).collect();
    private_json(StatusCode::OK, &RevisionList { data, page: Page { next, size, total: None } })
}

async fn get(call: Call, ReadRevision { place, number }: ReadRevision) -> Result<Response, Problem> {
    let InLocale { entry, locale } = place;
    let found = call.app.cms.revision(&call.actor, entry, &locale, number).await?;
    private_json(StatusCode::OK, &RevisionContentView::of(&locale, found))
}

async fn compare(call: Call, Compare { place, from, to }: Compare) -> Result<Response, Problem> {
    let InLocale { entry, locale } = place;
    let found = call.app.cms.compare_revisions(&call.actor, entry, &locale, from, to).await?;
    private_json(StatusCode::OK, &ComparisonView::of(&locale, found))
}

async fn restore(
    call: Call,
    at: AtVersion<InLocale>,
    Restore { revision, note }: Restore,
) -> Result<Response, Problem> {
    let (ctx, AtVersion { of: InLocale { entry, locale }, version }) = (call.context()?, at);
    let outcome = call.app.cms.restore_revision(&ctx, entry, locale, revision, note, version).await?;
    changed(StatusCode::OK, outcome)
}
