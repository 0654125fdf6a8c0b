//! Locales of content.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};

/// A language tag such as `ar`, `ar-sa`, `az-arab` or `pt-br`, kept in small letters. Cheap to clone.
///
/// Of BCP 47 (RFC 5646, 2.1) it takes language, extended languages, script, region and variants, in that order and each by
/// its form; whether they are registered is not asked. Extensions (`-u-…`) and private parts (`-x-…`) are refused: content
/// is not written in them. Two tags are two locales even where one would do (`ar`, `ar-arab`).
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

    /// `und`, the tag of an undetermined language.
    pub fn undetermined() -> Self {
        Self("und".into())
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language alone, `pt` of `pt-br`.
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Which way the language is written: by the script in the tag, else by the one that CLDR's likely subtags give to the
    /// language and, where that decides, to the region.
    pub fn direction(&self) -> Direction {
        const RTL_SCRIPTS: [&str; 11] =
            ["adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa"];
        const RTL: [&str; 12] = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"];
        const RTL_THERE: [(&str, &str); 11] = [
            ("az", "iq"),
            ("az", "ir"),
            ("kk", "af"),
            ("kk", "cn"),
            ("kk", "ir"),
            ("kk", "mn"),
            ("ku", "lb"),
            ("ky", "cn"),
            ("ms", "cc"),
            ("pa", "pk"),
            ("uz", "af"),
        ];
        const LTR_THERE: [(&str, &str); 3] = [("sd", "in"), ("ug", "kz"), ("ug", "mn")];
        let parts = || self.0.split('-').skip(1);
        let script = parts().take_while(|part| part.len() < 5).find(|part| is_script(part));
        let here = (self.language(), parts().find(|part| is_region(part)).unwrap_or_default());
        let rtl = match script {
            Some(script) => RTL_SCRIPTS.contains(&script),
            None => RTL_THERE.contains(&here) || (RTL.contains(&self.language()) && !LTR_THERE.contains(&here)),
        };
        if rtl { Direction::Rtl } else { Direction::Ltr }
    }
}

fn is_script(part: &str) -> bool {
    part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_region(part: &str) -> bool {
    let of = |len: usize, is: fn(&u8) -> bool| part.len() == len && part.as_bytes().iter().all(is);
    of(2, u8::is_ascii_alphabetic) || of(3, u8::is_ascii_digit)
}

fn is_variant(part: &str) -> bool {
    let long_enough = (5..=8).contains(&part.len()) || (part.len() == 4 && part.as_bytes()[0].is_ascii_digit());
    long_enough && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl FromStr for Locale {
    type Err = NotALocale;

    fn from_str(text: &str) -> Result<Self, NotALocale> {
        if text.len() > Self::MAX_BYTES {
            return Err(NotALocale);
        }
        let is_language = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic());
        let is_extended = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_alphabetic());
        let mut parts: Vec<&str> = text.split('-').rev().collect();
        if !parts.pop().is_some_and(is_language) {
            return Err(NotALocale);
        }
        for _ in 0..3 {
            parts.pop_if(|part| is_extended(part));
        }
        parts.pop_if(|part| is_script(part));
        parts.pop_if(|part| is_region(part));
        while parts.pop_if(|part| is_variant(part)).is_some() {}
        if parts.is_empty() { Ok(Self(text.to_ascii_lowercase().into())) } else { Err(NotALocale) }
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
            ("ar-SA", "ar-sa", "rtl"),
            ("ar-Latn-SA", "ar-latn-sa", "ltr"),
            ("zh-cmn-Hans-CN", "zh-cmn-hans-cn", "ltr"),
            ("es-419", "es-419", "ltr"),
            ("sl-rozaj-1994", "sl-rozaj-1994", "ltr"),
            ("pa-PK", "pa-pk", "rtl"),
            ("pa", "pa", "ltr"),
            ("pa-Guru-PK", "pa-guru-pk", "ltr"),
            ("sd-IN", "sd-in", "ltr"),
            ("ff-Adlm", "ff-adlm", "rtl"),
            ("fr", "fr", "ltr"),
        ];
        for (written, kept, direction) in cases {
            let locale: Locale = written.parse().expect(written);
            assert_eq!((locale.as_str(), locale.direction().as_str()), (kept, direction));
        }
        for bad in [
            "",
            "a",
            "عربي",
            "ar_PS",
            "ar-",
            "-ar",
            "ar--x",
            "ar-u-nu-latn",
            "ar-x-y",
            "x-ar",
            "ar-sa-arab",
            "ar-s",
            "ar-12",
            "ar-arab-arab",
            "ar-sa-sa",
            "arabic",
            &"ar-".repeat(3_000),
        ] {
            assert_eq!(bad.parse::<Locale>(), Err(NotALocale), "{bad}");
        }
    }
}
