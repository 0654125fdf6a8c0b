//! A route: one row of a table that serving, checking and documenting share.

use std::{future::Future, pin::Pin};

use bytes::Bytes;
use diwan_content::{ContentHash, Fault};
use poem::{Body, Response, http::Method};
use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::Type,
};
use serde_json::Value;

use super::{
    call::Call,
    problem::{Problem, ProblemCode},
    request::{
        body,
        members::{self, DeclaredMember, FromMembers, JsonBody, MaxBody, Members, SentBody},
        parameters::{self, Declared, Parameters, Reading, Sent},
        query::Pair,
        strict_json,
    },
};

/// Largest body of a request that carries nothing, in bytes.
const MAX_EMPTY_BYTES: usize = 1024;

/// One method on one path.
pub(crate) struct Route {
    /// The method. `HEAD` and `OPTIONS` are served for all routes.
    pub(crate) method: Method,
    /// Path below the surface's prefix; `{name}` is one segment, `{name*}` all the rest.
    pub(crate) path: &'static str,
    /// Name of the operation in generated clients.
    pub(crate) operation: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// What it reads besides a body.
    pub(crate) declared: Declared,
    /// What the request carries.
    pub(crate) body: RequestBody,
    /// What it answers when all goes well.
    pub(crate) answers: Vec<Described>,
    handler: Handler,
}

/// A route without its handler.
pub(crate) struct RouteHead {
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    answers: Vec<Described>,
}

/// What a handler becomes.
pub(crate) type Handling = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

type Handler = Box<dyn Fn(Call, Unread) -> Handling + Send + Sync>;

/// What of a request is still to be read.
pub(crate) struct Unread {
    /// Segments of the path by their names, decoded.
    pub(crate) path_values: Vec<(&'static str, String)>,
    /// The query string.
    pub(crate) pairs: Vec<Pair>,
    /// The body.
    pub(crate) body: Body,
}

/// What a request carries.
pub(crate) enum RequestBody {
    /// Nothing.
    None,
    /// A JSON object of these members.
    Json {
        /// Name of its schema.
        name: &'static str,
        /// Its members.
        members: Vec<DeclaredMember>,
    },
    /// Raw bytes of any type.
    Bytes,
}

/// One good answer, for documents.
pub(crate) struct Described {
    /// Its status.
    pub(crate) status: u16,
    /// What it means.
    pub(crate) help: &'static str,
    /// What it carries.
    pub(crate) content: Content,
}

/// What an answer carries.
pub(crate) enum Content {
    /// JSON of a view.
    Json(Shape),
    /// JSON of a view under a media type of its own.
    Typed(&'static str, Shape),
    /// Other bytes.
    Bytes(&'static str),
    /// Nothing.
    Nothing,
}

/// The documented shape of a view.
pub(crate) struct Shape {
    /// How documents refer to it.
    pub(crate) reference: fn() -> MetaSchemaRef,
    /// Writes it and all below it into a document.
    pub(crate) register: fn(&mut Registry),
}

impl Shape {
    fn of<T: Type>() -> Self {
        Self { reference: T::schema_ref, register: T::register }
    }
}

impl Route {
    /// A route that reads.
    pub(crate) fn get(path: &'static str, operation: &'static str, summary: &'static str) -> RouteHead {
        RouteHead::new(Method::GET, path, operation, summary)
    }

    /// A route that does something.
    pub(crate) fn post(path: &'static str, operation: &'static str, summary: &'static str) -> RouteHead {
        RouteHead::new(Method::POST, path, operation, summary)
    }

    /// A route that saves the whole of something.
    pub(crate) fn put(path: &'static str, operation: &'static str, summary: &'static str) -> RouteHead {
        RouteHead::new(Method::PUT, path, operation, summary)
    }

    /// Whether it changes nothing.
    pub(crate) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// Reads a request and answers it.
    pub(crate) fn answer(&self, call: Call, unread: Unread) -> Handling {
        (self.handler)(call, unread)
    }
}

impl RouteHead {
    fn new(method: Method, path: &'static str, operation: &'static str, summary: &'static str) -> Self {
        Self { method, path, operation, summary, answers: Vec::new() }
    }

    /// It answers 200 with a view.
    pub(crate) fn ok<T: Type>(self, help: &'static str) -> Self {
        self.answer(200, help, Content::Json(Shape::of::<T>()))
    }

    /// It answers 201 with a view.
    pub(crate) fn created<T: Type>(self, help: &'static str) -> Self {
        self.answer(201, help, Content::Json(Shape::of::<T>()))
    }

    /// It answers 200 with a view under a media type of its own.
    pub(crate) fn typed<T: Type>(self, content_type: &'static str, help: &'static str) -> Self {
        self.answer(200, help, Content::Typed(content_type, Shape::of::<T>()))
    }

    /// It answers 200 with bytes of a content type.
    pub(crate) fn bytes(self, content_type: &'static str, help: &'static str) -> Self {
        self.answer(200, help, Content::Bytes(content_type))
    }

    /// It answers 202 without a body.
    pub(crate) fn accepted(self, help: &'static str) -> Self {
        self.answer(202, help, Content::Nothing)
    }

    fn answer(mut self, status: u16, help: &'static str, content: Content) -> Self {
        self.answers.push(Described { status, help, content });
        self
    }

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
        let is_read = self.method == Method::GET;
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

    fn route<P: Parameters>(
        self,
        body: RequestBody,
        handler: impl Fn(Call, Unread) -> Handling + Send + Sync + 'static,
    ) -> Route {
        let Self { method, path, operation, summary, answers } = self;
        let declared = parameters::declared::<P>();
        Route { method, path, operation, summary, declared, body, answers, handler: Box::new(handler) }
    }
}

/// A body without members: what some clients send who cannot send nothing.
struct Nothing;

impl FromMembers for Nothing {
    fn read(_members: &mut Members) -> Self {
        Self
    }
}

impl Call {
    fn parameters<P: Parameters>(&self, path_values: &[(&'static str, String)], pairs: Vec<Pair>) -> Reading<P> {
        let sent = Sent { path: &self.path, path_values, headers: &self.headers, now: self.app.cms.now() };
        parameters::read(sent, pairs)
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
    members::read::<Nothing>(strict_json::parse(&bytes)?).sound().map(|Nothing| ())
}

async fn read_json(call: &mut Call, body: Body, max: MaxBody) -> Result<Value, Problem> {
    body::check_encoding(&call.headers)?;
    body::check_json_type(&call.headers)?;
    let bytes = read_bytes(call, body, max.bytes(call.app.limits.max_body_bytes)).await?;
    call.body_hash = ContentHash::of(&bytes);
    strict_json::parse(&bytes)
}

async fn read_bytes(call: &mut Call, body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let (timeout, hold) = (call.app.limits.body_timeout, call.app.body_budget.hold(call.client));
    body::read_all(&call.headers, body, max_bytes, timeout, call.body_hold.insert(hold)).await
}
