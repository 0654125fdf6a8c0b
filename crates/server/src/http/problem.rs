//! Every error of the API is a problem of RFC 9457; verbs' errors become problems here and nowhere else.

use diwan_cms::{CmsError, Conflict, Thing};
use diwan_content::{Fault, FaultCode, Language, Pointer, Version};
use poem::{
    Response,
    http::{HeaderName, HeaderValue, header},
};
use serde_json::{Map, Value, json};

use super::problem_codes::ProblemCode;

/// Content type of problems.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json; charset=utf-8";
/// Most faults that one problem lists; a body of megabytes can have a fault at every byte.
const MAX_FAULTS: usize = 200;
/// What a client is asked to wait before it tries again, in seconds.
const RETRY_AFTER_SECONDS: &str = "2";

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
    pub(crate) fn parameter(name: &str, expected: &str) -> Self {
        Self::parameters(vec![
            Fault::new(Pointer::root().key(name), FaultCode::InvalidParameter).with("expected", expected),
        ])
    }

    /// A body that is no proper JSON (400).
    pub(crate) fn json(reason: impl Into<String>, faults: Vec<Fault>) -> Self {
        Self::new(ProblemCode::BadJson).with("reason", reason.into()).with_faults(faults)
    }

    /// A missing or invalid key (401).
    pub(crate) fn unauthorized() -> Self {
        Self::new(ProblemCode::Unauthorized).header(header::WWW_AUTHENTICATE, "Bearer realm=\"diwan\"")
    }

    fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.rest.faults = faults;
        self
    }

    /// What is wrong, one by one.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.rest.faults
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
        body.insert("detail".into(), filled(self.code.detail(language), &self.rest.params).into());
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

impl From<CmsError> for Problem {
    fn from(error: CmsError) -> Self {
        let mut problem = of_cms(error);
        problem.rest.by_verb = true;
        problem
    }
}

/// A version as an entity tag.
pub(crate) fn version_tag(version: Version) -> String {
    format!("\"{version}\"")
}

fn of_cms(error: CmsError) -> Problem {
    match error {
        CmsError::NotFound(thing) => Problem::new(ProblemCode::NotFound).with("thing", thing_name(thing)),
        CmsError::Forbidden(_) => Problem::new(ProblemCode::Forbidden),
        CmsError::HistoryClosed => Problem::new(ProblemCode::HistoryClosed),
        CmsError::VersionMismatch { current } => Problem::new(ProblemCode::VersionMismatch)
            .with("current", current.0)
            .header(header::ETAG, &version_tag(current)),
        CmsError::Conflict(conflict) => of_conflict(conflict),
        CmsError::InItem { at, error } => of_cms(*error).with("item", at.as_str()),
        CmsError::Faults(faults) => Problem::faults(faults),
        CmsError::BadParameters(faults) => Problem::parameters(faults),
        CmsError::IdempotencyKeyReused => Problem::new(ProblemCode::IdempotencyKeyReused),
        CmsError::TooLarge { max_bytes } => Problem::new(ProblemCode::TooLarge).with("max_bytes", max_bytes),
        CmsError::UnsupportedMedia(reason) => Problem::new(ProblemCode::MediaRefused).with("reason", reason),
        CmsError::UploadBrokeOff => Problem::new(ProblemCode::UploadBrokeOff),
        CmsError::TooManyCandidates { most, indexes } => {
            Problem::new(ProblemCode::TooManyCandidates).with("most", most).with("indexes", indexes)
        }
        CmsError::TooMuchHistory { most, narrower } => {
            Problem::new(ProblemCode::TooMuchHistory).with("most", most).with("narrower", narrower)
        }
        CmsError::NeedsIndex { needed } => Problem::new(ProblemCode::NeedsIndex).with("needed", needed),
        CmsError::NoSpace => Problem::new(ProblemCode::NoSpace).because("no space is left"),
        CmsError::Unavailable { what, source } => Problem::new(ProblemCode::Unavailable)
            .header(header::RETRY_AFTER, RETRY_AFTER_SECONDS)
            .because(format!("{what} is not available{}", chain(source.as_deref()))),
        CmsError::Internal { what, source } => {
            Problem::new(ProblemCode::Internal).because(format!("{what}{}", chain(source.as_deref())))
        }
    }
}

