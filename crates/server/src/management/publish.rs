//! Publishing: one localization, or many in one transaction.

use diwan_cms::PublishItem;
use diwan_content::{ContentHash, RevisionNumber, Version};
use poem::{Response, http::StatusCode};

use super::{
    common::{changed, entry_id},
    views::{ChangedLocalization, ChangedLocalizations},
};
use crate::http::{
    answer::{private_json, with_sequence},
    call::Call,
    envelope::{Envelope, Member, MemberKind},
    problem::Problem,
    problem_codes::ProblemCode,
    route::{Condition, Described, MaxBody, RequestBody, Route, Verb},
};

const REVISION: Member = Member::required("revision", MemberKind::Number, "number of the revision that becomes public");
const HASH: Member = Member::required("hash", MemberKind::Hash, "its hash: what was read is what becomes public");
const ITEM: &[Member] = &[
    Member::required("entry", MemberKind::Id, "the entry"),
    Member::required("locale", MemberKind::Locale, "the locale"),
    REVISION,
    HASH,
    Member::required("version", MemberKind::Number, "version of the localization that you read"),
];

pub(crate) const ONE: Route = Route {
    method: Verb::Post,
    path: "/entries/{id}/{locale}/publish",
    operation: "publish",
    summary: "Makes one revision public. When it is acknowledged, the delivery API answers it",
    parameters: &[],
    body: RequestBody::Json { name: "Publish", max: MaxBody::Small, members: &[REVISION, HASH] },
    condition: Condition::Version,
    answers: &[Described::ok::<ChangedLocalization>("it is public")],
    handler: |call| Box::pin(one(call)),
};

pub(crate) const MANY: Route = Route {
    path: "/publish",
    operation: "publish_many",
    summary: "Makes up to 100 revisions public in one transaction: all or none",
    body: RequestBody::Json {
        name: "PublishMany",
        max: MaxBody::Small,
        members: &[Member::required("items", MemberKind::Items(ITEM), "what becomes public")],
    },
    condition: Condition::None,
    answers: &[Described::ok::<ChangedLocalizations>("all are public")],
    handler: |call| Box::pin(many(call)),
    ..ONE
};

async fn one(mut call: Call) -> Result<Response, Problem> {
    let (entry, locale) = (entry_id(&call)?, call.locale()?);
    let (version, ctx) = (call.version()?, call.context()?);
    let (revision, hash) = revision_and_hash(&call.members()?)?;
    let item = PublishItem { entry, locale, revision, hash, version };
    changed(StatusCode::OK, call.app.cms.publish_one(&ctx, item).await?)
}

async fn many(mut call: Call) -> Result<Response, Problem> {
    let ctx = call.context()?;
    let mut items = Vec::new();
    for envelope in call.members()?.items("items", ITEM) {
        let (revision, hash) = revision_and_hash(&envelope)?;
        items.push(PublishItem {
            entry: checked(envelope.parsed("entry"))?,
            locale: checked(envelope.parsed("locale"))?,
            revision,
            hash,
            version: Version(checked(envelope.number("version"))?),
        });
    }
    let outcome = call.app.cms.publish(&ctx, items).await?;
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &ChangedLocalizations::from(outcome))?, sequence))
}

fn revision_and_hash(envelope: &Envelope) -> Result<(RevisionNumber, ContentHash), Problem> {
    Ok((RevisionNumber(checked(envelope.number("revision"))?), checked(envelope.parsed("hash"))?))
}

/// What the table of members requires and has checked is there.
fn checked<T>(value: Option<T>) -> Result<T, Problem> {
    value.ok_or_else(|| Problem::new(ProblemCode::Internal).because("a checked member is missing"))
}
