//! Which version a request must name: `If-Match` and `If-None-Match`.

use diwan_cms::Expect;
use diwan_content::{Expected, Version};
use poem::http::HeaderMap;

use super::{parameters::Parameters, reader::RequestReader};
use crate::http::problem::{Problem, ProblemCode};

/// The version that a tag names which is none of ours: no localization ever has it.
const NO_VERSION: Version = Version(-1);

/// Which version a request must name in its headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Condition {
    /// None.
    #[default]
    None,
    /// `If-Match` with the version.
    Version,
    /// The same, or `If-None-Match: *` for what does not exist yet.
    VersionOrAbsent,
}

/// Something at the version that `If-Match` names.
pub(crate) struct AtVersion<T> {
    /// What.
    pub(crate) of: T,
    /// The version.
    pub(crate) version: Version,
}

impl<T: Parameters> Parameters for AtVersion<T> {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { of: T::read(request), version: request.version() }
    }
}

/// The version in `If-Match`: 428 without it, 400 when it is none or many. A tag of another form matches no version.
pub(super) fn version(headers: &HeaderMap) -> Result<Version, Problem> {
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
pub(super) fn expect(headers: &HeaderMap) -> Result<Expect, Problem> {
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
    use crate::http::testing::headers;

    #[test]
    fn a_version_is_one_strong_tag() {
        let read = |values: &[&str]| version(&headers("if-match", values)).map_err(|problem| problem.code.as_str());
        assert_eq!(read(&["\"12\""]), Ok(Version(12)));
        assert_eq!(read(&[]), Err("precondition_required"));
        for bad in [&["3"][..], &["*"], &["\"1\", \"2\""], &["\"1\"", "\"2\""], &[""], &["\"1"]] {
            assert_eq!(read(bad), Err("bad_parameters"), "{bad:?}");
        }
        for other in ["W/\"3\"", "\"abc\"", "\"03\"", "\"-1\"", "\"٣\"", "\"99999999999999999999\"", "\"\""] {
            let Ok(value) = poem::http::HeaderValue::from_bytes(other.as_bytes()) else { continue };
            let mut map = HeaderMap::new();
            map.insert("if-match", value);
            let read = version(&map).map_err(|problem| problem.code.as_str());
            assert!(matches!(read, Ok(NO_VERSION) | Err("bad_parameters")), "{other}: {read:?}");
        }
    }

    #[test]
    fn only_a_star_asks_for_absence() {
        assert!(wants_absent(&headers("if-none-match", &["*"])).unwrap());
        assert!(!wants_absent(&HeaderMap::new()).unwrap());
        assert!(wants_absent(&headers("if-none-match", &["\"1\""])).is_err());
    }
}
