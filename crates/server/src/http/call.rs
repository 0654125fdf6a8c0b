//! From a request to the typed call of a handler: its key, then path, query string, conditions and body, all faults at once.
//!
//! poem's router calls the [`RouteEndpoint`] of a row. It authenticates and makes a [`Call`]. What the row's handler takes was
//! decided where the row was written: [`RouteHead::to`], [`RouteHead::with_body`] or [`RouteHead::with_bytes`] read that.

use std::{
    collections::BTreeMap,
    future::Future,
    net::{IpAddr, Ipv4Addr},
    pin::Pin,
    sync::Arc,
};

use bytes::Bytes;
use diwan_cms::{ClientToken, IdempotencyKey, WriteContext};
use diwan_content::{
    Actor, ContentHash, Expected, Fault, Language,
    rights::{Action, ActorRef},
};
use poem::{
    Body, Endpoint, Request, Response, Route as PoemRoute, RouteMethod,
    http::{HeaderMap, Method, header},
};
use serde_json::Value;

use super::{
    app::App,
    budgets::Client,
    client_address::ClientAddress,
    problem::{Problem, ProblemCode, forbidden},
    request::{
        body::{self, BodyHold},
        members::{self, FromMembers, JsonBody, MaxBody, Members, SentBody},
        parameters::Parameters,
        reader::{self, Pair, Reading, Sent},
    },
    route::{Gate, RequestBody, Route, RouteHead, Surface, path_parameters, poem_path},
};

/// Largest body of a request that carries nothing, in bytes.
const MAX_EMPTY_BYTES: usize = 1024;
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

/// What a handler becomes.
pub(crate) type Handling = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

/// What of a request is still to be read.
pub(crate) struct Unread {
    /// Segments of the path by their names, decoded.
    pub(crate) path_values: Vec<(&'static str, String)>,
    /// The query string.
    pub(crate) pairs: Vec<Pair>,
    /// The body.
    pub(crate) body: Body,
}

/// What handlers know of the request around them.
#[derive(Debug, Clone)]
pub(crate) struct RequestInfo {
    /// Its id.
    pub(crate) request_id: String,
    /// Language of messages.
    pub(crate) language: Language,
    /// Who asks, as limits count.
    pub(crate) client: ClientAddress,
}

impl Default for RequestInfo {
    fn default() -> Self {
        let client = ClientAddress::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        Self { request_id: String::new(), language: Language::Ar, client }
    }
}

/// What a route tells the frame about its answer, for log and metrics.
#[derive(Debug, Clone, Default)]
pub(crate) struct Handled {
    /// Prefix of the surface.
    pub(crate) prefix: &'static str,
    /// Template of the path.
    pub(crate) path: &'static str,
    /// Who asked.
    pub(crate) actor: Option<ActorRef>,
    /// What went wrong.
    pub(crate) code: Option<ProblemCode>,
    /// What went wrong inside.
    pub(crate) inner: Option<String>,
}

/// Poem's router over surfaces. `HEAD` is served by `GET`.
pub(crate) fn poem_routes(app: &Arc<App>, surfaces: &[Surface]) -> PoemRoute {
    let mut paths: BTreeMap<String, RouteMethod> = BTreeMap::new();
    for Surface { gate, prefix, routes } in surfaces {
        for route in routes {
            let path = format!("{prefix}{}", poem_path(route.path));
            let endpoint = RouteEndpoint { app: app.clone(), gate: *gate, prefix, route: route.clone() };
            let methods = paths.remove(&path).unwrap_or_default();
            paths.insert(path, methods.method(route.method.clone(), endpoint));
        }
    }
    paths.into_iter().fold(PoemRoute::new(), |router, (path, methods)| router.at(path, methods))
}

/// One route at work.
struct RouteEndpoint {
    app: Arc<App>,
    gate: Gate,
    prefix: &'static str,
    route: Arc<Route>,
}

impl Endpoint for RouteEndpoint {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let info = request.extensions().get::<RequestInfo>().cloned().unwrap_or_default();
        tracing::Span::current()
            .record("http.route", tracing::field::display(format_args!("{}{}", self.prefix, self.route.path)));
        let mut handled = Handled { prefix: self.prefix, path: self.route.path, ..Handled::default() };
        let mut answer = match self.handle(request, &info, &mut handled).await {
            Ok(response) => response,
            Err(problem) => {
                self.record(&problem, &handled, &info).await;
                handled.code = Some(problem.code);
                handled.inner = problem.inner().map(str::to_owned);
                problem.into_response(info.language, &info.request_id)
            }
        };
        answer.extensions_mut().insert(handled);
        Ok(answer)
    }
}

