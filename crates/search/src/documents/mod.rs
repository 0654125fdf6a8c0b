//! What the index holds of a published entry: its fields, their terms, and what is kept to show.

pub(crate) mod document;
pub(crate) mod joined;
pub(crate) mod schema;
pub(crate) mod stored_text;
mod terms;
pub(crate) mod title_terms;
pub(crate) mod written;
