//! How good search is, on collections of documents, queries and judgements, through the code that serves the public.
//!
//! Documents are presented by a blueprint, read for search and indexed like entries, in a throw-away folder; queries are
//! searched as they stand. Nothing here is tuned: what it measures is what citizens get.

mod collection;
mod pairs;
mod scores;
mod throwaway;

use diwan_search::SearchError;

pub use self::{
    collection::{JudgedCollection, evaluate_collection},
    pairs::{PairCounts, PairReport, PairRow, evaluate_pairs},
    scores::Scores,
};

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// A line of a file cannot be read.
    #[error("{file}, line {line}: {reason}")]
    Line {
        /// Which of the files.
        file: &'static str,
        /// From 1 on.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A file holds nothing to measure with.
    #[error("{0} hold nothing")]
    Empty(&'static str),
    /// The index failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The throw-away folder could not be made.
    #[error("cannot make a temporary folder")]
    Folder(#[from] std::io::Error),
}
