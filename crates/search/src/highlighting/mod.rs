//! What is shown of a hit: marked words, fragments, named attachments.

pub(crate) mod fragments;
pub(crate) mod highlight;
