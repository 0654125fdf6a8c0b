//! The words of its query, and the engine's query made of them.

pub(crate) mod build;
pub(crate) mod parse;
pub(crate) mod synonyms;
