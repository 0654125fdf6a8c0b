//! What lists are asked: filters, orders, and how they are answered from stored keys. Pure: it plans, others scan.
//!
//! A filter is read by `grammar.rs` from the names that `names.rs` allows, held against entries (`subject.rs`) by
//! `filter.rs`, and planned by `plan.rs` over the lists of stored keys (`lists.rs`), of which runs (`span.rs`) are scanned.

mod brackets;
mod comparable;
mod filter;
mod filtering;
mod grammar;
mod lists;
mod names;
mod numerals;
mod operator;
mod plan;
mod span;
mod subject;

pub(crate) use self::numerals::{strict_integer, strict_number};
pub use self::{
    comparable::Comparable,
    filter::{Filter, Hop, Term, Test},
    filtering::Filtering,
    grammar::{NamesBehind, Vocabulary, parse_filter},
    lists::{KeyList, ListPart, PartKind, key_lists, list_keys, order_name},
    names::{FilterName, filter_names, names_behind, sort_names},
    operator::Operator,
    plan::{KeyPlan, Plan, effective_order, needed_index, plan},
    span::Span,
    subject::{FilterBy, Subject},
};
