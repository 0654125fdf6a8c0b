//! `POST /manage/v1/entries/{id}/{locale}/withdraw`: take a localization back.

use diwan_cms::{Left, LocalizationState, Outcome, WithdrawItem, WithdrawMode};
use diwan_content::{EntryId, Fault, FaultCode};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;

use super::views::ChangedLocalization;
use crate::http::{
    answer::{versioned_json, with_sequence},
    call::Call,
    problem::Problem,
    request::{
        conditions::AtVersion,
        members::{FromMembers, JsonBody, MaxBody, Member, Members},
        parameters::{InLocale, Word},
    },
    route::Route,
};
use crate::management::uses::UseView;

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

/// A localization that was taken back.
#[derive(Serialize, Object)]
pub(crate) struct WithdrawnLocalization {
    /// What every change answers.
    #[serde(flatten)]
    #[oai(flatten)]
    localization: ChangedLocalization,
    /// Published localizations that still point to it and are answered without it from now on; at most 100, and only once it
    /// is public in no locale.
    left_dangling: Vec<UseView>,
    /// How many more there are, also in departments that the key may not read.
    left_dangling_more: u64,
}

async fn withdraw(call: Call, at: AtVersion<InLocale>, body: Withdraw) -> Result<Response, Problem> {
    let (ctx, AtVersion { of: InLocale { entry, locale }, version }) = (call.context()?, at);
    let Withdraw { mode, with_children } = body;
    let outcome = call.app.cms.withdraw(&ctx, WithdrawItem { entry, locale, version, mode, with_children }).await?;
    let (version, sequence) = (outcome.value.value.version, outcome.sequence);
    Ok(with_sequence(versioned_json(StatusCode::OK, &WithdrawnLocalization::from(outcome), version)?, sequence))
}

impl From<Outcome<Left<LocalizationState>>> for WithdrawnLocalization {
    fn from(Outcome { value, sequence }: Outcome<Left<LocalizationState>>) -> Self {
        let Left { value, left_dangling, left_dangling_more } = value;
        Self {
            localization: Outcome { value, sequence }.into(),
            left_dangling: left_dangling.into_iter().map(UseView::from).collect(),
            left_dangling_more,
        }
    }
}
