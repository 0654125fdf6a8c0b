//! Types that hold fields of their own, and what they share: the values of fields, rows, their schemas.
//!
//! The types are declared in `holding.rs`, next to what a field is.

mod block_kinds;
mod blocks;
mod description;
mod fields;
mod grid;
mod group;
mod object_schemas;
mod places;
mod row_differences;
mod rows;

pub(crate) use self::{
    block_kinds::{ENABLED, MAX_KINDS},
    description::describe_field,
    fields::{collect_presented, collect_stored, present_fields, present_some, publish_faults},
    object_schemas::{answer_object, closed_object, input_object},
    places::{FieldAt, fields_at},
    row_differences::{Rows, compare_rows},
    rows::{ID, check_id, items_of, row_ids},
};
