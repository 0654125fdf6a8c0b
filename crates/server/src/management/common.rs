//! What routes of the management API share.

use diwan_cms::{LocalizationState, MAX_NOTE_CHARS, MAX_PAGE_SIZE, Outcome, RevisionInput};
use diwan_content::{CURSOR_MAX_CHARS, EntryId, Fault, Handle, LocaleRole, Pointer, RevisionNumber, Slug};
use poem::{
    Response,
    http::{StatusCode, header},
};
use serde_json::Value;

use super::views::ChangedLocalization;
use crate::http::{
    answer::{versioned_json, with_header, with_sequence},
    call::Call,
    envelope::{Envelope, Member, MemberKind},
    problem::Problem,
    query::{Parameter, ParameterKind},
};

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

/// The data of a revision.
pub(crate) const DATA: Member =
    Member::required("data", MemberKind::Data, "the whole own data, as the blueprint's form has it");
/// Its slug.
pub(crate) const SLUG: Member = Member::optional(
    "slug",
    MemberKind::NullableText(Slug::MAX_CHARS),
    "last segment of the path; absent or null: as it was, at first made of the title, none while there is no title; empty: the home page of a tree",
);
/// Its parent.
pub(crate) const PARENT: Member =
    Member::optional("parent", MemberKind::NullableId, "page above in a tree; null: a root; absent: as it was");
/// Its rank.
pub(crate) const RANK: Member = Member::optional(
    "rank",
    MemberKind::Rank,
    "place among siblings in a tree; absent: as it was, at first behind all",
);
/// Its date.
pub(crate) const DATE: Member =
    Member::optional("date", MemberKind::Date, "date of dated entries; absent: as it was, at first today");
/// Why it was saved.
pub(crate) const NOTE: Member = Member::optional("note", MemberKind::Text(MAX_NOTE_CHARS), "why, for the history");

/// What it translates.
pub(crate) const TRANSLATES: Member = Member::optional(
    "translates",
    MemberKind::Number,
    "revision of the origin that this one translates; absent: the origin's newest one where the data change, else as it was",
);

/// What the body says a revision holds.
pub(crate) fn revision_input(envelope: &mut Envelope) -> RevisionInput {
    RevisionInput {
        data: envelope.data(),
        slug: envelope.text("slug"),
        parent: envelope.keep("parent"),
        rank: envelope.parsed("rank"),
        date: envelope.parsed("date"),
        note: envelope.text("note"),
        translates: envelope.number("translates").map(RevisionNumber),
    }
}

/// A localization that changed, with its version as entity tag.
pub(crate) fn changed(status: StatusCode, outcome: Outcome<LocalizationState>) -> Result<Response, Problem> {
    let (version, sequence) = (outcome.value.version, outcome.sequence);
    let location = format!("/manage/v1/entries/{}/{}", outcome.value.entry, outcome.value.locale);
    let response = with_sequence(versioned_json(status, &ChangedLocalization::from(outcome), version)?, sequence);
    Ok(if status == StatusCode::CREATED { with_header(response, header::LOCATION, &location) } else { response })
}

/// The faults of the envelope with those of the data behind it, so that an editor sees all at once.
/// The data are looked at only as far as their blueprint alone decides.
pub(crate) fn faults_with_data(call: &mut Call, blueprint: Option<&str>, role: &LocaleRole) -> Option<Problem> {
    if call.faults.is_empty() {
        return None;
    }
    let mut faults: Vec<Fault> = std::mem::take(&mut call.faults);
    let data = call.envelope.data();
    let found = blueprint.and_then(|handle| call.app.cms.registry().find_blueprint(handle));
    if let (Some(blueprint), Value::Object(_)) = (found, &data) {
        let (_, of_data) = blueprint.read(&data, role, &Pointer::root().key("data"));
        faults.extend(of_data);
    }
    Some(Problem::faults(faults))
}

/// The entry in the path.
pub(crate) fn entry_id(call: &Call) -> Result<EntryId, Problem> {
    call.path_value("id")
}

/// A collection that a parameter names.
pub(crate) fn known_collection(call: &Call, handle: &str) -> Result<Handle, Problem> {
    let registry = call.app.cms.registry();
    let found = registry.find_collection(handle).map(|collection| collection.handle.clone());
    found.ok_or_else(|| {
        let known: Vec<&str> = registry.collections().map(|collection| collection.handle.as_str()).collect();
        Problem::not_one_of("collection", known)
    })
}
