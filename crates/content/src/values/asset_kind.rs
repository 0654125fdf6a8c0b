//! Kinds of uploaded things.

use serde::Serialize;
use strum::{EnumCount, VariantArray};

use crate::values::variants;

/// What an uploaded thing is, judged by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// A PDF or an office document.
    Document,
    /// Plain text, tables of values.
    Text,
    /// A recording.
    Audio,
    /// A film.
    Video,
    /// A packed set of files.
    Archive,
}

impl AssetKind {
    /// All, in the order of documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in blueprints and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Document => "document",
            Self::Text => "text",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Archive => "archive",
        }
    }

    /// The kind of that name, if there is one.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}
