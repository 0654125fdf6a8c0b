//! What lists are asked: filters, orders, and how they are answered from stored keys. Pure: it plans, others scan.
//!
//! A filter is parsed by `filters/grammar.rs` from the names that `filters/names.rs` allows, gathered in `filters/drafts.rs`,
//! compared with entries (`filters/subject.rs`) by `filters/filter.rs`, and planned by `plans/plan.rs` over the lists of stored
//! keys (`plans/lists.rs`), of which ranges (`plans/span.rs`) are scanned. Where none serves, `plans/needed_index.rs` says
//! which would.

mod cursor;
mod filters;
mod plans;

pub use self::{
    cursor::{CURSOR_MAX_CHARS, CursorSecret, open_cursor, seal_cursor},
    filters::{
        Filter, FilterBy, FilterName, Hop, NamesBehind, Subject, Term, Test, Vocabulary, filter_names, names_behind,
        parse_filter, sort_names,
    },
    plans::{
        Bounds, KeyList, KeyPlan, ListPart, PartKind, Plan, Span, effective_order, key_lists, list_keys, needed_index,
        order_name, plan,
    },
};
