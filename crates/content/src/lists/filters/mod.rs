//! Filters: from the parameters of a request to what is compared with entries.

mod brackets;
mod drafts;
mod filter;
mod grammar;
mod names;
mod refusals;
mod subject;

pub use self::{
    filter::{Filter, Hop, Term, Test},
    grammar::{NamesBehind, Vocabulary, parse_filter},
    names::{FilterName, filter_names, names_behind, sort_names},
    subject::{FilterBy, Subject},
};
