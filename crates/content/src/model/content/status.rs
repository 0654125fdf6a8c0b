//! The derived status of a localization.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, VariantArray};

use crate::values::{RevisionNumber, variants};

/// Where a localization stands; derived, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Never public.
    Draft,
    /// The head is public.
    Published,
    /// Public, and the head is newer.
    Changed,
    /// Was public and was taken back.
    Withdrawn,
    /// In the trash.
    Trashed,
}

impl Status {
    /// All, for documentation and filters.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// From what is stored.
    pub fn derive(trashed: bool, head: RevisionNumber, published: Option<RevisionNumber>, was_public: bool) -> Self {
        match (trashed, published) {
            (true, _) => Self::Trashed,
            (false, Some(revision)) if revision == head => Self::Published,
            (false, Some(_)) => Self::Changed,
            (false, None) if was_public => Self::Withdrawn,
            (false, None) => Self::Draft,
        }
    }

    /// As in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Published => "published",
            Self::Changed => "changed",
            Self::Withdrawn => "withdrawn",
            Self::Trashed => "trashed",
        }
    }
}
