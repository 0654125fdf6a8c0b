//! What can go wrong in search.

use std::{io, path::PathBuf};

use diwan_content::Sequence;

use crate::api::{QUERY_MAX_CHARS, QUERY_MAX_WORDS};

/// Why the index cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The query has more characters or words than are looked at. The asker's fault.
    #[error("query is longer than {QUERY_MAX_CHARS} characters or {QUERY_MAX_WORDS} words")]
    QueryTooLong,
    /// The query names nothing to look for: no letter or digit, or only what to leave out. The asker's fault.
    #[error("query has no word to look for")]
    NoWords,
    /// The words of the query's phrases stand in the texts too often. The asker's fault.
    #[error("the phrases of the query are too frequent")]
    TooCostly,
    /// The index is being checked or made anew, and nothing can answer until then.
    #[error("the index is being made")]
    NotReady,
    /// Another process holds the folder.
    #[error("index folder {} is in use by another process", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// Changes end before what the index already contains; applying them would bring back old content.
    #[error("changes end at event {given}, but the index already contains event {contained}")]
    StaleChanges {
        /// The last event contained.
        contained: Sequence,
        /// The last event of the changes.
        given: Sequence,
    },
    /// A document of the index cannot be read back: the index should be rebuilt.
    #[error("index holds a document that cannot be read")]
    DamagedDocument {
        /// Why.
        #[source]
        source: Option<serde_json::Error>,
    },
    /// The folder cannot be made, locked or cleared.
    #[error("failed to {operation} index folder {}", folder.display())]
    Folder {
        /// What was tried.
        operation: &'static str,
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The index engine failed.
    #[error("failed to {operation} index")]
    Engine {
        /// What was tried.
        operation: &'static str,
        /// Why.
        #[source]
        source: tantivy::TantivyError,
    },
}

impl SearchError {
    /// For `map_err` behind a call of the engine.
    pub(crate) fn engine<E: Into<tantivy::TantivyError>>(operation: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::Engine { operation, source: source.into() }
    }
}
