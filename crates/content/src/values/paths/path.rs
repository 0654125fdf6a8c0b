//! Public paths and their folded form.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole public path as it is shown and stored: starts with `/`, NFC, no segment empty, no final `/` but for the root itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicPath(String);

/// The form in which a path is unique in its locale; see [`diwan_arabic::fold_path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoldedPath(String);

/// Why a text names no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAPath {
    /// Longer than [`PublicPath::MAX_BYTES`].
    #[error("longer than {} bytes", PublicPath::MAX_BYTES)]
    TooLong,
    /// Percent signs that encode nothing, bytes that are no UTF-8, control characters, `.` or `..` as a segment, back slashes.
    #[error("not a clean path")]
    Malformed,
}

impl PublicPath {
    /// Longest path in bytes; the folded form fits PostgreSQL's index rows.
    pub const MAX_BYTES: usize = 1_000;

    /// Joins segments (empty ones are left out) under the root.
    pub fn from_segments<'a>(segments: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path = String::new();
        for segment in segments.into_iter().filter(|segment| !segment.is_empty()) {
            path.push('/');
            path.push_str(segment);
        }
        if path.is_empty() {
            path.push('/');
        }
        Self(path)
    }

    /// Reads the path of a request: percent-decoded once, slashes at both ends and doubled ones dropped.
    pub fn from_request(raw: &str) -> Result<Self, NotAPath> {
        // Every byte may have been sent as three.
        if raw.len() > 3 * Self::MAX_BYTES {
            return Err(NotAPath::TooLong);
        }
        let text = percent_decode(raw).ok_or(NotAPath::Malformed)?;
        if text.len() > Self::MAX_BYTES {
            return Err(NotAPath::TooLong);
        }
        if text.chars().any(|c| c.is_control() || c == '\\') || text.split('/').any(|s| s == "." || s == "..") {
            return Err(NotAPath::Malformed);
        }
        Ok(Self::from_segments(text.split('/')))
    }

    /// Its first segment; empty for the root.
    pub fn first_segment(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
    }

    /// As it is stored; only from the database.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which it is unique.
    pub fn folded(&self) -> FoldedPath {
        FoldedPath(diwan_arabic::fold_path(&self.0))
    }
}

impl FoldedPath {
    /// Whether another path is this one or below it.
    pub fn holds(&self, other: &Self) -> bool {
        let rest = other.0.strip_prefix(&self.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || self.0 == "/")
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is stored; only from the database.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for PublicPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for FoldedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Decodes once; `None` when a percent sign encodes nothing or the bytes are no UTF-8.
pub(crate) fn percent_decode(raw: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let (high, low) = (char::from(rest.next()?).to_digit(16)?, char::from(rest.next()?).to_digit(16)?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_one_path_however_it_is_encoded() {
        let wanted = Ok(PublicPath("/department/الموازنة".into()));
        for raw in [
            "/department/الموازنة",
            "department/الموازنة/",
            "//department//الموازنة",
            "%64epartment/%D8%A7%D9%84%D9%85%D9%88%D8%A7%D8%B2%D9%86%D8%A9",
        ] {
            assert_eq!(PublicPath::from_request(raw), wanted, "{raw}");
        }
        assert_eq!(PublicPath::from_request("").map(|p| p.to_string()), Ok("/".into()));
    }

    #[test]
    fn unclean_paths_are_refused() {
        for raw in ["%", "%4", "%zz", "%ff", "%00", "a/../b", "%2e%2e/a", "a\\b", "a/./b", "a%0d%0ab"] {
            assert_eq!(PublicPath::from_request(raw), Err(NotAPath::Malformed), "{raw}");
        }
        assert_eq!(PublicPath::from_request(&"ا".repeat(501)), Err(NotAPath::TooLong));
        // Decoded once only: what was encoded twice is a name with a percent sign in it.
        assert_eq!(PublicPath::from_request("%252e%252e").map(|p| p.to_string()), Ok("/%2e%2e".into()));
    }

    #[test]
    fn variants_of_spelling_fold_alike() {
        let fold = |s: &str| PublicPath::from_request(s).map(|p| p.folded()).ok();
        assert_eq!(fold("/department/المُوازنه"), fold("/department/الموازنة"));
        assert_ne!(fold("/department/الموازنات"), fold("/department/الموازنة"));
    }
}
