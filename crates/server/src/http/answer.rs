//! Good answers: JSON bytes with their headers.

use std::collections::BTreeSet;

use diwan_content::{Actor, Locale, Sequence, Tag, Version};
use poem::{
    Response, ResponseBuilder,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use serde::Serialize;

use super::{
    call::Call,
    conditions,
    problem::{Problem, version_tag},
    problem_codes::ProblemCode,
};

/// Content type of JSON answers.
const JSON_TYPE: &str = "application/json; charset=utf-8";
/// Tags for caches that drop by tag.
pub(crate) const CACHE_TAG: HeaderName = HeaderName::from_static("cache-tag");
/// Longest `Cache-Tag` in bytes: what the caches that know it take. An answer with more tags has none.
const MAX_CACHE_TAG_BYTES: usize = 8_000;
/// Place of a change in the log.
const SEQUENCE: HeaderName = HeaderName::from_static("x-sequence");

/// How caches may keep an answer of the delivery API.
pub(crate) struct Caching<'a> {
    /// For how long; 0 has it checked each time.
    pub(crate) max_age_seconds: u32,
    /// What it was made from.
    pub(crate) tags: &'a BTreeSet<Tag>,
    /// In which language it is, if in one.
    pub(crate) language: Option<&'a Locale>,
}

/// JSON that no cache keeps: all of the management API.
pub(crate) fn private_json(status: StatusCode, view: &impl Serialize) -> Result<Response, Problem> {
    let bytes = to_bytes(view)?;
    Ok(json_response(status)
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
    public_bytes(call, to_bytes(view)?, JSON_TYPE, caching)
}

/// Bytes of the delivery API, with the same.
pub(crate) fn public_bytes(
    call: &Call,
    bytes: Vec<u8>,
    content_type: &str,
    caching: &Caching<'_>,
) -> Result<Response, Problem> {
    let tag = conditions::entity_tag(&bytes);
    let builder = cache_headers(Response::builder(), &call.actor, caching).header(header::ETAG, &tag);
    if conditions::is_known(&call.headers, &tag) {
        return Ok(builder.status(StatusCode::NOT_MODIFIED).finish());
    }
    Ok(builder.header(header::CONTENT_TYPE, content_type).header(header::CONTENT_LENGTH, bytes.len()).body(bytes))
}

/// Headers about caching. Whoever shows a key may be told more, so its answers are its own.
pub(crate) fn cache_headers(builder: ResponseBuilder, actor: &Actor, caching: &Caching<'_>) -> ResponseBuilder {
    let keyed = *actor != Actor::anonymous();
    let kept = match (keyed, caching.max_age_seconds) {
        (true, 0) => "private, no-cache".to_owned(),
        (false, 0) => "no-cache".to_owned(),
        (true, seconds) => format!("private, max-age={seconds}"),
        (false, seconds) => format!("public, max-age={seconds}"),
    };
    let mut builder = builder.header(header::CACHE_CONTROL, kept).header(header::VARY, "Authorization");
    if let Some(locale) = caching.language {
        builder = builder.header(header::CONTENT_LANGUAGE, locale.as_str());
    }
    match cache_tag(caching.tags) {
        Some(tags) => builder.header(CACHE_TAG, tags),
        None => builder,
    }
}

/// Tags separated by commas, in ASCII: what is no visible ASCII sign, or separates, is percent-encoded.
fn cache_tag(tags: &BTreeSet<Tag>) -> Option<String> {
    let mut text = String::new();
    for tag in tags {
        if !text.is_empty() {
            text.push(',');
        }
        for byte in tag.to_string().bytes() {
            if byte.is_ascii_graphic() && byte != b',' && byte != b'%' {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        if text.len() > MAX_CACHE_TAG_BYTES {
            return None;
        }
    }
    (!text.is_empty()).then_some(text)
}

fn json_response(status: StatusCode) -> ResponseBuilder {
    Response::builder().status(status).header(header::CONTENT_TYPE, JSON_TYPE)
}

fn to_bytes(view: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(view)
        .map_err(|error| Problem::new(ProblemCode::Internal).because(format!("a view could not be written: {error}")))
}

#[cfg(test)]
mod tests {
    use diwan_content::PublicPath;

    use super::*;

    #[test]
    fn tags_are_ascii_and_bounded() {
        let path = PublicPath::from_segments(["a,b", "ا"]).folded();
        let tag = Tag::Path("ar".parse().unwrap(), path);
        assert_eq!(cache_tag(&[tag].into()).as_deref(), Some("path:ar:/a%2Cb/%D8%A7"));
        assert_eq!(cache_tag(&BTreeSet::new()), None);
        let many = (0..1_000).map(|i| Tag::Blueprint(format!("b{i}_{}", "x".repeat(20)).parse().unwrap())).collect();
        assert_eq!(cache_tag(&many), None);
    }
}
