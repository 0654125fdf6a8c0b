//! Good answers: JSON bytes with their headers.
//!
//! | file | contains |
//! |---|---|
//! | `scalars.rs` | values of views as documents describe them |
//! | `file.rs`, `byte_range.rs`, `disposition.rs` | answers of an asset's bytes |

mod byte_range;
mod disposition;
pub(crate) mod file;
pub(crate) mod scalars;

use std::collections::BTreeSet;

use bytes::Bytes;
use diwan_content::{
    Actor, ContentHash, Locale, Registry, Sequence, Tag, Version,
    rights::{Moment, Past},
};
use poem::{
    Response, ResponseBuilder,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
};
use serde::Serialize;

use super::{
    call::Call,
    problem::{Problem, ProblemCode, version_tag},
};

/// Content type of JSON answers.
const JSON_TYPE: &str = "application/json; charset=utf-8";
/// Tags for caches that drop by tag.
const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
/// Most tags of one answer, each of 16 digits, so that the header stays below 8 KB. An answer that was made from more has the
/// one tag [`Tag::Wide`], which every change drops.
const MAX_CACHE_TAGS: usize = 400;
/// Place of a change in the log.
const SEQUENCE: HeaderName = HeaderName::from_static("x-sequence");

/// Bytes with their strong entity tag. What stays the same while the server runs is kept so: neither hashed nor copied for
/// each request.
#[derive(Debug, Clone)]
pub(crate) struct TaggedBytes {
    /// The bytes.
    pub(crate) bytes: Bytes,
    tag: String,
}

impl TaggedBytes {
    /// Hashes the bytes.
    pub(crate) fn new(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let tag = entity_tag(&bytes);
        Self { bytes, tag }
    }

    /// The bytes, or 304 where the client has them.
    pub(crate) fn respond(&self, builder: ResponseBuilder, headers: &HeaderMap, content_type: &str) -> Response {
        let builder = builder.header(header::ETAG, &self.tag);
        if is_known(headers, &self.tag) {
            return builder.status(StatusCode::NOT_MODIFIED).finish();
        }
        let builder = builder.header(header::CONTENT_TYPE, content_type);
        builder.header(header::CONTENT_LENGTH, self.bytes.len()).body(self.bytes.clone())
    }
}

/// How caches may keep an answer of the delivery API.
pub(crate) struct Caching<'a> {
    /// For how long; 0 has it checked each time.
    pub(crate) max_age_seconds: u32,
    /// What it was made from.
    pub(crate) tags: &'a BTreeSet<Tag>,
    /// In which language it is, if in one.
    pub(crate) language: Option<&'a Locale>,
    /// The moment that was looked at: what only some may see of the past is kept by no cache.
    pub(crate) moment: &'a Moment,
}

impl Caching<'_> {
    /// Of what changes with the program alone, or is not worth dropping by a tag: in no language, as it is now.
    pub(crate) fn untagged(max_age_seconds: u32) -> Self {
        const NO_TAGS: &BTreeSet<Tag> = &BTreeSet::new();
        Self { max_age_seconds, tags: NO_TAGS, language: None, moment: &Moment::Now }
    }
}

/// How long caches may keep answers about a collection.
pub(crate) fn max_age(registry: &Registry, collection: &str) -> u32 {
    registry.find_collection(collection).map_or(0, |collection| collection.max_age_seconds)
}

/// How long caches may keep answers about all collections.
pub(crate) fn least_max_age(registry: &Registry) -> u32 {
    registry.collections().map(|collection| collection.max_age_seconds).min().unwrap_or(0)
}

/// JSON that no cache keeps: all of the management API.
pub(crate) fn private_json(status: StatusCode, view: &impl Serialize) -> Result<Response, Problem> {
    let mut response = private_bytes(to_bytes(view)?.into(), JSON_TYPE)?;
    response.set_status(status);
    Ok(response)
}

/// Bytes that no cache keeps.
pub(crate) fn private_bytes(bytes: Bytes, content_type: &str) -> Result<Response, Problem> {
    Ok(Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::CONTENT_LENGTH, bytes.len())
        .body(bytes))
}

/// The same with the version that the next `If-Match` must name.
pub(crate) fn versioned_json(status: StatusCode, view: &impl Serialize, version: Version) -> Result<Response, Problem> {
    Ok(with_header(private_json(status, view)?, header::ETAG, &version_tag(version)))
}