impl RouteEndpoint {
    async fn handle(
        &self,
        mut request: Request,
        info: &RequestInfo,
        handled: &mut Handled,
    ) -> Result<Response, Problem> {
        let actor = self.authenticate(request.headers()).await?;
        handled.actor = Some(actor.reference);
        if self.gate == Gate::ManagementKeyNeeded && !actor.manages() {
            return Err(forbidden(Action::Read));
        }
        let unread = Unread {
            path_values: path_parameters(self.route.path)
                .map(|name| (name, request.raw_path_param(name).unwrap_or_default().to_owned()))
                .collect(),
            pairs: reader::split(request.original_uri().query())?,
            body: request.take_body(),
        };
        let call = Call {
            app: self.app.clone(),
            client: Client::new(actor.reference, info.client),
            actor,
            request_id: info.request_id.clone(),
            method: request.method().clone(),
            path: request.original_uri().path().to_owned(),
            raw_query: request.original_uri().query().unwrap_or_default().to_owned(),
            headers: std::mem::take(request.headers_mut()),
            has_faults: false,
            body_hash: ContentHash::of(b""),
            body_hold: None,
            is_charged: false,
        };
        self.route.answer(call, unread).await
    }

    async fn authenticate(&self, headers: &HeaderMap) -> Result<Actor, Problem> {
        let mut sent = headers.get_all(header::AUTHORIZATION).iter();
        let first = match (self.gate, sent.next()) {
            (Gate::Open, _) | (Gate::KeyAllowed, None) => return Ok(Actor::anonymous()),
            (Gate::KeyNeeded | Gate::ManagementKeyNeeded | Gate::KeyAllowed, first) => first,
        };
        let token =
            first.and_then(|value| value.to_str().ok()).and_then(bearer_token).filter(|_| sent.next().is_none());
        let actor = match token {
            Some(token) => self.app.cms.authenticate(token).await?,
            None => None,
        };
        match actor {
            Some(actor) => Ok(actor),
            None => {
                self.app.cms.record_anonymous_refusal(self.route.operation, "unauthorized");
                Err(if first.is_some() { Problem::invalid_key() } else { Problem::unauthorized() })
            }
        }
    }

    /// Leaves a record of what was refused to a known actor; verbs that change something do that themselves.
    async fn record(&self, problem: &Problem, handled: &Handled, info: &RequestInfo) {
        let recorded = problem.is_by_verb() && !self.route.is_read();
        let guarded = matches!(self.gate, Gate::KeyNeeded | Gate::ManagementKeyNeeded)
            || problem.code == ProblemCode::HistoryClosed;
        let Some(actor) = handled.actor.filter(|actor| guarded && !recorded && *actor != ActorRef::Anonymous) else {
            return;
        };
        if problem.code.status().is_client_error() {
            let code = problem.code.as_str();
            self.app.cms.record_refusal(actor, self.route.operation, None, code, Some(&info.request_id)).await;
        }
    }
}

/// The token of `Bearer …`; the scheme's name is written in any case.
fn bearer_token(text: &str) -> Option<&str> {
    let (scheme, token) = text.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= 512).then_some(token)
}

