//! Letters: which spellings are one, and what is made of a text letter by letter.

pub(crate) mod characters;
pub(crate) mod collation;
pub(crate) mod fold;
pub(crate) mod keyboard;
pub(crate) mod slug;
pub(crate) mod tidy;
pub(crate) mod transliterate;
