//! A request, the words of its query, and the engine's query made of them.

pub(crate) mod build;
pub(crate) mod parse;
pub(crate) mod position;
pub(crate) mod request;
pub(crate) mod step;
pub(crate) mod synonyms;
