//! The two languages in which Diwan speaks to people who work with it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Language of messages and labels (the locales of content are another matter).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Arabic.
    Ar,
    /// English.
    En,
}

/// A text in both languages: labels, help, messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    /// In Arabic.
    pub ar: String,
    /// In English.
    pub en: String,
}

impl Label {
    /// The text in one language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Ar => &self.ar,
            Language::En => &self.en,
        }
    }
}

impl Language {
    /// `ar` or `en`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ar => "ar",
            Self::En => "en",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
