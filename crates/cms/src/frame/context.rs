//! Who asks for a change and how a repeat of it is recognised.

use diwan_content::{Actor, ContentHash};

/// What every verb is told beside its own input.
#[derive(Debug, Clone)]
pub struct WriteContext {
    /// Who asks.
    pub actor: Actor,
    /// How a repeat of the request is recognised, where the caller wants that.
    pub idempotency: Option<IdempotencyKey>,
    /// The request's id, for the record of refusals.
    pub request_id: Option<String>,
}

/// The caller's name for one request and the hash of all that it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller's name for it, 1 to 200 bytes.
    pub key: String,
    /// Hash over method, path, version condition and body.
    pub request_hash: ContentHash,
}

impl WriteContext {
    /// For what an operator starts on the machine.
    pub fn system() -> Self {
        Self { actor: Actor::system(), idempotency: None, request_id: None }
    }

    /// For an actor, without a name for the request.
    pub fn of(actor: Actor) -> Self {
        Self { actor, idempotency: None, request_id: None }
    }
}
