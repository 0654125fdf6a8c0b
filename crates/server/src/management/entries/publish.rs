//! Publishing: one localization, or many in one transaction.

use diwan_cms::PublishItem;
use diwan_content::{ContentHash, EntryId, Locale, RevisionNumber, Version};
use poem::{Response, http::StatusCode};

use super::views::{ChangedLocalization, ChangedLocalizations, changed};
use crate::http::{
    answer::{private_json, with_sequence},
    call::Call,
    problem::Problem,
    request::{
        conditions::AtVersion,
        members::{FromMembers, JsonBody, MaxBody, Member, Members},
        parameters::InLocale,
    },
    route::Route,
};

const ENTRY: Member<EntryId> = Member::new("entry", "the entry");
const LOCALE: Member<Locale> = Member::new("locale", "the locale");
const REVISION: Member<RevisionNumber> = Member::number("revision", "number of the revision that becomes public");
const HASH: Member<ContentHash> = Member::new("hash", "its hash: what was read is what becomes public");
const VERSION: Member<Version> = Member::number("version", "version of the localization that you read");
const ITEMS: Member<Vec<Item>> = Member::items("items", "what becomes public");

pub(super) fn one_route() -> Route {
    let summary = "Makes one revision public. When it is acknowledged, the delivery API answers it";
    Route::post("/entries/{id}/{locale}/publish", "publish", summary)
        .ok::<ChangedLocalization>("it is public")
        .with_body(one)
}

pub(super) fn many_route() -> Route {
    let summary = "Makes up to 100 revisions public in one transaction: all or none";
    Route::post("/publish", "publish_many", summary).ok::<ChangedLocalizations>("all are public").with_body(many)
}

struct Publish {
    revision: RevisionNumber,
    hash: ContentHash,
}

impl FromMembers for Publish {
    fn read(members: &mut Members) -> Self {
        Self { revision: members.required(&REVISION), hash: members.required(&HASH) }
    }
}

impl JsonBody for Publish {
    const NAME: &'static str = "Publish";
    const MAX: MaxBody = MaxBody::Small;
}

struct Item(PublishItem);

impl FromMembers for Item {
    fn read(members: &mut Members) -> Self {
        Self(PublishItem {
            entry: members.required(&ENTRY),
            locale: members.required(&LOCALE),
            revision: members.required(&REVISION),
            hash: members.required(&HASH),
            version: members.required(&VERSION),
        })
    }
}

struct PublishMany {
    items: Vec<Item>,
}

impl FromMembers for PublishMany {
    fn read(members: &mut Members) -> Self {
        Self { items: members.items(&ITEMS) }
    }
}

impl JsonBody for PublishMany {
    const NAME: &'static str = "PublishMany";
    const MAX: MaxBody = MaxBody::Small;
}

async fn one(call: Call, at: AtVersion<InLocale>, Publish { revision, hash }: Publish) -> Result<Response, Problem> {
    let (ctx, AtVersion { of: InLocale { entry, locale }, version }) = (call.context()?, at);
    let item = PublishItem { entry, locale, revision, hash, version };
    changed(StatusCode::OK, call.app.cms.publish_one(&ctx, item).await?)
}

async fn many(call: Call, (): (), PublishMany { items }: PublishMany) -> Result<Response, Problem> {
    let ctx = call.context()?;
    let items = items.into_iter().map(|Item(item)| item).collect();
    let outcome = call.app.cms.publish(&ctx, items).await?;
    let sequence = outcome.sequence;
    Ok(with_sequence(private_json(StatusCode::OK, &ChangedLocalizations::from(outcome))?, sequence))
}
