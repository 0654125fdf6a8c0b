//! From what a client sent to the values of a revision: checks, comparison, and data that was written under another
//! blueprint.

mod compare;
mod conform;
mod read;

pub use self::{
    compare::compare,
    conform::{Conformed, Limits, Misfit, WrittenUnder, conform},
};
