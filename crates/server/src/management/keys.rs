//! Keys of programs: made, listed, replaced, revoked.

use diwan_cms::{ApiKey, CreateKey, CreatedKey, MAX_KEY_LABEL_CHARS, MAX_OVERLAP_HOURS, Outcome, key_prefix};
use diwan_content::{
    DepartmentId, Handle, KeyId, Locale, PersonId, Timestamp,
    rights::{Grant, Role},
};
use poem::{Response, http::StatusCode};
use poem_openapi::Object;
use serde::Serialize;
use uuid::Uuid;

use crate::http::{
    answer::{private_json, scalars::Time, with_sequence},
    call::Call,
    problem::Problem,
    request::{
        members::{FromMembers, JsonBody, MaxBody, Member, Members},
        parameters::Form,
    },
    route::Route,
};

const LABEL: Member<String> = Member::text("label", MAX_KEY_LABEL_CHARS, "what people call it");
const GRANTS: Member<Vec<Grant>> = Member::items("grants", "what it may do, and where");
const ROLE: Member<Role> = Member::new("role", "what it allows");
const DEPARTMENT: Member<DepartmentId> =
    Member::new("department", "where it holds, with all below it; absent: in the whole ministry");
const COLLECTIONS: Member<Vec<Handle>> = Member::many(
    "collections",
    Form::Text { max: Handle::MAX_BYTES },
    "on entries of these collections alone; absent: of all",
);
const LOCALES: Member<Vec<Locale>> =
    Member::many("locales", Form::Locale, "changes in these locales alone; absent: in all. It reads in all locales");
const OWNER: Member<PersonId> = Member::new("owner", "the person behind it, who counts as the author of what it does");
const EXPIRES_AT: Member<Timestamp> = Member::time("expires_at", "when it ends; absent: when it is revoked");
const OVERLAP_HOURS: Member<u32> = Member::within(
    "overlap_hours",
    0,
    MAX_OVERLAP_HOURS as i64,
    "how long the old key stays good beside the new one; absent: 24",
);
/// Hours that an old key stays good where the request does not say.
const DEFAULT_OVERLAP_HOURS: u32 = 24;

pub(super) fn list_route() -> Route {
    Route::get("/keys", "list_keys", "All keys, without their secrets").ok::<KeyList>("the keys").to(list)
}

pub(super) fn create_route() -> Route {
    let summary = "Makes a key; its text is shown only in this answer";
    Route::post("/keys", "create_key", summary).created::<NewKey>("the key").with_body(create)
}

pub(super) fn get_route() -> Route {
    Route::get("/keys/{id}", "get_key", "A key, without its secret").ok::<KeyView>("the key").to(get)
}

pub(super) fn rotate_route() -> Route {
    let summary = "Makes a key that may do the same, and ends this one after an overlap";
    Route::post("/keys/{id}/rotate", "rotate_key", summary).created::<NewKey>("the new key").with_body(rotate)
}

pub(super) fn owner_route() -> Route {
    let summary = "Names the person behind a key that has none";
    Route::post("/keys/{id}/owner", "name_key_owner", summary).ok::<KeyView>("the key").with_body(name_owner)
}

pub(super) fn revoke_route() -> Route {
    Route::post("/keys/{id}/revoke", "revoke_key", "Ends a key at once").ok::<KeyView>("the key").to(revoke)
}

/// All keys.
#[derive(Serialize, Object)]
struct KeyList {
    /// The keys, the oldest first.
    data: Vec<KeyView>,
}

/// A key, without its secret.
#[derive(Serialize, Object)]
#[oai(rename = "Key")]
struct KeyView {
    /// Its identity.
    id: Uuid,
    /// What people call it.
    label: Option<String>,
    /// What its text starts with.
    prefix: String,
    /// The last characters of its text, by which people recognise it; not of keys of older versions.
    last_four: Option<String>,
    /// `valid`, `expired` or `revoked`.
    status: String,
    /// What it may do.
    grants: Vec<GrantView>,
    /// The person behind it, who counts as the author of what it does.
    owner: Option<Uuid>,
    /// When it was made.
    created_at: Time,
    /// Who made it; not known of keys of older versions.
    created_by: Option<String>,
    /// When it ends.
    expires_at: Option<Time>,
    /// When it was revoked.
    revoked_at: Option<Time>,
    /// When it was last used, to about a minute.
    last_used_at: Option<Time>,
    /// The key that it was made to replace.
    replaces: Option<Uuid>,
}

/// A role in a place.
#[derive(Serialize, Object)]
#[oai(rename = "Grant")]
pub(super) struct GrantView {
    /// What it allows.
    role: String,
    /// Where it holds, with all below it; the ministry's identifier where it holds everywhere.
    department: Uuid,
    /// On entries of these collections alone; null: of all.
    collections: Option<Vec<String>>,
    /// Changes in these locales alone; null: in all.
    locales: Option<Vec<String>>,
}

/// A new key.
#[derive(Serialize, Object)]
struct NewKey {
    /// Its text for `Authorization: Bearer`. Nobody can show it again.
    token: String,
    /// What lists show of it.
    key: KeyView,
}

struct Create(CreateKey);

