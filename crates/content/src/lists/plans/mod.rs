//! How a list is answered: lists of stored keys, and the ranges of them that are scanned.

mod bounds;
mod lists;
mod needed_index;
mod plan;
mod span;

pub use self::{
    bounds::Bounds,
    lists::{KeyList, ListPart, PartKind, key_lists, list_keys, order_name},
    needed_index::needed_index,
    plan::{KeyPlan, Plan, effective_order, plan},
    span::Span,
};
