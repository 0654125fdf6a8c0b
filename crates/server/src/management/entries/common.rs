//! What routes of entries share.

use diwan_cms::{MAX_NOTE_CHARS, RevisionInput};
use diwan_content::{CalendarDate, EntryId, Fault, Handle, LocaleRole, Pointer, Rank, RevisionNumber, Slug};
use serde_json::Value;

use crate::http::{
    call::Call,
    problem::Problem,
    request::{
        members::{Member, Members},
        parameters::Parameter,
    },
};

/// A collection that entries are of.
pub(crate) const COLLECTION: Parameter<String> = Parameter::text("collection", Handle::MAX_BYTES, "of this collection");

/// The data of a revision.
pub(crate) const DATA: Member<Value> = Member::data("data", "the whole own data, as the blueprint's form has it");
/// Its slug.
pub(crate) const SLUG: Member<String> = Member::text(
    "slug",
    Slug::MAX_CHARS,
    "last segment of the path; absent or null: as it was, at first made of the title, none while there is no title; empty: the home page of a tree",
);
/// Its parent.
pub(crate) const PARENT: Member<EntryId> =
    Member::new("parent", "page above in a tree; null: a root; absent: as it was");
/// Its rank.
pub(crate) const RANK: Member<Rank> =
    Member::new("rank", "place among siblings in a tree; absent: as it was, at first behind all");
/// Its date.
pub(crate) const DATE: Member<CalendarDate> =
    Member::new("date", "date of dated entries; absent: as it was, at first today");
/// Why it was saved.
pub(crate) const NOTE: Member<String> = Member::text("note", MAX_NOTE_CHARS, "why, for the history");
/// What it translates.
pub(crate) const TRANSLATES: Member<RevisionNumber> = Member::number(
    "translates",
    "revision of the origin that this one translates; absent: the origin's newest one where the data change, else as it was",
);

/// The members of a revision that translates nothing.
pub(crate) fn revision_input(members: &mut Members) -> RevisionInput {
    RevisionInput {
        slug: members.nullable(&SLUG),
        parent: members.keep(&PARENT),
        rank: members.optional(&RANK),
        date: members.optional(&DATE),
        data: members.data(&DATA),
        note: members.optional(&NOTE),
        translates: None,
    }
}

/// The faults of data that their blueprint alone decides, for a body that has other faults.
pub(crate) fn data_faults(call: &Call, data: &Value, blueprint: Option<&str>, role: &LocaleRole) -> Vec<Fault> {
    let found = blueprint.and_then(|handle| call.app.cms.registry().find_blueprint(handle));
    match (found, data) {
        (Some(blueprint), Value::Object(_)) => blueprint.read(data, role, &Pointer::root().key("data")).1,
        (_, _) => Vec::new(),
    }
}

/// The collection that [`COLLECTION`] names, if it names one.
pub(crate) fn known_collection(call: &Call, handle: Option<&str>) -> Result<Option<Handle>, Problem> {
    let Some(handle) = handle else { return Ok(None) };
    let registry = call.app.cms.registry();
    match registry.find_collection(handle) {
        Some(collection) => Ok(Some(collection.handle.clone())),
        None => {
            Err(COLLECTION.not_one_of(registry.collections().map(|collection| collection.handle.as_str()).collect()))
        }
    }
}