fn of_conflict(conflict: Conflict) -> Problem {
    match conflict {
        Conflict::IdTaken => Problem::new(ProblemCode::IdTaken),
        Conflict::LocalizationExists => Problem::new(ProblemCode::LocalizationExists),
        Conflict::Trashed => Problem::new(ProblemCode::Trashed),
        Conflict::NotTrashed => Problem::new(ProblemCode::NotTrashed),
        Conflict::StillPublic(locales) => {
            let locales: Vec<Value> = locales.iter().map(|locale| locale.as_str().into()).collect();
            Problem::new(ProblemCode::StillPublic).with("locales", locales)
        }
        Conflict::NotPublic => Problem::new(ProblemCode::NotPublic),
        Conflict::HashMismatch => Problem::new(ProblemCode::HashMismatch),
        Conflict::PublicChildren(children) => {
            let children: Vec<Value> = children
                .into_iter()
                .map(|(entry, path)| path.map_or_else(|| entry.to_string(), |path| format!("{entry} {path}")).into())
                .collect();
            Problem::new(ProblemCode::PublicChildren).with("children", children)
        }
        Conflict::Children(children) => {
            let children: Vec<Value> = children.iter().map(|entry| entry.to_string().into()).collect();
            Problem::new(ProblemCode::Children).with("children", children)
        }
        Conflict::SingleExists => Problem::new(ProblemCode::SingleExists),
        Conflict::SameDepartment => Problem::new(ProblemCode::SameDepartment),
        Conflict::Busy => Problem::new(ProblemCode::Busy).header(header::RETRY_AFTER, RETRY_AFTER_SECONDS),
    }
}

fn thing_name(thing: Thing) -> &'static str {
    thing.as_str()
}

fn filled(template: &str, params: &Map<String, Value>) -> String {
    let mut text = template.to_owned();
    for (name, value) in params {
        text = text.replace(&format!("{{{name}}}"), &plain(value));
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn chain(source: Option<&(dyn std::error::Error + Send + Sync + 'static)>) -> String {
    let mut text = String::new();
    let mut next = source.map(|error| error as &dyn std::error::Error);
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: CmsError, status: u16, code: &str) {
        let shown = format!("{error:?}");
        let body = Problem::from(error).body(Language::En, "r");
        assert_eq!((body["status"].as_u64(), body["code"].as_str()), (Some(status.into()), Some(code)), "{shown}");
        assert!(!body["detail"].as_str().unwrap().contains('{'), "{body}");
    }

    #[test]
    fn each_error_of_a_verb_has_one_status() {
        check(CmsError::NotFound(Thing::Entry), 404, "not_found");
        check(CmsError::Forbidden("publish"), 403, "forbidden");
        check(CmsError::VersionMismatch { current: Version(3) }, 412, "version_mismatch");
        check(CmsError::Conflict(Conflict::StillPublic(vec!["ar".parse().unwrap()])), 409, "still_public");
        check(CmsError::Conflict(Conflict::PublicChildren(Vec::new())), 409, "public_children");
        check(CmsError::Faults(Vec::new()), 422, "faults");
        check(CmsError::BadParameters(Vec::new()), 400, "bad_parameters");
        check(CmsError::IdempotencyKeyReused, 422, "idempotency_key_reused");
        check(CmsError::TooLarge { max_bytes: 5 }, 413, "too_large");
        check(CmsError::UnsupportedMedia("image/png".into()), 415, "media_refused");
        check(CmsError::TooManyCandidates { most: 1, indexes: Vec::new() }, 400, "too_many_candidates");
        check(CmsError::TooMuchHistory { most: 1, narrower: vec!["filter[id]".into()] }, 400, "too_much_history");
        check(CmsError::NeedsIndex { needed: "[title]".into() }, 400, "needs_index");
        check(CmsError::NoSpace, 507, "no_space");
        check(CmsError::Unavailable { what: "database", source: None }, 503, "unavailable");
        check(CmsError::Internal { what: "x".into(), source: None }, 500, "internal");
    }

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
        let problem = || Problem::parameter("page[size]", "a whole number from 1 to 100");
        assert_eq!(
            problem().body(Language::En, "r1"),
            json!({
                "type": "urn:diwan:problem:bad_parameters", "title": "Bad parameters", "status": 400,
                "detail": "Parameters of the request are wrong; see faults.", "code": "bad_parameters", "request_id": "r1",
                "faults": [{
                    "pointer": "/page[size]", "code": "invalid_parameter", "params": { "expected": "a whole number from 1 to 100" },
                    "text": "must be a whole number from 1 to 100"
                }]
            })
        );
        assert_eq!(problem().body(Language::Ar, "r1")["title"], "معاملات غير صالحة");
    }
}