impl RouteHead {
    /// The handler of a route without a body.
    ///
    /// A read whose parameters have faults runs with what could be read of them: the collection that it names may find more
    /// faults, and the client is told all of them. Its answer is dropped. Whatever changes something never runs with faults.
    pub(crate) fn to<P, F, A>(self, handler: F) -> Route
    where
        P: Parameters,
        F: Fn(Call, P) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let is_read = self.is_read();
        self.route::<P>(RequestBody::None, move |mut call: Call, unread: Unread| -> Handling {
            let handler = handler.clone();
            Box::pin(async move {
                let Unread { path_values, pairs, body } = unread;
                let Reading { value, faults, problem } = call.parameters(&path_values, pairs);
                call.has_faults = !faults.is_empty();
                if is_read && call.has_faults && problem.is_none() {
                    return Err(with_more_faults(faults, handler(call, value).await));
                }
                refuse_faults(faults)?;
                if !is_read {
                    read_nothing(&mut call, body).await?;
                }
                refuse(problem)?;
                handler(call, value).await
            })
        })
    }

    /// The handler of a route with a JSON body, which it gets only without faults.
    pub(crate) fn with_body<P, B, F, A>(self, handler: F) -> Route
    where
        P: Parameters,
        B: JsonBody,
        F: Fn(Call, P, B) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        self.with_sent_body(move |call: Call, parameters: P, body: SentBody<B>| {
            let handler = handler.clone();
            async move {
                match body.sound() {
                    Ok(body) => handler(call, parameters, body).await,
                    Err(problem) => {
                        call.idempotency_key()?;
                        Err(problem)
                    }
                }
            }
        })
    }

    /// The handler of a route with a JSON body, which can add faults to those of the body.
    pub(crate) fn with_sent_body<P, B, F, A>(self, handler: F) -> Route
    where
        P: Parameters,
        B: JsonBody,
        F: Fn(Call, P, SentBody<B>) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        let body = RequestBody::Json { name: B::NAME, members: members::declared::<B>() };
        self.route::<P>(body, move |mut call: Call, unread: Unread| -> Handling {
            let handler = handler.clone();
            Box::pin(async move {
                let Unread { path_values, pairs, body } = unread;
                let Reading { value, faults, problem } = call.parameters(&path_values, pairs);
                refuse_faults(faults)?;
                let json = read_json(&mut call, body, B::MAX).await?;
                refuse(problem)?;
                handler(call, value, members::read(json)).await
            })
        })
    }

    /// The handler of a route that takes raw bytes; it reads them with limits of its own.
    pub(crate) fn with_bytes<P, F, A>(self, handler: F) -> Route
    where
        P: Parameters,
        F: Fn(Call, P, Body) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Result<Response, Problem>> + Send + 'static,
    {
        self.route::<P>(RequestBody::Bytes, move |mut call: Call, unread: Unread| -> Handling {
            let handler = handler.clone();
            Box::pin(async move {
                let Unread { path_values, pairs, body } = unread;
                let Reading { value, faults, problem } = call.parameters(&path_values, pairs);
                refuse_faults(faults)?;
                body::check_encoding(&call.headers)?;
                call.body_hold = Some(call.app.body_budget.hold(call.client));
                refuse(problem)?;
                handler(call, value, body).await
            })
        })
    }
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

    fn parameters<P: Parameters>(&self, path_values: &[(&'static str, String)], pairs: Vec<Pair>) -> Reading<P> {
        let sent = Sent { path: &self.path, path_values, headers: &self.headers, now: self.app.cms.now() };
        reader::read(sent, pairs)
    }
}

/// A body without members: what some clients send who cannot send nothing.
struct Nothing;

impl FromMembers for Nothing {
    fn read(_members: &mut Members) -> Self {
        Self
    }
}

fn refuse(problem: Option<Problem>) -> Result<(), Problem> {
    problem.map_or(Ok(()), Err)
}

fn refuse_faults(faults: Vec<Fault>) -> Result<(), Problem> {
    if faults.is_empty() { Ok(()) } else { Err(Problem::parameters(faults)) }
}

/// The faults of a query string with those that a read found in what could be read of it.
fn with_more_faults(mut faults: Vec<Fault>, answer: Result<Response, Problem>) -> Problem {
    let found = answer.err().filter(|problem| problem.code == ProblemCode::BadParameters);
    for fault in found.map(Problem::into_faults).unwrap_or_default() {
        if faults.iter().all(|known| known.pointer != fault.pointer) {
            faults.push(fault);
        }
    }
    Problem::parameters(faults)
}

/// Reads the body of a route that has none.
async fn read_nothing(call: &mut Call, body: Body) -> Result<(), Problem> {
    body::check_encoding(&call.headers)?;
    let bytes = read_bytes(call, body, MAX_EMPTY_BYTES).await?;
    if bytes.trim_ascii().is_empty() {
        return Ok(());
    }
    body::check_json_type(&call.headers)?;
    members::read::<Nothing>(body::parse_json(&bytes)?).sound().map(|Nothing| ())
}

async fn read_json(call: &mut Call, body: Body, max: MaxBody) -> Result<Value, Problem> {
    body::check_encoding(&call.headers)?;
    body::check_json_type(&call.headers)?;
    let bytes = read_bytes(call, body, max.bytes(call.app.limits.max_body_bytes)).await?;
    call.body_hash = ContentHash::of(&bytes);
    body::parse_json(&bytes)
}

async fn read_bytes(call: &mut Call, body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let (timeout, hold) = (call.app.limits.body_timeout, call.app.body_budget.hold(call.client));
    body::read_all(&call.headers, body, max_bytes, timeout, call.body_hold.insert(hold)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_its_scheme() {
        assert_eq!(bearer_token("Bearer abc"), Some("abc"));
        assert_eq!(bearer_token("bearer  abc "), Some("abc"));
        for bad in ["", "abc", "Bearer", "Bearer ", "Basic abc"] {
            assert_eq!(bearer_token(bad), None, "{bad}");
        }
    }
}
