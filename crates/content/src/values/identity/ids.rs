//! Identities and counters as types of their own, so that none is taken for another.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A text that is no identity of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct NotAnId;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Takes only the hyphenated form, in either case.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

uuid_id! {
    /// One piece of content, across locales and revisions.
    EntryId
}
uuid_id! {
    /// An uploaded thing.
    AssetId
}
uuid_id! {
    /// A place in the hierarchy for rights; the same UUID as the entry of `departments` that describes it.
    DepartmentId
}
uuid_id! {
    /// An API key.
    KeyId
}
uuid_id! {
    /// A person who is named as an author; the name stands apart and can be erased.
    PersonId
}

impl DepartmentId {
    /// The root of the hierarchy: the ministry itself. It has no entry.
    pub const MINISTRY: Self = Self(Uuid::nil());
}

impl From<EntryId> for DepartmentId {
    fn from(id: EntryId) -> Self {
        Self(id.0)
    }
}

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl $name {
            /// The next number.
            #[must_use]
            pub fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter! {
    /// Number of a revision within its localization, from 1.
    RevisionNumber
}
counter! {
    /// Raised by every change of a localization's state, from 1; what `If-Match` names.
    Version
}
counter! {
    /// Place of an event in the log, from 1 without gaps.
    Sequence
}

/// Makes new identities; passed in, so that tests can fix them.
pub trait IdSource: Send + Sync + 'static {
    /// A new UUID, never given before.
    fn next_id(&self) -> Uuid;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_hyphenated_uuid_and_nothing_else() {
        let text = "6c5a7ac3-546c-4172-947a-231133096268";
        assert_eq!(text.parse::<EntryId>().map(|id| id.to_string()), Ok(text.to_owned()));
        for bad in [
            "",
            "6c5a7ac3546c4172947a231133096268",
            "{6c5a7ac3-546c-4172-947a-231133096268}",
            "../../etc/passwd",
            "٦c5a7ac3-546c-4172-947a-23113309626",
        ] {
            assert_eq!(bad.parse::<EntryId>(), Err(NotAnId), "{bad}");
        }
    }
}
