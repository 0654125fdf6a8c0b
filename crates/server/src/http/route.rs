//! A route: one row of a table that serving, checking and documenting share; and surfaces, the routes below one prefix.
//!
//! `call.rs` has what a row does with a request.

use std::sync::Arc;

use poem::http::Method;
use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::Type,
};

use super::{
    call::{Call, Handling, Unread},
    request::{
        members::DeclaredMember,
        parameters::Parameters,
        reader::{self, Declared},
    },
};

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

type Handler = Box<dyn Fn(Call, Unread) -> Handling + Send + Sync>;

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

    /// It answers 302 without a body.
    pub(crate) fn found(self, help: &'static str) -> Self {
        self.answer(302, help, Content::Nothing)
    }

    /// It answers 202 without a body.
    pub(crate) fn accepted(self, help: &'static str) -> Self {
        self.answer(202, help, Content::Nothing)
    }

    fn answer(mut self, status: u16, help: &'static str, content: Content) -> Self {
        self.answers.push(Described { status, help, content });
        self
    }

    /// Whether the route changes nothing.
    pub(super) fn is_read(&self) -> bool {
        self.method == Method::GET
    }

    /// The row, with what reads a request of it and calls its handler.
    pub(super) fn route<P: Parameters>(
        self,
        body: RequestBody,
        handler: impl Fn(Call, Unread) -> Handling + Send + Sync + 'static,
    ) -> Route {
        let Self { method, path, operation, summary, answers } = self;
        let declared = reader::declared::<P>();
        Route { method, path, operation, summary, declared, body, answers, handler: Box::new(handler) }
    }
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// Anybody; keys are not looked at.
    Open,
    /// Anybody; a key must be valid where one is shown.
    KeyAllowed,
    /// Only who shows a valid key.
    KeyNeeded,
    /// Only who shows a valid key with a role that manages something: a key for reading what is published has no business there.
    ManagementKeyNeeded,
}

/// The routes below one prefix with who may come in.
pub(crate) struct Surface {
    /// Who may come in.
    pub(crate) gate: Gate,
    /// Prefix of all its paths.
    pub(crate) prefix: &'static str,
    /// Its routes.
    pub(crate) routes: Vec<Arc<Route>>,
}

impl Surface {
    /// Of routes.
    pub(crate) fn new(gate: Gate, prefix: &'static str, routes: Vec<Route>) -> Self {
        Self { gate, prefix, routes: routes.into_iter().map(Arc::new).collect() }
    }
}

/// Names of a path's parameters, in order.
pub(crate) fn path_parameters(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_end_matches('*'))
}

/// A path in poem's notation.
pub(crate) fn poem_path(path: &str) -> String {
    let mut out = String::new();
    for segment in path.split('/').skip(1) {
        out.push('/');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => match name.strip_suffix('*') {
                Some(name) => out.push_str(&format!("*{name}")),
                None => out.push_str(&format!(":{name}")),
            },
            None => out.push_str(segment),
        }
    }
    out
}

/// Whether a request's path fits a route's.
pub(crate) fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for part in template.split('/') {
        if part.ends_with("*}") {
            return segments.next().is_some();
        }
        match segments.next() {
            Some(segment) if part.starts_with('{') && !segment.is_empty() => {}
            Some(segment) if part == segment => {}
            Some(_) | None => return false,
        }
    }
    segments.next().is_none()
}

/// How many segments of a template are no parameters.
pub(crate) fn named_segments(template: &str) -> usize {
    // By name of the type: the trait `Type` in scope has an `is_empty` of its own, which would be taken for a `&&str`.
    template.split('/').filter(|part| !str::is_empty(part) && !part.starts_with('{')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_to_poem_and_recognised() {
        assert_eq!(poem_path("/entries/{id}/{locale}/publish"), "/entries/:id/:locale/publish");
        assert_eq!(poem_path("/content/{path*}"), "/content/*path");
        assert_eq!(path_parameters("/entries/{id}/{locale}").collect::<Vec<_>>(), ["id", "locale"]);
        assert!(
            fits("/entries/{id}", "/entries/x")
                && !fits("/entries/{id}", "/entries/")
                && !fits("/entries/{id}", "/entries/x/y")
        );
        assert!(fits("/content/{path*}", "/content/a/b") && !fits("/content/{path*}", "/content"));
        assert_eq!(named_segments("/entries/{id}/trash"), 2);
        assert_eq!(named_segments("/entries/{id}/{locale}"), 1);
    }
}
