//! Entity tags and conditions of requests (RFC 9110, 13).

use diwan_cms::Expect;
use diwan_content::{ContentHash, Expected, Version};
use poem::http::HeaderMap;

use crate::http::problem::{Problem, ProblemCode};

/// The version that a tag names which is none of ours: no localization ever has it.
const NO_VERSION: Version = Version(-1);

/// Strong entity tag of an answer: the first 128 bits of the hash of its bytes.
pub(crate) fn entity_tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&ContentHash::of(bytes).as_bytes()[..16]))
}

/// Whether `If-None-Match` names the tag (weak comparison, as caches need it).
pub(crate) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let sent = headers.get_all("if-none-match").iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|text| text.split(',')).any(|part| part.trim() == "*" || bare(part) == bare(tag))
}

/// The version in `If-Match`: 428 without it, 400 when it is none or many. A tag of another form matches no version.
pub(crate) fn required_version(headers: &HeaderMap) -> Result<Version, Problem> {
    find_version(headers)?.ok_or_else(|| Problem::new(ProblemCode::PreconditionRequired))
}

/// The version in `If-Match`, if the header is there.
fn find_version(headers: &HeaderMap) -> Result<Option<Version>, Problem> {
    let mut sent = headers.get_all("if-match").iter();
    let Some(first) = sent.next() else { return Ok(None) };
    let text = first.to_str().unwrap_or_default().trim();
    let opaque = text.trim_start_matches("W/").strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(opaque) = opaque.filter(|opaque| !opaque.contains('"') && sent.next().is_none()) else {
        return Err(Problem::parameter("If-Match", Expected::VersionTag));
    };
    if text.starts_with("W/") {
        return Ok(Some(NO_VERSION));
    }
    let plain = !opaque.is_empty() && opaque.bytes().all(|b| b.is_ascii_digit()) && !opaque.starts_with('0');
    let number = if plain { opaque.parse().ok() } else { None };
    Ok(Some(number.map_or(NO_VERSION, Version)))
}

/// Whether `If-None-Match: *` asks for something that does not exist yet; any other value is refused.
fn wants_absent(headers: &HeaderMap) -> Result<bool, Problem> {
    let mut sent = headers.get_all("if-none-match").iter();
    match (sent.next(), sent.next()) {
        (None, _) => Ok(false),
        (Some(value), None) if value.as_bytes().trim_ascii() == b"*" => Ok(true),
        (Some(_), _) => Err(Problem::parameter("If-None-Match", Expected::Star)),
    }
}

/// The state that a save expects: a version, or that nothing is there yet.
pub(crate) fn expect(headers: &HeaderMap) -> Result<Expect, Problem> {
    match (find_version(headers)?, wants_absent(headers)?) {
        (Some(version), false) => Ok(Expect::Version(version)),
        (None, true) => Ok(Expect::Absent),
        (Some(_), true) => Err(Problem::parameter("If-None-Match", Expected::WithoutIfMatch)),
        (None, false) => Err(Problem::new(ProblemCode::PreconditionRequired)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_version_is_one_strong_tag() {
        let read =
            |values: &[&str]| required_version(&headers("if-match", values)).map_err(|problem| problem.code.as_str());
        assert_eq!(read(&["\"12\""]), Ok(Version(12)));
        assert_eq!(read(&[]), Err("precondition_required"));
        for bad in [&["3"][..], &["*"], &["\"1\", \"2\""], &["\"1\"", "\"2\""], &[""], &["\"1"]] {
            assert_eq!(read(bad), Err("bad_parameters"), "{bad:?}");
        }
        for other in ["W/\"3\"", "\"abc\"", "\"03\"", "\"-1\"", "\"٣\"", "\"99999999999999999999\"", "\"\""] {
            let Ok(value) = poem::http::HeaderValue::from_bytes(other.as_bytes()) else { continue };
            let mut map = HeaderMap::new();
            map.insert("if-match", value);
            let read = required_version(&map).map_err(|problem| problem.code.as_str());
            assert!(matches!(read, Ok(NO_VERSION) | Err("bad_parameters")), "{other}: {read:?}");
        }
    }

    #[test]
    fn known_answers_are_recognised_in_lists_and_weak() {
        let tag = entity_tag(b"x");
        assert!(is_known(&headers("if-none-match", &["*"]), &tag));
        assert!(is_known(&headers("if-none-match", &["\"a\", ", &format!("\"b\", W/{tag}")]), &tag));
        assert!(!is_known(&headers("if-none-match", &["\"a\""]), &tag));
        assert!(!is_known(&HeaderMap::new(), &tag));
    }

    #[test]
    fn only_a_star_asks_for_absence() {
        assert!(wants_absent(&headers("if-none-match", &["*"])).unwrap());
        assert!(!wants_absent(&HeaderMap::new()).unwrap());
        assert!(wants_absent(&headers("if-none-match", &["\"1\""])).is_err());
    }
}
