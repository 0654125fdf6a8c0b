//! From what a client sent to the values of a revision: checks, inheritance, references, comparison, and data that was written
//! under another blueprint.

mod compare;
mod conform;
mod read;
mod references;
mod resolve;

pub use self::{
    compare::compare,
    conform::{Conformed, Limits, Misfit, WrittenUnder, conform},
    references::presented_references,
    resolve::resolve,
};
