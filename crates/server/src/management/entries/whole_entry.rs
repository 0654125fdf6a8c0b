//! Changes to all of an entry: trash, untrash, transfer.

use diwan_cms::{EntryState, Left, Outcome};
use diwan_content::{DepartmentId, EntryId};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use super::views::ChangedEntry;
use crate::http::{
    answer::{private_json, with_sequence},
    call::Call,
    problem::Problem,
    request::members::{FromMembers, JsonBody, MaxBody, Member, Members},
    route::Route,
};
use crate::management::uses::UseView;

const DEPARTMENT: Member<DepartmentId> = Member::new("department", "department that owns it from now on");

pub(super) fn trash_route() -> Route {
    Route::post("/entries/{id}/trash", "trash", "Puts an entry that is not public into the trash")
        .ok::<TrashedEntry>("it is in the trash")
        .to(trash)
}

pub(super) fn untrash_route() -> Route {
    Route::post("/entries/{id}/untrash", "untrash", "Takes an entry out of the trash")
        .ok::<ChangedEntry>("it is back")
        .to(untrash)
}

pub(super) fn transfer_route() -> Route {
    Route::post("/entries/{id}/transfer", "transfer", "Gives an entry to another department")
        .ok::<ChangedEntry>("it has a new owner")
        .with_body(transfer)
}

struct Transfer {
    department: DepartmentId,
}

impl FromMembers for Transfer {
    fn read(members: &mut Members) -> Self {
        Self { department: members.required(&DEPARTMENT) }
    }
}

impl JsonBody for Transfer {
    const NAME: &'static str = "Transfer";
    const MAX: MaxBody = MaxBody::Small;
}

/// An entry that went into the trash.
#[derive(Serialize, Object)]
pub(crate) struct TrashedEntry {
    /// What every change answers.
    #[serde(flatten)]
    #[oai(flatten)]
    entry: ChangedEntry,
    /// Published localizations that still point to it; at most 100.
    left_dangling: Vec<UseView>,
    /// How many more there are, also in departments that the key may not read.
    left_dangling_more: u64,
}

async fn trash(call: Call, entry: EntryId) -> Result<Response, Problem> {
    let outcome = call.app.cms.trash(&call.context()?, entry).await?;
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &TrashedEntry::from(outcome))?, sequence))
}

async fn untrash(call: Call, entry: EntryId) -> Result<Response, Problem> {
    answer(call.app.cms.untrash(&call.context()?, entry).await?)
}

async fn transfer(call: Call, entry: EntryId, Transfer { department }: Transfer) -> Result<Response, Problem> {
    answer(call.app.cms.transfer(&call.context()?, entry, department).await?)
}

fn answer(outcome: Outcome<EntryState>) -> Result<Response, Problem> {
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &ChangedEntry::from(outcome))?, sequence))
}

impl From<Outcome<Left<EntryState>>> for TrashedEntry {
    fn from(Outcome { value, sequence }: Outcome<Left<EntryState>>) -> Self {
        let Left { value, left_dangling, left_dangling_more } = value;
        Self {
            entry: Outcome { value, sequence }.into(),
            left_dangling: left_dangling.into_iter().map(UseView::from).collect(),
            left_dangling_more,
        }
    }
}
