//! Slugs: last segments of paths, Arabic letters as they are.

use std::{fmt, str::FromStr};

use serde::Serialize;
use strum::{EnumCount, VariantArray};

use crate::values::variants;

/// Last segment of a path: NFC letters of any script, ASCII digits, single hyphens between them; or empty for the home page of a tree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

/// How slugs are made of titles. What an editor writes as a slug is kept as it is in either case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum SlugStyle {
    /// In the letters of the title.
    Keep,
    /// In ASCII: Arabic letters become Latin ones by the table of [`diwan_arabic::transliterate`].
    Transliterate,
}

impl SlugStyle {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in schemas and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Transliterate => "transliterate",
        }
    }
}

/// A text that is no slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a slug")]
pub struct NotASlug;

impl Slug {
    /// Longest slug in characters.
    pub const MAX_CHARS: usize = diwan_arabic::SLUG_MAX_CHARS;

    /// The slug of a home page: no segment of its own.
    pub fn home() -> Self {
        Self(String::new())
    }

    /// Made of a title by the rules of [`diwan_arabic::slugify`]; `None` when nothing is left of it. A title of which
    /// nothing can be written in ASCII keeps its own letters.
    pub fn from_title(title: &str, style: SlugStyle) -> Option<Self> {
        let latin = match style {
            SlugStyle::Keep => String::new(),
            SlugStyle::Transliterate => diwan_arabic::transliterate(title),
        };
        let slug = if latin.is_empty() { diwan_arabic::slugify(title) } else { latin };
        if slug.is_empty() { None } else { Some(Self(slug)) }
    }

    /// As text; empty for a home page.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the slug of a home page.
    pub fn is_home(&self) -> bool {
        self.0.is_empty()
    }

    /// The same slug with a number after it, to tell equal ones apart. Shortened where both together would be too long.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let base: String = self.0.chars().take(Self::MAX_CHARS - suffix.len()).collect();
        Self(format!("{}{suffix}", base.trim_end_matches('-')))
    }

    /// As it is stored; only from the database.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }
}

impl FromStr for Slug {
    type Err = NotASlug;

    /// Takes what [`diwan_arabic::slugify`] would leave as it is; the empty slug is made by [`Slug::home`] alone.
    fn from_str(text: &str) -> Result<Self, NotASlug> {
        if diwan_arabic::is_slug(text) { Ok(Self(text.to_owned())) } else { Err(NotASlug) }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_with_a_number_is_a_slug() {
        for (title, number) in [
            ("خبر".to_owned(), 2),
            ("ا".repeat(120), 2),
            (format!("{}-بب", "ا".repeat(117)), 7),
            ("e\u{301}\u{323} ".repeat(90), u32::MAX),
        ] {
            let slug = Slug::from_title(&title, SlugStyle::Keep).unwrap();
            let numbered = slug.numbered(number);
            assert_eq!(numbered.as_str().parse().as_ref(), Ok(&numbered), "{title}");
            assert!(numbered.as_str().ends_with(&format!("-{number}")), "{numbered}");
            assert!(numbered.as_str().chars().count() <= Slug::MAX_CHARS, "{numbered}");
        }
    }
}
