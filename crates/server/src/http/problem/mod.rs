//! Every error of the API is a problem of RFC 9457.
//!
//! | file | contains |
//! |---|---|
//! | `codes.rs` | the one table of codes, each with its status and its sentences in both languages |
//! | `details.rs` | sentences for each cause of the codes that cover several |
//! | `of_error.rs` | the problem of every error of the verbs |
//! | `messages.rs` | a test that reads every message in both languages |

mod codes;
mod details;
#[cfg(test)]
mod messages;
mod of_error;

pub use self::codes::ProblemCode;
pub(crate) use self::{details::ProblemDetail, of_error::forbidden};

use diwan_content::{Expected, Fault, FaultCode, Language, Pointer, Version, fill_message};
use poem::{
    Response,
    http::{HeaderName, HeaderValue, header},
};
use serde_json::{Map, Value, json};

use super::percent::decode;

/// Content type of problems.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json; charset=utf-8";
/// What a client is asked to wait before it tries again, in seconds.
pub(super) const RETRY_AFTER_SECONDS: &str = "2";
/// Most faults that one problem lists; a body of megabytes can have a fault at every byte.
const MAX_FAULTS: usize = 200;
/// Most characters of an address that a problem shows.
const MAX_SHOWN_CHARS: usize = 300;

/// What went wrong, without the language and the request that it is told in.
#[derive(Debug)]
pub(crate) struct Problem {
    /// Row of the table.
    pub(crate) code: ProblemCode,
    rest: Box<Rest>,
}

/// What few problems have; boxed, so that results stay small.
#[derive(Debug, Default)]
struct Rest {
    /// Which of the causes that the code covers, where it covers several.
    detail: Option<ProblemDetail>,
    /// What the detail mentions.
    params: Map<String, Value>,
    /// Problems of single values.
    faults: Vec<Fault>,
    /// Headers that belong to the answer.
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What happened inside; logged, never answered.
    inner: Option<String>,
    /// A verb refused: it has left a record of that itself.
    by_verb: bool,
}

impl Problem {
    /// A problem without parameters.
    pub(crate) fn new(code: ProblemCode) -> Self {
        Self { code, rest: Box::default() }
    }

    /// A problem of one of the causes that a code covers.
    pub(crate) fn of(detail: ProblemDetail) -> Self {
        let mut problem = Self::new(detail.code());
        problem.rest.detail = Some(detail);
        let (name, word) = detail.word();
        problem.with(name, word)
    }

    /// An address that names nothing (404), as it was sent.
    pub(crate) fn nowhere(address: &str) -> Self {
        Self::new(ProblemCode::NotFound).with("path", shown_address(address))
    }

