//! The part that a locale has in an entry.

use crate::values::Locale;

/// Whether the values that are read are the origin's or a localization's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocaleRole {
    /// The locale that holds everything.
    Origin,
    /// A locale that holds only what is localizable.
    Localization {
        /// The locale that holds the rest.
        origin: Locale,
    },
}

impl LocaleRole {
    /// Whether this locale holds everything.
    pub fn is_origin(&self) -> bool {
        match self {
            Self::Origin => true,
            Self::Localization { origin: _ } => false,
        }
    }
}
