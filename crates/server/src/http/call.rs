//! A request on its way to a handler: who asks, from where, with which headers. Parameters and body are beside it.

use std::sync::Arc;

use diwan_cms::{ClientToken, IdempotencyKey, WriteContext};
use diwan_content::{Actor, ContentHash, Expected};
use poem::http::{HeaderMap, Method};

use super::{app::App, budgets::Client, problem::Problem, request::body_budget::BodyHold};

/// Longest idempotency key in bytes.
const MAX_IDEMPOTENCY_KEY_BYTES: usize = 200;

/// A request that was let in.
pub(crate) struct Call {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Who asks.
    pub(crate) actor: Actor,
    /// Its client, on whose account it is answered.
    pub(crate) client: Client,
    /// Its id.
    pub(crate) request_id: String,
    /// Its method.
    pub(crate) method: Method,
    /// Path as sent, still encoded.
    pub(crate) path: String,
    /// Query string as sent, still encoded.
    pub(crate) raw_query: String,
    /// Headers as sent.
    pub(crate) headers: HeaderMap,
    /// Parameters have faults: whatever the handler answers, the client gets these.
    pub(crate) has_faults: bool,
    /// Hash of the JSON body's bytes, for recognising repeats.
    pub(crate) body_hash: ContentHash,
    /// The memory of the body and of what was made of it.
    pub(crate) body_hold: Option<BodyHold>,
    /// The size of its answer is charged too.
    pub(crate) is_charged: bool,
}

impl Call {
    /// Ends a read whose parameters have faults before it costs anything.
    pub(crate) fn refuse_faults(&self) -> Result<(), Problem> {
        if self.has_faults { Err(Problem::parameters(Vec::new())) } else { Ok(()) }
    }

    /// Takes units from the client's budget: one for the read and one for each condition, word or name in `include`. What
    /// the answer's size costs follows when it is made.
    pub(crate) fn spend(&mut self, units: usize) -> Result<(), Problem> {
        self.is_charged = true;
        self.app.client_budgets.spend(self.client, units)
    }

    /// Takes what the size of the answer costs, if the read is charged for.
    pub(crate) fn charge_answer(&self, bytes: usize) {
        if self.is_charged {
            self.app.client_budgets.charge_answer(self.client, bytes);
        }
    }

    /// The client as a number, which tells nobody who that is: expensive reads take turns by it.
    pub(crate) fn token(&self) -> ClientToken {
        self.app.client_budgets.token_of(self.client)
    }

    /// What verbs are told beside their input.
    pub(crate) fn context(&self) -> Result<WriteContext, Problem> {
        self.context_with(&self.body_hash)
    }

    /// The same for a body whose hash was taken elsewhere.
    pub(crate) fn context_with(&self, body_hash: &ContentHash) -> Result<WriteContext, Problem> {
        let idempotency =
            self.idempotency_key()?.map(|key| IdempotencyKey { key, request_hash: self.request_hash(body_hash) });
        Ok(WriteContext { actor: self.actor.clone(), idempotency, request_id: Some(self.request_id.clone()) })
    }

    /// The caller's name for the request.
    pub(crate) fn idempotency_key(&self) -> Result<Option<String>, Problem> {
        let mut sent = self.headers.get_all("idempotency-key").iter();
        let Some(value) = sent.next() else { return Ok(None) };
        let bytes = value.as_bytes();
        let good = (1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&bytes.len())
            && bytes.iter().all(u8::is_ascii_graphic)
            && sent.next().is_none();
        match value.to_str() {
            Ok(text) if good => Ok(Some(text.to_owned())),
            Ok(_) | Err(_) => Err(Problem::parameter("Idempotency-Key", Expected::IdempotencyKey)),
        }
    }

    fn request_hash(&self, body_hash: &ContentHash) -> ContentHash {
        let header = |name| self.headers.get(name).map(|value| value.as_bytes()).unwrap_or_default();
        ContentHash::of_parts(&[
            self.method.as_str().as_bytes(),
            self.path.as_bytes(),
            self.raw_query.as_bytes(),
            header("if-match"),
            header("if-none-match"),
            body_hash.as_bytes(),
        ])
    }
}
