//! Keys: made and shown once, stored hashed, replaced with an overlap, revoked.

use std::collections::BTreeSet;

use diwan_content::{
    Actor, DepartmentId, EventKind, EventSubject, Fault, FaultCode, KeyId, Locale, Permit, PersonId, Pointer,
    Timestamp,
    rights::{Action, ActorRef, Grant, Hierarchy},
};
use diwan_identity::{Token, TokenKind};
use diwan_store::{ApiKey, Queries, WriteTx};
use serde::{Deserialize, Serialize};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict, Thing},
    frame::{
        Outcome, WriteContext,
        keys::{SystemRandomness, stored_hash},
    },
};

/// Longest label of a key in characters.
pub const MAX_KEY_LABEL_CHARS: usize = 200;
/// Longest time that a replaced key stays good beside the new one, in hours.
pub const MAX_OVERLAP_HOURS: u32 = 30 * 24;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// What a new key is for.
#[derive(Debug, Clone)]
pub struct CreateKey {
    /// What people call it.
    pub label: Option<String>,
    /// What it may do, and where. Not empty.
    pub grants: Vec<Grant>,
    /// The person behind it, who counts as the author.
    pub on_behalf_of: Option<PersonId>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A new key with its secret, which is never shown again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CreatedKey {
    /// Its identity.
    pub id: KeyId,
    /// The secret text for `Authorization: Bearer`.
    pub token: String,
}

impl Cms {
    /// Makes a key.
    ///
    /// # Errors
    /// Not allowed; no grant, or one on a department or of a collection or locale that is not there, or narrowed although its
    /// role cannot be; an owner who is not known; an end that is over.
    pub async fn create_key(&self, ctx: &WriteContext, input: CreateKey) -> Result<Outcome<CreatedKey>, CmsError> {
        // The answer holds the secret, so it is not kept for a repeat: that one makes another key.
        let ctx = &WriteContext { idempotency: None, ..ctx.clone() };
        self.verb(ctx, "create_key", None, || self.create_key_once(ctx, &input)).await
    }

    async fn create_key_once(&self, ctx: &WriteContext, input: &CreateKey) -> Result<Outcome<CreatedKey>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let permit = permit_keys(&ctx.actor, &hierarchy)?;
        let CreateKey { label, grants, on_behalf_of, expires_at } = input.clone();
        let mut faults = self.grant_faults(&grants, &hierarchy, &Pointer::root().key("grants"));
        if let Some(owner) = on_behalf_of {
            faults.extend(owner_fault(&snapshot, owner).await?);
            faults.extend(beyond_own_rights(&ctx.actor, owner, &grants, &hierarchy));
        }
        if expires_at.is_some_and(|at| at <= self.now()) {
            faults.push(Fault::new(Pointer::root().key("expires_at"), FaultCode::NotInFuture));
        }
        if !faults.is_empty() {
            return Err(CmsError::Faults(faults));
        }
        drop(snapshot);
        let (token, key) = self.new_key(&permit, None)?;
        let key = ApiKey { label, grants, on_behalf_of, expires_at, ..key };
        let mut tx = self.begin(ctx).await?;
        let outcome = insert(&mut tx, &permit, &key).await;
        tx.end(outcome.map(|()| CreatedKey { id: key.id, token })).await
    }

    /// Makes a key that replaces another one: what it may do, for whom and until when stay. The old key ends after an overlap.
    ///
    /// # Errors
    /// Not allowed; not found; the old key is over.
    pub async fn rotate_key(
        &self,
        ctx: &WriteContext,
        id: KeyId,
        overlap_hours: u32,
    ) -> Result<Outcome<CreatedKey>, CmsError> {
        let ctx = &WriteContext { idempotency: None, ..ctx.clone() };
        self.verb(ctx, "rotate_key", None, || self.rotate_key_once(ctx, id, overlap_hours)).await
    }

