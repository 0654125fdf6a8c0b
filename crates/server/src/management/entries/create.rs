//! `POST /manage/v1/entries`: a new entry with its first revision.

use diwan_cms::CreateEntry;
use diwan_content::{DepartmentId, EntryId, Fault, Handle, Locale, LocaleRole};
use poem::{Response, http::StatusCode};

use super::{
    common::{data_faults, revision_input},
    views::{ChangedLocalization, changed},
};
use crate::http::{
    call::Call,
    problem::Problem,
    request::members::{FromMembers, JsonBody, MaxBody, Member, Members, SentBody},
    route::Route,
};

const COLLECTION: Member<String> = Member::text("collection", Handle::MAX_BYTES, "its collection");
const BLUEPRINT: Member<String> =
    Member::text("blueprint", Handle::MAX_BYTES, "its blueprint; absent: the collection's first");
const LOCALE: Member<String> =
    Member::text("locale", Locale::MAX_BYTES, "its locale, which must be the collection's origin; absent: that");
const ID: Member<EntryId> = Member::new("id", "its id, where you bring one");
const DEPARTMENT: Member<DepartmentId> =
    Member::new("department", "department that owns it; for a department: the one above it");

pub(super) fn route() -> Route {
    let summary = "Makes an entry with the first revision of its origin. Nothing becomes public";
    Route::post("/entries", "create_entry", summary)
        .created::<ChangedLocalization>("it was made")
        .with_sent_body(create)
}

/// The body of a new entry.
pub(crate) struct Create(CreateEntry);

impl FromMembers for Create {
    fn read(members: &mut Members) -> Self {
        Self(CreateEntry {
            collection: members.required(&COLLECTION),
            blueprint: members.optional(&BLUEPRINT),
            locale: members.optional(&LOCALE),
            id: members.optional(&ID),
            department: members.optional(&DEPARTMENT),
            revision: revision_input(members),
        })
    }
}

impl JsonBody for Create {
    const NAME: &'static str = "CreateEntry";
    const MAX: MaxBody = MaxBody::Content;
}

async fn create(call: Call, (): (), body: SentBody<Create>) -> Result<Response, Problem> {
    let ctx = call.context()?;
    let more = body.faulty().map(|Create(input)| more_faults(&call, input)).unwrap_or_default();
    let Create(input) = body.with_faults(more).sound()?;
    changed(StatusCode::CREATED, call.app.cms.create_entry(&ctx, input).await?)
}

fn more_faults(call: &Call, input: &CreateEntry) -> Vec<Fault> {
    let collection = call.app.cms.registry().find_collection(&input.collection);
    let first = || collection.and_then(|collection| collection.blueprints.first().map(ToString::to_string));
    let blueprint = input.blueprint.clone().or_else(first);
    data_faults(call, &input.revision.data, blueprint.as_deref(), &LocaleRole::Origin)
}
