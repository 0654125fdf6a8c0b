//! What the index holds of a published entry: its fields, their terms, and what is kept to show.

pub(crate) mod attachments;
pub(crate) mod document;
pub(crate) mod joined;
pub(crate) mod schema;
mod terms;
pub(crate) mod title_terms;
