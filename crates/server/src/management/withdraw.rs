//! `POST /manage/v1/entries/{id}/{locale}/withdraw`: take a localization back.

use diwan_cms::{WithdrawItem, WithdrawMode};
use diwan_content::{Fault, FaultCode, Pointer};
use poem::{Response, http::StatusCode};

use super::{common::entry_id, uses::WithdrawnLocalization};
use crate::http::{
    answer::{versioned_json, with_sequence},
    call::Call,
    envelope::{Envelope, Member, MemberKind},
    problem::Problem,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

pub(crate) const ROUTE: Route = Route {
    method: Verb::Post,
    path: "/entries/{id}/{locale}/withdraw",
    operation: "withdraw",
    summary: "Takes a localization back: gone (410), redirect to another entry, or vanished (404)",
    parameters: &[],
    body: RequestBody::Json {
        name: "Withdraw",
        max: MaxBody::Small,
        members: &[
            Member::required(
                "mode",
                MemberKind::OneOf(&["gone", "redirect", "vanished"]),
                "what its path answers from now on",
            ),
            Member::optional("to", MemberKind::Id, "entry that the path leads to, with mode redirect"),
            Member::optional(
                "with_children",
                MemberKind::Flag,
                "public pages below are withdrawn with it, in the same mode",
            ),
        ],
    },
    condition: Condition::Version,
    answers: &[Described::ok::<WithdrawnLocalization>("it is no longer public")],
    handler: |call| Box::pin(withdraw(call)),
};

async fn withdraw(mut call: Call) -> Result<Response, Problem> {
    let (entry, locale) = (entry_id(&call)?, call.locale()?);
    let (version, ctx) = (call.version()?, call.context()?);
    let envelope = call.members()?;
    let item =
        WithdrawItem { entry, locale, version, mode: mode(&envelope)?, with_children: envelope.flag("with_children") };
    let outcome = call.app.cms.withdraw(&ctx, item).await?;
    let (version, sequence) = (outcome.value.value.version, outcome.sequence);
    Ok(with_sequence(versioned_json(StatusCode::OK, &WithdrawnLocalization::from(outcome), version)?, sequence))
}

fn mode(envelope: &Envelope) -> Result<WithdrawMode, Problem> {
    let at = Pointer::root().key("to");
    match (envelope.text("mode").as_deref(), envelope.parsed("to")) {
        (Some("redirect"), Some(to)) => Ok(WithdrawMode::Redirect(to)),
        (Some("redirect"), None) => Err(Problem::faults(vec![Fault::new(at, FaultCode::Required)])),
        (_, Some(_)) => {
            Err(Problem::faults(vec![Fault::new(at, FaultCode::NotAllowedHere).with("requires", "mode: redirect")]))
        }
        (Some("vanished"), None) => Ok(WithdrawMode::Vanished),
        (_, None) => Ok(WithdrawMode::Gone),
    }
}
