//! What an index is asked to do for readers: search, suggest titles, find related entries.

mod related;
pub(crate) mod search;
pub(crate) mod suggest;
