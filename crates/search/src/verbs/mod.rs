//! What an index is asked to do for readers: search, suggest titles, find related entries.

pub(crate) mod answer;
mod related;
pub(crate) mod search;
pub(crate) mod suggest;