impl FromMembers for Create {
    fn read(members: &mut Members) -> Self {
        Self(CreateKey {
            label: members.nullable(&LABEL),
            grants: members.items(&GRANTS),
            on_behalf_of: members.nullable(&OWNER),
            expires_at: members.nullable(&EXPIRES_AT),
        })
    }
}

impl JsonBody for Create {
    const NAME: &'static str = "CreateKey";
    const MAX: MaxBody = MaxBody::Small;
}

impl FromMembers for Grant {
    fn read(members: &mut Members) -> Self {
        let role = members.required(&ROLE);
        let department = members.nullable(&DEPARTMENT).unwrap_or(DepartmentId::MINISTRY);
        let collections = members.many(&COLLECTIONS).map(|names| names.into_iter().collect());
        let locales = members.many(&LOCALES).map(|locales| locales.into_iter().collect());
        Self { role, department, collections, locales }
    }
}

struct Rotate {
    overlap_hours: u32,
}

impl FromMembers for Rotate {
    fn read(members: &mut Members) -> Self {
        Self { overlap_hours: members.nullable(&OVERLAP_HOURS).unwrap_or(DEFAULT_OVERLAP_HOURS) }
    }
}

impl JsonBody for Rotate {
    const NAME: &'static str = "RotateKey";
    const MAX: MaxBody = MaxBody::Small;
}

struct NameOwner(PersonId);

impl FromMembers for NameOwner {
    fn read(members: &mut Members) -> Self {
        Self(members.required(&OWNER))
    }
}

impl JsonBody for NameOwner {
    const NAME: &'static str = "NameKeyOwner";
    const MAX: MaxBody = MaxBody::Small;
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        let Grant { role, department, collections, locales } = grant;
        Self {
            role: role.as_str().to_owned(),
            department: department.0,
            collections: collections.map(|names| names.iter().map(Handle::to_string).collect()),
            locales: locales.map(|locales| locales.iter().map(Locale::to_string).collect()),
        }
    }
}

impl KeyView {
    fn of(key: ApiKey, now: Timestamp) -> Self {
        let status = match (key.revoked_at, key.expires_at) {
            (Some(_), _) => "revoked",
            (None, Some(ends_at)) if ends_at <= now => "expired",
            (None, _) => "valid",
        };
        let prefix = key_prefix(&key).to_owned();
        let ApiKey {
            id,
            label,
            secret_hash: _,
            grants,
            on_behalf_of,
            created_at,
            expires_at,
            revoked_at,
            last_used_at,
            last_four,
            created_by,
            replaces,
        } = key;
        Self {
            id: id.0,
            label,
            prefix,
            last_four,
            status: status.to_owned(),
            grants: grants.into_iter().map(GrantView::from).collect(),
            owner: on_behalf_of.map(|person| person.0),
            created_at: Time(created_at),
            created_by: created_by.map(|actor| actor.to_string()),
            expires_at: expires_at.map(Time),
            revoked_at: revoked_at.map(Time),
            last_used_at: last_used_at.map(Time),
            replaces: replaces.map(|key| key.0),
        }
    }
}

async fn list(call: Call, (): ()) -> Result<Response, Problem> {
    let now = call.app.cms.now();
    let keys = call.app.cms.list_keys(&call.actor).await?;
    let data = keys.into_iter().map(|key| KeyView::of(key, now)).collect();
    private_json(StatusCode::OK, &KeyList { data })
}

async fn get(call: Call, id: KeyId) -> Result<Response, Problem> {
    private_json(StatusCode::OK, &view(&call, id).await?)
}

async fn create(call: Call, (): (), Create(input): Create) -> Result<Response, Problem> {
    let made = call.app.cms.create_key(&call.context()?, input).await?;
    created(&call, made).await
}

async fn rotate(call: Call, id: KeyId, Rotate { overlap_hours }: Rotate) -> Result<Response, Problem> {
    let made = call.app.cms.rotate_key(&call.context()?, id, overlap_hours).await?;
    created(&call, made).await
}

async fn name_owner(call: Call, id: KeyId, NameOwner(owner): NameOwner) -> Result<Response, Problem> {
    let Outcome { value: (), sequence } = call.app.cms.name_key_owner(&call.context()?, id, owner).await?;
    Ok(with_sequence(private_json(StatusCode::OK, &view(&call, id).await?)?, sequence))
}

async fn revoke(call: Call, id: KeyId) -> Result<Response, Problem> {
    let Outcome { value: (), sequence } = call.app.cms.revoke_key(&call.context()?, id).await?;
    Ok(with_sequence(private_json(StatusCode::OK, &view(&call, id).await?)?, sequence))
}

async fn created(call: &Call, made: Outcome<CreatedKey>) -> Result<Response, Problem> {
    let Outcome { value: CreatedKey { id, token }, sequence } = made;
    let view = NewKey { token, key: view(call, id).await? };
    Ok(with_sequence(private_json(StatusCode::CREATED, &view)?, sequence))
}

async fn view(call: &Call, id: KeyId) -> Result<KeyView, Problem> {
    Ok(KeyView::of(call.app.cms.manage_key(&call.actor, id).await?, call.app.cms.now()))
}
