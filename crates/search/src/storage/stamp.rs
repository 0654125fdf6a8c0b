//! What an index was made by and of.

use std::fmt;

use diwan_arabic::{ANALYZER_VERSION, lexicon_hash};
use diwan_content::ContentHash;
use serde::{Deserialize, Serialize};

use crate::documents::schema::FORMAT_VERSION;

/// What the caller's side of an index depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexStamp {
    /// Which database it was made of. An index of another one is never searched.
    pub database: String,
    /// Hash of all that blueprints and collections say about search.
    pub registry: String,
    /// Names of all texts that are searched, sorted. An index that holds others than these is not searched: they may have
    /// become private.
    pub texts: Vec<String>,
}

/// All that an index depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    analyzer: u32,
    lexicon: u64,
    format: u32,
    database: String,
    registry: String,
    texts: Vec<String>,
}

impl Stamp {
    /// The stamp of indexes that this program makes.
    pub(crate) fn new(stamp: IndexStamp) -> Self {
        let IndexStamp { database, registry, texts } = stamp;
        let (analyzer, lexicon) = (ANALYZER_VERSION, lexicon_hash());
        Self { analyzer, lexicon, format: FORMAT_VERSION, database, registry, texts }
    }

    /// The stamp of an index of this older one that takes in changes of today until one of today is made. It may hold all
    /// texts of today, and is never taken for one of either stamp.
    pub(crate) fn mixed_with(&self, today: &Self) -> Self {
        let registry = ContentHash::of_parts(&[b"mixed", self.registry.as_bytes(), today.registry.as_bytes()]);
        Self { registry: registry.to_string(), texts: today.texts.clone(), ..self.clone() }
    }

    /// Whether an index of this older stamp may answer until one of the other is made.
    pub(crate) fn may_answer_for(&self, today: &Self) -> bool {
        self.format == today.format
            && self.database == today.database
            && self.texts.iter().all(|text| today.texts.contains(text))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { analyzer, lexicon, format, database, registry, texts: _ } = self;
        write!(
            f,
            "analyzer {analyzer}, lexicon {lexicon:016x}, format {format}, registry {registry} of database {database}"
        )
    }
}
