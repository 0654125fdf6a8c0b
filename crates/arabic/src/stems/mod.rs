//! What words are forms of, by rules and by the lists of `data/`.

pub(crate) mod english;
pub(crate) mod lexicon;
mod pattern;
pub(crate) mod plurals;
pub(crate) mod readings;
pub(crate) mod stem;
mod verbs;