    async fn rotate_key_once(
        &self,
        ctx: &WriteContext,
        id: KeyId,
        overlap_hours: u32,
    ) -> Result<Outcome<CreatedKey>, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let permit = permit_keys(&ctx.actor, &hierarchy)?;
        let (token, key) = self.new_key(&permit, Some(id))?;
        let overlap_ms = i64::from(overlap_hours.min(MAX_OVERLAP_HOURS)) * HOUR_MS;
        let ends_at = key.created_at.unix_ms().saturating_add(overlap_ms);
        let ends_at = Timestamp::from_unix_ms(ends_at).unwrap_or(Timestamp::MAX);
        let new = key.id;
        let mut tx = self.begin(ctx).await?;
        let outcome = rotate(&mut tx, &permit, key, id, ends_at).await;
        tx.end(outcome.map(|()| CreatedKey { id: new, token })).await
    }

    /// Names the person behind a key that has none.
    ///
    /// # Errors
    /// Not allowed; not found; a person who is not known; the key has an owner already.
    pub async fn name_key_owner(
        &self,
        ctx: &WriteContext,
        id: KeyId,
        owner: PersonId,
    ) -> Result<Outcome<()>, CmsError> {
        self.verb(ctx, "name_key_owner", None, || self.name_key_owner_once(ctx, id, owner)).await
    }

    async fn name_key_owner_once(
        &self,
        ctx: &WriteContext,
        id: KeyId,
        owner: PersonId,
    ) -> Result<Outcome<()>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let hierarchy = snapshot.hierarchy().await?;
        let permit = permit_keys(&ctx.actor, &hierarchy)?;
        let key = snapshot.find_key(id).await?.ok_or(CmsError::NotFound(Thing::Key(id)))?;
        let unknown = owner_fault(&snapshot, owner).await?;
        let beyond = beyond_own_rights(&ctx.actor, owner, &key.grants, &hierarchy).into_iter().next();
        if let Some(fault) = unknown.or(beyond.map(|fault| Fault { pointer: Pointer::root().key("owner"), ..fault })) {
            return Err(CmsError::Faults(vec![fault]));
        }
        drop(snapshot);
        let mut tx = self.begin(ctx).await?;
        let outcome = name_owner(&mut tx, &permit, id, owner).await;
        tx.end(outcome).await
    }

    /// Ends a key at once. A key that is revoked already stays so.
    ///
    /// # Errors
    /// Not allowed; not found.
    pub async fn revoke_key(&self, ctx: &WriteContext, id: KeyId) -> Result<Outcome<()>, CmsError> {
        self.verb(ctx, "revoke_key", None, || self.revoke_key_once(ctx, id)).await
    }

    async fn revoke_key_once(&self, ctx: &WriteContext, id: KeyId) -> Result<Outcome<()>, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let permit = permit_keys(&ctx.actor, &hierarchy)?;
        let mut tx = self.begin(ctx).await?;
        let outcome = revoke(&mut tx, &permit, id).await;
        tx.end(outcome).await
    }

    /// One key, without its secret.
    ///
    /// # Errors
    /// Not allowed; not found.
    pub async fn manage_key(&self, actor: &Actor, id: KeyId) -> Result<ApiKey, CmsError> {
        let snapshot = self.store().snapshot().await?;
        permit_to_see_keys(actor, &snapshot.hierarchy().await?)?;
        snapshot.find_key(id).await?.ok_or(CmsError::NotFound(Thing::Key(id)))
    }

    /// All keys, without their secrets.
    ///
    /// # Errors
    /// Not allowed.
    pub async fn list_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        permit_to_see_keys(actor, &snapshot.hierarchy().await?)?;
        let mut keys: Vec<ApiKey> = Vec::new();
        loop {
            let page = snapshot.list_keys(keys.last().map(|key| key.id), 100).await?;
            if page.is_empty() {
                return Ok(keys);
            }
            keys.extend(page);
        }
    }

    /// A new key that may do nothing yet, with its text.
    fn new_key(&self, permit: &Permit, replaces: Option<KeyId>) -> Result<(String, ApiKey), CmsError> {
        let token = Token::generate(TokenKind::Key, &SystemRandomness);
        let token = token.map_err(|error| CmsError::internal(error.to_string()))?;
        let key = ApiKey {
            id: KeyId(self.parts().ids.next_id()),
            label: None,
            secret_hash: stored_hash(&token),
            grants: Vec::new(),
            on_behalf_of: None,
            created_at: self.now(),
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            last_four: Some(token.hint().last_chars),
            created_by: Some(permit.author()),
            replaces,
        };
        Ok((token.expose().to_owned(), key))
    }

    /// What is wrong with grants that somebody is to get.
    fn grant_faults(&self, grants: &[Grant], hierarchy: &Hierarchy, at: &Pointer) -> Vec<Fault> {
        let mut faults = Vec::new();
        if grants.is_empty() {
            faults.push(Fault::new(at.clone(), FaultCode::Required));
        }
        let locales: BTreeSet<&Locale> =
            self.registry().collections().flat_map(|collection| collection.locales.iter()).collect();
        for (i, Grant { role, department, collections, locales: narrowed }) in grants.iter().enumerate() {
            let at = at.index(i);
            if !hierarchy.contains(*department) {
                let fault = Fault::new(at.key("department"), FaultCode::UnknownTarget);
                faults.push(fault.with("id", department.to_string()));
            }
            let lists = [
                ("collections", collections.as_ref().map(BTreeSet::len)),
                ("locales", narrowed.as_ref().map(BTreeSet::len)),
            ];
            for (name, count) in lists {
                match count {
                    Some(_) if !role.can_be_narrowed() => {
                        let fault = Fault::new(at.key(name), FaultCode::CannotBeNarrowed);
                        faults.push(fault.with("role", role.as_str()));
                    }
                    Some(0) => faults.push(Fault::new(at.key(name), FaultCode::TooFewItems).with("min", 1)),
                    Some(_) | None => {}
                }
            }
            if let Some(unknown) =
                collections.iter().flatten().find(|name| self.registry().find_collection(name.as_str()).is_none())
            {
                let allowed: Vec<&str> = self.registry().collections().map(|found| found.handle.as_str()).collect();
                let fault = Fault::new(at.key("collections"), FaultCode::NotAnOption);
                faults.push(fault.with("value", unknown.as_str()).with("allowed", allowed));
            }
            if let Some(unknown) = narrowed.iter().flatten().find(|locale| !locales.contains(locale)) {
                let allowed: Vec<&str> = locales.iter().map(|locale| locale.as_str()).collect();
                let fault = Fault::new(at.key("locales"), FaultCode::NotAnOption);
                faults.push(fault.with("value", unknown.as_str()).with("allowed", allowed));
            }
        }
        faults
    }
}

