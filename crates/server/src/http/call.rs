//! One request on its way to a handler: who asks, what for, with which parameters and body.

use std::{str::FromStr, sync::Arc};

use diwan_cms::{ClientToken, Expect, IdempotencyKey, WriteContext};
use diwan_content::{Actor, ContentHash, Expected, Fault, Locale, Version};
use poem::{
    Body,
    http::{HeaderMap, Method},
};

use super::{
    body_budget::BodyHold, budgets::Spender, client_address::ClientAddress, conditions, envelope::Envelope,
    problem::Problem, problem_codes::ProblemCode, query::Query,
};
use crate::app::App;

/// Longest idempotency key in bytes.
const MAX_IDEMPOTENCY_KEY_BYTES: usize = 200;

/// A request whose key, parameters and body were read.
pub(crate) struct Call {
    /// The server.
    pub(crate) app: Arc<App>,
    /// Who asks.
    pub(crate) actor: Actor,
    /// Its client, as limits count.
    pub(crate) client: ClientAddress,
    /// Its id.
    pub(crate) request_id: String,
    /// How.
    pub(crate) method: Method,
    /// Path as sent, still encoded.
    pub(crate) path: String,
    /// Query string as sent, still encoded.
    pub(crate) raw_query: String,
    /// Headers as sent.
    pub(crate) headers: HeaderMap,
    /// Path parameters, still encoded.
    pub(crate) path_values: Vec<(&'static str, String)>,
    /// Checked parameters.
    pub(crate) query: Query,
    /// Checked members of a JSON body.
    pub(crate) envelope: Envelope,
    /// What is wrong with the members.
    pub(crate) faults: Vec<Fault>,
    /// Hash of the JSON body's bytes, for recognising repeats.
    pub(crate) body_hash: ContentHash,
    /// The memory of the body and of what was made of it.
    pub(crate) body_hold: Option<BodyHold>,
    /// The body itself where the route takes raw bytes.
    pub(crate) stream: Option<Body>,
    /// Whose budget the request is charged to.
    pub(crate) spender: Spender,
    /// The size of its answer is charged too.
    pub(crate) is_charged: bool,
}

impl Call {
    /// A path parameter as sent; empty when the route has none of that name.
    pub(crate) fn path_text(&self, name: &str) -> &str {
        self.path_values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A path parameter of a certain form. Whatever has another form names nothing.
    pub(crate) fn path_value<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        self.path_text(name).parse().map_err(|_| Problem::nowhere(&self.path))
    }

    /// Takes units from the client's budget: one for the read and one for each condition, word or name in `include`. What
    /// the answer's size costs follows when it is made.
    pub(crate) fn spend(&mut self, units: usize) -> Result<(), Problem> {
        self.is_charged = true;
        self.app.client_budgets.spend(&self.spender, units)
    }

    /// Takes what the size of the answer costs, if the read is charged for.
    pub(crate) fn charge_answer(&self, bytes: usize) {
        if self.is_charged {
            self.app.client_budgets.charge_answer(&self.spender, bytes);
        }
    }

    /// The client as a number, which tells nobody who that is: expensive reads take turns by it.
    pub(crate) fn token(&self) -> ClientToken {
        self.app.client_budgets.token_of(&self.spender)
    }

    /// The locale in the path.
    pub(crate) fn locale(&self) -> Result<Locale, Problem> {
        self.path_value("locale")
    }

    /// The version in `If-Match`; 428 without it.
    pub(crate) fn version(&self) -> Result<Version, Problem> {
        conditions::required_version(&self.headers)
    }

    /// The state that a save expects: a version, or that nothing is there yet.
    pub(crate) fn expect(&self) -> Result<Expect, Problem> {
        match (conditions::find_version(&self.headers)?, conditions::wants_absent(&self.headers)?) {
            (Some(version), false) => Ok(Expect::Version(version)),
            (None, true) => Ok(Expect::Absent),
            (Some(_), true) => Err(Problem::parameter("If-None-Match", Expected::WithoutIfMatch)),
            (None, false) => Err(Problem::new(ProblemCode::PreconditionRequired)),
        }
    }

    /// The members of the body, or all that is wrong with them.
    pub(crate) fn members(&mut self) -> Result<Envelope, Problem> {
        let faults = std::mem::take(&mut self.faults);
        if faults.is_empty() { Ok(std::mem::take(&mut self.envelope)) } else { Err(Problem::faults(faults)) }
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
