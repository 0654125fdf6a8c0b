//! Changes to all of an entry: trash, untrash, transfer.

use diwan_cms::{EntryState, Outcome};
use diwan_content::DepartmentId;
use poem::{Response, http::StatusCode};

use super::{common::entry_id, uses::TrashedEntry, views::ChangedEntry};
use crate::http::{
    answer::{private_json, with_sequence},
    call::Call,
    envelope::{Member, MemberKind},
    problem::Problem,
    problem_codes::ProblemCode,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

pub(crate) const TRASH: Route = Route {
    method: Verb::Post,
    path: "/entries/{id}/trash",
    operation: "trash",
    summary: "Puts an entry that is not public into the trash",
    parameters: &[],
    body: RequestBody::None,
    condition: Condition::None,
    answers: &[Described::ok::<TrashedEntry>("it is in the trash")],
    handler: |call| Box::pin(trash(call)),
};

pub(crate) const UNTRASH: Route = Route {
    path: "/entries/{id}/untrash",
    operation: "untrash",
    summary: "Takes an entry out of the trash",
    answers: &[Described::ok::<ChangedEntry>("it is back")],
    handler: |call| Box::pin(untrash(call)),
    ..TRASH
};

pub(crate) const TRANSFER: Route = Route {
    path: "/entries/{id}/transfer",
    operation: "transfer",
    summary: "Gives an entry to another department",
    body: RequestBody::Json {
        name: "Transfer",
        max: MaxBody::Small,
        members: &[Member::required("department", MemberKind::Id, "department that owns it from now on")],
    },
    answers: &[Described::ok::<ChangedEntry>("it has a new owner")],
    handler: |call| Box::pin(transfer(call)),
    ..TRASH
};

async fn trash(call: Call) -> Result<Response, Problem> {
    let outcome = call.app.cms.trash(&call.context()?, entry_id(&call)?).await?;
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &TrashedEntry::from(outcome))?, sequence))
}

async fn untrash(call: Call) -> Result<Response, Problem> {
    answer(call.app.cms.untrash(&call.context()?, entry_id(&call)?).await?)
}

async fn transfer(mut call: Call) -> Result<Response, Problem> {
    let (entry, ctx) = (entry_id(&call)?, call.context()?);
    let department: Option<DepartmentId> = call.members()?.parsed("department");
    let department =
        department.ok_or_else(|| Problem::new(ProblemCode::Internal).because("a checked member is missing"))?;
    answer(call.app.cms.transfer(&ctx, entry, department).await?)
}

fn answer(outcome: Outcome<EntryState>) -> Result<Response, Problem> {
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &ChangedEntry::from(outcome))?, sequence))
}
