//! Words of a text: where they stand, how they are normally spelt, how far they are from each other.

pub(crate) mod distance;
mod memo;
pub(crate) mod ngram;
pub(crate) mod normalize;
mod number;
pub(crate) mod token;