    /// The same with a parameter of its detail.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.rest.params.insert(name.to_owned(), value.into());
        self
    }

    /// The same with a header.
    pub(crate) fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.rest.headers.push((name, value));
        }
        self
    }

    /// The same with what happened inside, for the log alone.
    pub(crate) fn because(mut self, inner: impl Into<String>) -> Self {
        self.rest.inner = Some(inner.into());
        self
    }

    /// Faults of the content (422).
    pub(crate) fn faults(faults: Vec<Fault>) -> Self {
        Self::new(ProblemCode::Faults).with_faults(faults)
    }

    /// Faults of parameters or headers (400).
    pub(crate) fn parameters(faults: Vec<Fault>) -> Self {
        Self::new(ProblemCode::BadParameters).with_faults(faults)
    }

    /// One parameter or header that cannot be read (400).
    pub(crate) fn parameter(name: &str, expected: Expected) -> Self {
        Self::parameters(vec![Fault::new(Pointer::root().key(name), FaultCode::InvalidParameter).expecting(expected)])
    }

    /// One parameter that is not one of the values that it takes (400).
    pub(crate) fn not_one_of(name: &str, allowed: Vec<&str>) -> Self {
        let fault = Fault::new(Pointer::root().key(name), FaultCode::InvalidParameter).expecting(Expected::OneOf);
        Self::parameters(vec![fault.with("allowed", allowed)])
    }

    /// A missing key (401).
    pub(crate) fn unauthorized() -> Self {
        Self::new(ProblemCode::Unauthorized).header(header::WWW_AUTHENTICATE, "Bearer realm=\"diwan\"")
    }

    /// A key that is not known, or no longer valid (401).
    pub(crate) fn invalid_key() -> Self {
        let challenge = "Bearer realm=\"diwan\", error=\"invalid_token\"";
        Self::of(ProblemDetail::InvalidKey).header(header::WWW_AUTHENTICATE, challenge)
    }

    /// A body or file of more than this number of bytes (413).
    pub(crate) fn too_large(max_bytes: impl Into<Value>) -> Self {
        Self::new(ProblemCode::TooLarge).with("max_bytes", max_bytes)
    }

    /// The server takes no more at this moment (503).
    pub(crate) fn overloaded() -> Self {
        Self::new(ProblemCode::Overloaded).header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
    }

    /// The same with faults.
    pub(crate) fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.rest.faults = faults;
        self
    }

    /// What is wrong, one by one.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.rest.faults
    }

    /// The same, refused by a verb or read.
    pub(super) fn by_verb(mut self) -> Self {
        self.rest.by_verb = true;
        self
    }

    /// Whether a verb or read refused, rather than what reads requests.
    pub(crate) fn is_by_verb(&self) -> bool {
        self.rest.by_verb
    }

    /// What is told in the log, if anything.
    pub(crate) fn inner(&self) -> Option<&str> {
        self.rest.inner.as_deref()
    }

    /// The body, in one language, for one request.
    pub(crate) fn body(&self, language: Language, request_id: &str) -> Value {
        let shown = self.rest.faults.iter().take(MAX_FAULTS);
        let faults: Vec<Value> = shown
            .map(|fault| {
                let Fault { pointer, code, params } = fault;
                json!({ "pointer": pointer, "code": code.as_str(), "params": params, "text": fault.text(language) })
            })
            .collect();
        let mut body = Map::new();
        body.insert("type".into(), format!("urn:diwan:problem:{}", self.code.as_str()).into());
        body.insert("title".into(), self.code.title(language).into());
        body.insert("status".into(), self.code.status().as_u16().into());
        body.insert("detail".into(), self.detail(language).into());
        body.insert("code".into(), self.code.as_str().into());
        body.insert("request_id".into(), request_id.into());
        if !self.rest.params.is_empty() {
            body.insert("params".into(), Value::Object(self.rest.params.clone()));
        }
        body.insert("faults".into(), faults.into());
        if self.rest.faults.len() > MAX_FAULTS {
            body.insert("fault_count".into(), self.rest.faults.len().into());
        }
        Value::Object(body)
    }

    /// What exactly is wrong, in whole sentences; the title where a sentence would need what nobody gave.
    fn detail(&self, language: Language) -> String {
        let detail = self.rest.detail;
        let sentences = detail.map_or_else(|| self.code.detail(language), |detail| detail.sentences(language));
        let text = fill_message(sentences, &self.rest.params, language);
        if text.is_empty() { format!("{}.", self.code.title(language)) } else { text }
    }

    /// The whole answer.
    pub(crate) fn into_response(self, language: Language, request_id: &str) -> Response {
        let body = self.body(language, request_id).to_string();
        let mut response = Response::builder()
            .status(self.code.status())
            .header(header::CONTENT_TYPE, PROBLEM_TYPE)
            .header(header::CONTENT_LANGUAGE, language.as_str())
            .header(header::CACHE_CONTROL, "no-store")
            .header(header::VARY, "Accept-Language")
            .header(header::CONTENT_LENGTH, body.len())
            .body(body);
        for (name, value) in self.rest.headers {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// A version as an entity tag.
pub(crate) fn version_tag(version: Version) -> String {
    format!("\"{version}\"")
}

/// A path as people write it: decoded where that is text, and cut where it is long.
fn shown_address(address: &str) -> String {
    let decoded = decode(&address.replace('+', "%2B")).unwrap_or_else(|| address.to_owned());
    decoded.chars().take(MAX_SHOWN_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use diwan_cms::CmsError;

    use super::*;

    #[test]
    fn what_happened_inside_is_never_answered() {
        let source = Some(std::io::Error::other("password=secret").into());
        let problem = Problem::from(CmsError::Internal { what: "row 7 is damaged".into(), source });
        assert_eq!(problem.inner(), Some("row 7 is damaged: password=secret"));
        let body = problem.body(Language::Ar, "r").to_string();
        assert!(!body.contains("secret") && !body.contains("row 7"), "{body}");
    }

    #[test]
    fn a_problem_is_whole_in_both_languages() {
        let problem = || Problem::parameter("id", Expected::Id);
        assert_eq!(
            problem().body(Language::En, "r1"),
            json!({
                "type": "urn:diwan:problem:bad_parameters", "title": "Bad parameters", "status": 400,
                "detail": "Parameters or headers of the request are not valid; see the listed faults.", "code": "bad_parameters", "request_id": "r1",
                "faults": [{
                    "pointer": "/id", "code": "invalid_parameter", "params": { "expected": "uuid" },
                    "text": "The value must be an identifier (UUID)."
                }]
            })
        );
        assert_eq!(problem().body(Language::Ar, "r1")["title"], "معاملات غير صالحة");
    }
}
