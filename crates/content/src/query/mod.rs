//! What lists are asked: filters, orders, and how they are answered from stored keys. Pure: it plans, others scan.
//!
//! A filter is read by `grammar.rs` from the names that `names.rs` allows, gathered in `drafts.rs`, held against entries
//! (`subject.rs`) by `filter.rs`, and planned by `plan.rs` over the lists of stored keys (`lists.rs`), of which runs
//! (`span.rs`) are scanned. Where none serves, `needed_index.rs` says which would.

mod bounds;
mod brackets;
mod comparable;
mod drafts;
mod filter;
mod filtering;
mod grammar;
mod lists;
mod names;
mod needed_index;
mod numerals;
mod operator;
mod plan;
mod span;
mod subject;

pub(crate) use self::numerals::{strict_integer, strict_number};
pub use self::{
    bounds::Bounds,
    comparable::Comparable,
    filter::{Filter, Hop, Term, Test},
    filtering::Filtering,
    grammar::{NamesBehind, Vocabulary, parse_filter},
    lists::{KeyList, ListPart, PartKind, key_lists, list_keys, order_name},
    names::{FilterName, filter_names, names_behind, sort_names},
    needed_index::needed_index,
    operator::Operator,
    plan::{KeyPlan, Plan, effective_order, plan},
    span::Span,
    subject::{FilterBy, Subject},
};