/// An answer with its place in the log.
pub(crate) fn with_sequence(response: Response, sequence: Option<Sequence>) -> Response {
    match sequence {
        Some(sequence) => with_header(response, SEQUENCE, &sequence.to_string()),
        None => response,
    }
}

/// An answer with one more header.
pub(crate) fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// JSON of the delivery API: strong tag, 304, how long caches may keep it.
pub(crate) fn public_json(call: &Call, view: &impl Serialize, caching: &Caching<'_>) -> Result<Response, Problem> {
    public_bytes(call, to_bytes(view)?.into(), JSON_TYPE, caching)
}

/// Bytes of the delivery API, with the same.
pub(crate) fn public_bytes(
    call: &Call,
    bytes: Bytes,
    content_type: &str,
    caching: &Caching<'_>,
) -> Result<Response, Problem> {
    call.charge_answer(bytes.len());
    let builder = cache_headers(Response::builder(), call, caching);
    Ok(TaggedBytes::new(bytes).respond(builder, &call.headers, content_type))
}

/// Headers about caching. A caller with a key may be answered more, so these answers are kept for that caller alone.
pub(crate) fn cache_headers(builder: ResponseBuilder, call: &Call, caching: &Caching<'_>) -> ResponseBuilder {
    let keyed = call.actor != Actor::anonymous();
    let is_privileged = caching.moment.past().is_some_and(Past::is_privileged);
    let kept = match (keyed, caching.max_age_seconds) {
        _ if is_privileged => "no-store".to_owned(),
        (true, 0) => "private, no-cache".to_owned(),
        (false, 0) => "no-cache".to_owned(),
        (true, seconds) => format!("private, max-age={seconds}"),
        (false, seconds) => format!("public, max-age={seconds}"),
    };
    let mut builder = builder.header(header::CACHE_CONTROL, kept).header(header::VARY, "Authorization");
    if let Some(locale) = caching.language {
        builder = builder.header(header::CONTENT_LANGUAGE, locale.as_str());
    }
    match cache_tag(caching.tags, |tag| call.app.cms.sealed_tag(tag)) {
        Some(tags) if !is_privileged => builder.header(CACHE_TAG, tags),
        Some(_) | None => builder,
    }
}

/// Sealed tags separated by commas.
fn cache_tag(tags: &BTreeSet<Tag>, sealed: impl Fn(&Tag) -> String) -> Option<String> {
    if tags.len() > MAX_CACHE_TAGS {
        return Some(sealed(&Tag::Wide));
    }
    let sealed: Vec<String> = tags.iter().map(sealed).collect();
    (!sealed.is_empty()).then(|| sealed.join(","))
}

/// Strong entity tag of an answer: the first 128 bits of the hash of its bytes.
fn entity_tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&ContentHash::of(bytes).as_bytes()[..16]))
}

/// Whether `If-None-Match` names the tag (weak comparison, as caches need it).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let sent = headers.get_all("if-none-match").iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|text| text.split(',')).any(|part| part.trim() == "*" || bare(part) == bare(tag))
}

fn to_bytes(view: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(view)
        .map_err(|error| Problem::new(ProblemCode::Internal).because(format!("a view could not be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::testing::headers;

    #[test]
    fn many_tags_become_one_that_every_change_drops() {
        let tags = |count: usize| (0..count).map(|i| Tag::Blueprint(format!("b{i}").parse().unwrap())).collect();
        assert_eq!(cache_tag(&BTreeSet::new(), Tag::to_string), None);
        assert_eq!(cache_tag(&tags(2), Tag::to_string).as_deref(), Some("blueprint:b0,blueprint:b1"));
        assert_eq!(cache_tag(&tags(MAX_CACHE_TAGS), |_| "0".repeat(16)).map(|header| header.len()), Some(6_799));
        assert_eq!(cache_tag(&tags(MAX_CACHE_TAGS + 1), Tag::to_string).as_deref(), Some("wide"));
    }

    #[test]
    fn known_answers_are_recognised_in_lists_and_weak() {
        let tag = entity_tag(b"x");
        assert!(is_known(&headers("if-none-match", &["*"]), &tag));
        assert!(is_known(&headers("if-none-match", &["\"a\", ", &format!("\"b\", W/{tag}")]), &tag));
        assert!(!is_known(&headers("if-none-match", &["\"a\""]), &tag));
        assert!(!is_known(&HeaderMap::new(), &tag));
    }
}
