//! `POST /manage/v1/entries/{id}/{locale}/withdraw`: take a localization back.

use diwan_cms::{WithdrawItem, WithdrawMode};
use diwan_content::{EntryId, Fault, FaultCode};
use poem::{Response, http::StatusCode};

use super::{common::AtVersion, uses::WithdrawnLocalization};
use crate::http::{
    answer::{versioned_json, with_sequence},
    call::Call,
    problem::Problem,
    request::{
        forms::Word,
        members::{FromMembers, JsonBody, MaxBody, Member, Members},
    },
    route::Route,
};

const MODE: Member<Mode> = Member::new("mode", "what its path answers from now on");
const TO: Member<EntryId> = Member::new("to", "entry that the path leads to, with mode redirect");
const WITH_CHILDREN: Member<bool> =
    Member::flag("with_children", "public pages below are withdrawn with it, in the same mode");

pub(super) fn route() -> Route {
    let summary = "Takes a localization back: gone (410), redirect to another entry, or vanished (404)";
    Route::post("/entries/{id}/{locale}/withdraw", "withdraw", summary)
        .ok::<WithdrawnLocalization>("it is no longer public")
        .with_body(withdraw)
}

/// The word for a [`WithdrawMode`].
#[derive(Clone, Copy)]
enum Mode {
    Gone,
    Redirect,
    Vanished,
}

impl Word for Mode {
    const ALL: &'static [Self] = &[Self::Gone, Self::Redirect, Self::Vanished];

    fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Redirect => "redirect",
            Self::Vanished => "vanished",
        }
    }
}

struct Withdraw {
    mode: WithdrawMode,
    with_children: bool,
}

impl FromMembers for Withdraw {
    fn read(members: &mut Members) -> Self {
        let (mode, to) = (members.required(&MODE), members.optional(&TO));
        let mode = match (mode, to) {
            (Mode::Redirect, Some(to)) => WithdrawMode::Redirect(to),
            (Mode::Redirect, None) => {
                members.refuse(&TO, |at| Fault::new(at, FaultCode::Required));
                WithdrawMode::Gone
            }
            (Mode::Gone, None) => WithdrawMode::Gone,
            (Mode::Vanished, None) => WithdrawMode::Vanished,
            (Mode::Gone | Mode::Vanished, Some(_)) => {
                members.refuse(&TO, |at| Fault::new(at, FaultCode::NotAllowedHere).with("requires", "mode: redirect"));
                WithdrawMode::Gone
            }
        };
        Self { mode, with_children: members.flag(&WITH_CHILDREN) }
    }
}

impl JsonBody for Withdraw {
    const NAME: &'static str = "Withdraw";
    const MAX: MaxBody = MaxBody::Small;
}

async fn withdraw(call: Call, at: AtVersion, body: Withdraw) -> Result<Response, Problem> {
    let (ctx, AtVersion { entry, locale, version }) = (call.context()?, at);
    let Withdraw { mode, with_children } = body;
    let outcome = call.app.cms.withdraw(&ctx, WithdrawItem { entry, locale, version, mode, with_children }).await?;
    let (version, sequence) = (outcome.value.value.version, outcome.sequence);
    Ok(with_sequence(versioned_json(StatusCode::OK, &WithdrawnLocalization::from(outcome), version)?, sequence))
}
