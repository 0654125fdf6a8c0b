//! Machine names.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};

/// Machine name of a blueprint, field, group or collection: `[a-z][a-z0-9_]*`, at most 64 bytes. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Handle(Arc<str>);

/// A text that is no handle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a handle: a small Latin letter, then at most 63 small letters, digits and underscores")]
pub struct NotAHandle;

impl Handle {
    /// Longest handle in bytes; PostgreSQL's limit of names, should one ever become a name there.
    pub const MAX_BYTES: usize = 64;

    /// The handle as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Handle {
    type Err = NotAHandle;

    fn from_str(text: &str) -> Result<Self, NotAHandle> {
        let mut bytes = text.bytes();
        let starts_well = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
        let goes_on_well = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if starts_well && goes_on_well && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.into()))
        } else {
            Err(NotAHandle)
        }
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Handle {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Handle {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Handle {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_small_latin_names() {
        for good in ["a", "parent_department", "seo_title2"] {
            assert!(good.parse::<Handle>().is_ok(), "{good}");
        }
        for bad in ["", "_a", "2a", "Title", "عنوان", "a-b", "a.b", "a b", "a\0", &"a".repeat(65)] {
            assert_eq!(bad.parse::<Handle>(), Err(NotAHandle), "{bad}");
        }
    }
}