/// What the text of a key starts with.
pub fn key_prefix(key: &ApiKey) -> &'static str {
    // Keys of older versions, of which the last characters are not known, have no word for their kind.
    if key.last_four.is_some() { TokenKind::Key.prefix() } else { "diwan_" }
}

/// Keys belong to no department that could be hidden: who may not manage them is told so.
fn permit_keys(actor: &Actor, hierarchy: &Hierarchy) -> Result<Permit, CmsError> {
    let permit = actor.permit(Action::ManageKeys, DepartmentId::MINISTRY, hierarchy);
    permit.map_err(|_| CmsError::Forbidden(Action::ManageKeys))
}

/// Auditors of the ministry see keys too: who may do what is what they look after.
fn permit_to_see_keys(actor: &Actor, hierarchy: &Hierarchy) -> Result<(), CmsError> {
    match actor.permit(Action::ReadEvents, DepartmentId::MINISTRY, hierarchy) {
        Ok(_) => Ok(()),
        Err(_) => permit_keys(actor, hierarchy).map(drop),
    }
}

/// What is wrong with the owner of a key.
async fn owner_fault(queries: &Queries, owner: PersonId) -> Result<Option<Fault>, CmsError> {
    let is_known = queries.find_person(owner).await?.is_some();
    let fault = || Fault::new(Pointer::root().key("owner"), FaultCode::UnknownTarget).with("id", owner.to_string());
    Ok((!is_known).then(fault))
}

/// Grants by which who asks would get more for themselves than they have.
fn beyond_own_rights(actor: &Actor, owner: PersonId, grants: &[Grant], hierarchy: &Hierarchy) -> Vec<Fault> {
    let is_own = actor.on_behalf_of == Some(owner) || actor.reference == ActorRef::Person(owner);
    let is_new = |grant: &Grant| is_own && !actor.grants.iter().any(|own| own.includes(grant, hierarchy));
    let at = Pointer::root().key("grants");
    let new = grants.iter().enumerate().filter(|(_, grant)| is_new(grant));
    new.map(|(i, _)| Fault::new(at.index(i), FaultCode::BeyondOwnRights)).collect()
}

async fn insert(tx: &mut WriteTx, permit: &Permit, key: &ApiKey) -> Result<(), CmsError> {
    tx.insert_key(permit, key).await?;
    record(tx, permit, EventKind::KeyCreated, key.id);
    Ok(())
}

async fn rotate(
    tx: &mut WriteTx,
    permit: &Permit,
    new: ApiKey,
    old: KeyId,
    ends_at: Timestamp,
) -> Result<(), CmsError> {
    let found = tx.lock_key(old).await?.ok_or(CmsError::NotFound(Thing::Key(old)))?;
    let now = new.created_at;
    if found.revoked_at.is_some() || found.expires_at.is_some_and(|at| at <= now) {
        return Err(CmsError::Conflict(Conflict::KeyOver));
    }
    let ApiKey { label, grants, on_behalf_of, expires_at, .. } = found;
    insert(tx, permit, &ApiKey { label, grants, on_behalf_of, expires_at, ..new }).await?;
    if ends_at <= now {
        return revoke(tx, permit, old).await;
    }
    // It never lasts longer than it would have.
    if expires_at.is_none_or(|expires_at| ends_at < expires_at) {
        tx.expire_key(permit, old, ends_at).await?;
        record(tx, permit, EventKind::KeyChanged, old);
    }
    Ok(())
}

async fn name_owner(tx: &mut WriteTx, permit: &Permit, id: KeyId, owner: PersonId) -> Result<(), CmsError> {
    let key = tx.lock_key(id).await?.ok_or(CmsError::NotFound(Thing::Key(id)))?;
    match key.on_behalf_of {
        Some(known) if known == owner => Ok(()),
        Some(_) => Err(CmsError::Conflict(Conflict::KeyHasOwner)),
        None => {
            tx.set_key_owner(permit, id, owner).await?;
            record(tx, permit, EventKind::KeyChanged, id);
            Ok(())
        }
    }
}

async fn revoke(tx: &mut WriteTx, permit: &Permit, id: KeyId) -> Result<(), CmsError> {
    let key = tx.find_key(id).await?.ok_or(CmsError::NotFound(Thing::Key(id)))?;
    if key.revoked_at.is_none() && tx.revoke_key(permit, id).await? {
        record(tx, permit, EventKind::KeyRevoked, id);
    }
    Ok(())
}

fn record(tx: &mut WriteTx, permit: &Permit, kind: EventKind, key: KeyId) {
    let subject = EventSubject { key: Some(key), department: Some(DepartmentId::MINISTRY), ..EventSubject::default() };
    tx.record(permit, kind, subject);
}
