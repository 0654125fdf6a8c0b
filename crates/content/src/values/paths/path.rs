//! Public paths, their folded form, and the patterns by which collections make them: `/department/{slug}`, `/{parent}/{slug}`,
//! `/news/{year}/{month}/{slug}`.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::slug::Slug;
use crate::values::times::CalendarDate;

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

/// How the path of an entry is made, by locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(Vec<Segment>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Fixed(String),
    Slug,
    Parent,
    Year,
    Month,
}

/// What a pattern is filled with.
#[derive(Debug, Clone, Copy)]
pub struct PathParts<'a> {
    /// Own slug.
    pub slug: &'a Slug,
    /// Slugs of the parents from the root down (trees).
    pub parents: &'a [Slug],
    /// The entry's date (dated collections).
    pub date: Option<CalendarDate>,
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAPattern(pub &'static str);

impl PathPattern {
    /// Reads a pattern. Each segment is fixed text or one of the names in braces; it must end in `{slug}`.
    pub fn parse(text: &str) -> Result<Self, NotAPattern> {
        let Some(rest) = text.strip_prefix('/') else { return Err(NotAPattern("a path pattern starts with /")) };
        let mut segments = Vec::new();
        for part in rest.split('/') {
            segments.push(match part {
                "{slug}" => Segment::Slug,
                "{parent}" => Segment::Parent,
                "{year}" => Segment::Year,
                "{month}" => Segment::Month,
                fixed if diwan_arabic::is_slug(fixed) => Segment::Fixed(fixed.to_owned()),
                _ => return Err(NotAPattern("a segment is a slug, {slug}, {parent}, {year} or {month}")),
            });
        }
        if segments.last() != Some(&Segment::Slug) {
            return Err(NotAPattern("a path pattern ends in {slug}"));
        }
        Ok(Self(segments))
    }

    /// Whether the pattern needs the entry's date.
    pub fn needs_date(&self) -> bool {
        self.0.iter().any(|segment| matches!(segment, Segment::Year | Segment::Month))
    }

    /// Whether the pattern holds the parents' slugs.
    pub fn needs_parent(&self) -> bool {
        self.0.contains(&Segment::Parent)
    }

    /// The fixed segments that it starts with; the root where it starts with none.
    pub fn fixed_start(&self) -> PublicPath {
        let fixed = self.0.iter().map_while(|segment| match segment {
            Segment::Fixed(text) => Some(text.as_str()),
            Segment::Slug | Segment::Parent | Segment::Year | Segment::Month => None,
        });
        PublicPath::from_segments(fixed)
    }

    /// The path of an entry. `None` when the pattern needs a date and there is none.
    pub fn fill(&self, parts: PathParts<'_>) -> Option<PublicPath> {
        let mut segments: Vec<String> = Vec::new();
        for segment in &self.0 {
            match segment {
                Segment::Fixed(text) => segments.push(text.clone()),
                Segment::Slug => segments.push(parts.slug.as_str().to_owned()),
                Segment::Parent => segments.extend(parts.parents.iter().map(|slug| slug.as_str().to_owned())),
                Segment::Year => segments.push(format!("{:04}", parts.date?.year())),
                Segment::Month => segments.push(format!("{:02}", parts.date?.month())),
            }
        }
        Some(PublicPath::from_segments(segments.iter().map(String::as_str)))
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.0 {
            match segment {
                Segment::Fixed(text) => write!(f, "/{text}")?,
                Segment::Slug => f.write_str("/{slug}")?,
                Segment::Parent => f.write_str("/{parent}")?,
                Segment::Year => f.write_str("/{year}")?,
                Segment::Month => f.write_str("/{month}")?,
            }
        }
        Ok(())
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

    fn fill(pattern: &str, parents: &[&str], slug: &str) -> Option<String> {
        let parents: Vec<Slug> = parents.iter().map(|s| Slug::from_stored((*s).to_owned())).collect();
        let slug = Slug::from_stored(slug.to_owned());
        let parts = PathParts { slug: &slug, parents: &parents, date: "2026-03-01".parse().ok() };
        PathPattern::parse(pattern).ok()?.fill(parts).map(|path| path.to_string())
    }

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

    #[test]
    fn patterns_are_filled() {
        assert_eq!(fill("/department/{slug}", &[], "الموازنة").as_deref(), Some("/department/الموازنة"));
        assert_eq!(
            fill("/en/{parent}/{slug}", &["about", "people"], "minister").as_deref(),
            Some("/en/about/people/minister")
        );
        assert_eq!(fill("/en/{parent}/{slug}", &[], "").as_deref(), Some("/en"));
        assert_eq!(fill("/{parent}/{slug}", &[], "").as_deref(), Some("/"));
        assert_eq!(fill("/news/{year}/{month}/{slug}", &[], "a").as_deref(), Some("/news/2026/03/a"));
        for good in ["/{slug}", "/news/{year}/{month}/{slug}", "/en/{parent}/{slug}"] {
            assert_eq!(PathPattern::parse(good).map(|pattern| pattern.to_string()), Ok(good.to_owned()));
        }
        for bad in ["department/{slug}", "/department", "/{slug}/more", "/a b/{slug}", "/{id}/{slug}", ""] {
            assert!(PathPattern::parse(bad).is_err(), "{bad}");
        }
    }
}
