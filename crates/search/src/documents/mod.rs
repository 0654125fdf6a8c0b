//! What the index holds of a published entry: its fields, their terms, and what is kept to show.

pub(crate) mod attachments;
pub(crate) mod document;
pub(crate) mod joined;
mod packed;
pub(crate) mod schema;
pub(crate) mod stretches;
mod terms;
pub(crate) mod title_terms;
pub(crate) mod written;
