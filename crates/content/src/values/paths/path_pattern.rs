//! Path patterns of collections: `/department/{slug}`, `/{parent}/{slug}`, `/news/{year}/{month}/{slug}`.

use std::fmt;

use super::{path::PublicPath, slug::Slug};
use crate::values::times::CalendarDate;

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
