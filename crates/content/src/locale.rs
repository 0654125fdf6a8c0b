//! Locales of content.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};

/// A language tag such as `ar`, `en` or `pt-br`: letters and digits in parts of 2 to 8 joined by `-`, kept in small letters. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Locale(Arc<str>);

/// A text that is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag")]
pub struct NotALocale;

/// Writing direction of a locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// From right to left.
    Rtl,
    /// From left to right.
    Ltr,
}

impl Direction {
    /// As HTML's `dir` has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rtl => "rtl",
            Self::Ltr => "ltr",
        }
    }
}

impl Locale {
    /// Longest tag in bytes.
    pub const MAX_BYTES: usize = 35;

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone, `pt` of `pt-br`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Which way the language is written (scripts by CLDR's likely subtags; a script in the tag wins).
    pub fn direction(&self) -> Direction {
        const RTL: [&str; 12] = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];
        match self.0.split('-').nth(1).filter(|part| part.len() == 4) {
            Some("arab" | "hebr" | "syrc" | "thaa") => Direction::Rtl,
            Some(_) => Direction::Ltr,
            None if RTL.contains(&self.language()) => Direction::Rtl,
            None => Direction::Ltr,
        }
    }
}

impl FromStr for Locale {
    type Err = NotALocale;

    fn from_str(text: &str) -> Result<Self, NotALocale> {
        if text.len() > Self::MAX_BYTES {
            return Err(NotALocale);
        }
        let mut parts = text.split('-');
        let language_ok =
            parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
        let rest_ok = parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
        if language_ok && rest_ok { Ok(Self(text.to_ascii_lowercase().into())) } else { Err(NotALocale) }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locales_are_language_tags_with_a_direction() {
        let cases = [
            ("ar", "ar", "rtl"),
            ("AR-PS", "ar-ps", "rtl"),
            ("en", "en", "ltr"),
            ("az-arab", "az-arab", "rtl"),
            ("ur", "ur", "rtl"),
        ];
        for (written, kept, direction) in cases {
            let locale: Locale = written.parse().expect(written);
            assert_eq!((locale.as_str(), locale.direction().as_str()), (kept, direction));
        }
        for bad in ["", "a", "عربي", "ar_PS", "ar-", "-ar", "ar--x", &"ar-".repeat(3_000)] {
            assert_eq!(bad.parse::<Locale>(), Err(NotALocale), "{bad}");
        }
    }
}
