//! A route: one row that serving, checking and documenting share.

use std::{future::Future, pin::Pin};

use poem::{Response, http::Method};
use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::Type,
};

use super::{call::Call, envelope::Member, problem::Problem, query::Parameter};

/// Largest body of a request that carries nothing, in bytes.
const MAX_EMPTY_BYTES: usize = 1024;
/// Largest body without content, in bytes.
const MAX_SMALL_BYTES: usize = 64 * 1024;

/// One method on one path.
pub(crate) struct Route {
    /// How it is asked.
    pub(crate) method: Verb,
    /// Path below the surface's prefix; `{name}` is one segment, `{name*}` all the rest.
    pub(crate) path: &'static str,
    /// Name of the operation in generated clients.
    pub(crate) operation: &'static str,
    /// What it does, in a sentence.
    pub(crate) summary: &'static str,
    /// Parameters of the query string; no other is taken.
    pub(crate) parameters: &'static [Parameter],
    /// What the request carries.
    pub(crate) body: RequestBody,
    /// Which version the request must name.
    pub(crate) condition: Condition,
    /// What it answers when all goes well.
    pub(crate) answers: &'static [Described],
    /// Parse, one call, view.
    pub(crate) handler: fn(Call) -> Handling,
}

/// What a handler becomes.
pub(crate) type Handling = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

/// Methods that routes have. `HEAD` and `OPTIONS` are served for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Reads.
    Get,
    /// Does something.
    Post,
    /// Saves the whole of something.
    Put,
}

/// What a request carries.
#[derive(Clone, Copy)]
pub(crate) enum RequestBody {
    /// Nothing.
    None,
    /// A JSON object of these members.
    Json {
        /// Name of its schema.
        name: &'static str,
        /// Its members.
        members: &'static [Member],
        /// How large it may be.
        max: MaxBody,
    },
    /// Raw bytes of any type.
    Bytes,
}

/// How large a JSON body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MaxBody {
    /// It carries content: what the configuration allows.
    Content,
    /// It carries names, texts and lists of ids: 64 KiB.
    Small,
    /// This number of bytes.
    Bytes(usize),
}

/// Which version a request must name in its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// None.
    None,
    /// `If-Match` with the version.
    Version,
    /// The same, or `If-None-Match: *` for what does not exist yet.
    VersionOrAbsent,
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
    /// The shape of a view.
    pub(crate) const fn of<T: Type>() -> Self {
        Self { reference: T::schema_ref, register: T::register }
    }
}

impl Described {
    /// 200 with a view.
    pub(crate) const fn ok<T: Type>(help: &'static str) -> Self {
        Self::json::<T>(200, help)
    }

    /// A view under another status.
    pub(crate) const fn json<T: Type>(status: u16, help: &'static str) -> Self {
        Self { status, help, content: Content::Json(Shape::of::<T>()) }
    }

    /// 200 with a view under a media type of its own.
    pub(crate) const fn typed<T: Type>(content_type: &'static str, help: &'static str) -> Self {
        Self { status: 200, help, content: Content::Typed(content_type, Shape::of::<T>()) }
    }

    /// A status without a body.
    pub(crate) const fn nothing(status: u16, help: &'static str) -> Self {
        Self { status, help, content: Content::Nothing }
    }

    /// 200 with bytes of a content type.
    pub(crate) const fn bytes(content_type: &'static str, help: &'static str) -> Self {
        Self { status: 200, help, content: Content::Bytes(content_type) }
    }
}

impl RequestBody {
    /// Largest body in bytes; bodies of raw bytes have a limit of their own, in their handlers.
    pub(crate) fn max_bytes(self, max_content_bytes: usize) -> usize {
        match self {
            // Some clients cannot send nothing: they send an empty object.
            Self::None | Self::Bytes => MAX_EMPTY_BYTES,
            Self::Json { max: MaxBody::Content, .. } => max_content_bytes,
            Self::Json { max: MaxBody::Small, .. } => MAX_SMALL_BYTES.min(max_content_bytes),
            Self::Json { max: MaxBody::Bytes(count), .. } => count.min(max_content_bytes),
        }
    }
}

impl Verb {
    /// As in requests.
    pub(crate) fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
        }
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
