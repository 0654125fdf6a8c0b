//! Keys: made and shown once, stored hashed, revoked.

use diwan_content::{
    Actor, DepartmentId, EventKind, EventSubject, Fault, FaultCode, KeyId, Permit, PersonId, Pointer, Timestamp,
    rights::{Action, Grant, Hierarchy},
};
use diwan_identity::{Token, TokenKind};
use diwan_store::{ApiKey, WriteTx};
use serde::{Deserialize, Serialize};

use crate::{
    cms::Cms,
    error::{CmsError, Thing},
    frame::{
        Outcome, WriteContext,
        keys::{SystemRandomness, stored_hash},
    },
};

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
    /// Not allowed; no grant, or one on a department that is not there.
    pub async fn create_key(&self, ctx: &WriteContext, input: CreateKey) -> Result<Outcome<CreatedKey>, CmsError> {
        // The answer holds the secret, so it is not kept for a repeat: that one makes another key.
        let ctx = &WriteContext { idempotency: None, ..ctx.clone() };
        self.verb(ctx, "create_key", None, || self.create_key_once(ctx, &input)).await
    }

    async fn create_key_once(&self, ctx: &WriteContext, input: &CreateKey) -> Result<Outcome<CreatedKey>, CmsError> {
        let hierarchy = self.store().snapshot().await?.hierarchy().await?;
        let permit = permit_keys(&ctx.actor, &hierarchy)?;
        let at = Pointer::root().key("grants");
        let mut faults = Vec::new();
        if input.grants.is_empty() {
            faults.push(Fault::new(at.clone(), FaultCode::Required));
        }
        for (i, grant) in input.grants.iter().enumerate().filter(|(_, grant)| !hierarchy.contains(grant.department)) {
            let fault = Fault::new(at.index(i).key("department"), FaultCode::UnknownTarget);
            faults.push(fault.with("id", grant.department.to_string()));
        }
        if !faults.is_empty() {
            return Err(CmsError::Faults(faults));
        }
        let token = Token::generate(TokenKind::Key, &SystemRandomness);
        let token = token.map_err(|error| CmsError::internal(error.to_string()))?;
        let CreateKey { label, grants, on_behalf_of, expires_at } = input.clone();
        let key = ApiKey {
            id: KeyId(self.parts().ids.next_id()),
            label,
            secret_hash: stored_hash(&token),
            grants,
            on_behalf_of,
            created_at: self.now(),
            expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        let mut tx = self.begin(ctx).await?;
        let outcome = insert(&mut tx, &permit, &key).await;
        tx.end(outcome.map(|()| CreatedKey { id: key.id, token: token.expose().to_owned() })).await
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

    /// All keys, without their secrets.
    ///
    /// # Errors
    /// Not allowed.
    pub async fn list_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        permit_keys(actor, &snapshot.hierarchy().await?)?;
        let mut keys: Vec<ApiKey> = Vec::new();
        loop {
            let page = snapshot.list_keys(keys.last().map(|key| key.id), 100).await?;
            if page.is_empty() {
                return Ok(keys);
            }
            keys.extend(page);
        }
    }
}

/// Keys belong to no department that could be hidden: who may not manage them is told so.
fn permit_keys(actor: &Actor, hierarchy: &Hierarchy) -> Result<Permit, CmsError> {
    let permit = actor.permit(Action::ManageKeys, DepartmentId::MINISTRY, hierarchy);
    permit.map_err(|_| CmsError::Forbidden(Action::ManageKeys))
}

async fn insert(tx: &mut WriteTx, permit: &Permit, key: &ApiKey) -> Result<(), CmsError> {
    tx.insert_key(permit, key).await?;
    record(tx, permit, EventKind::KeyCreated, key.id);
    Ok(())
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
