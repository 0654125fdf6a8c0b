//! An answer with what it was made from.

use std::collections::BTreeSet;

use diwan_content::Tag;

/// A value and the tags of all that it was made from.
#[derive(Debug, Clone)]
pub struct Tagged<T> {
    /// The value.
    pub value: T,
    /// What it depends on.
    pub tags: BTreeSet<Tag>,
}
