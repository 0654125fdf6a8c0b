//! Other spellings of a query's words that the index has: slips, words together or apart, «did you mean».

pub(crate) mod did_you_mean;
pub(crate) mod other_words;
