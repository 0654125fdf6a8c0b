//! What is shown of a hit: marked words, fragments, named attachments.

pub(crate) mod attachments;
mod fragments;
pub(crate) mod highlight;
pub(crate) mod places;
