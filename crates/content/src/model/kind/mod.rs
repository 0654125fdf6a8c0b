//! [`FieldKind`], what every field type must be able to do, and the types that its methods take and return.
//!
//! These name no field and no field type, so that a field type depends on them alone.

mod comparable;
mod delivery;
mod differences;
mod field_kind;
mod filtering;
mod numerals;
mod operator;
mod reading;
mod references;

pub use self::{
    comparable::Comparable,
    delivery::{LiveAsset, LiveEntry, Lookup, Unresolved, UnresolvedReason},
    differences::{FieldChange, FieldDifference, InnerChange, InnerDifference},
    filtering::Filtering,
    operator::Operator,
    references::{Reference, ReferenceKind, ReferenceTarget},
};
pub(crate) use self::{
    delivery::Delivery,
    field_kind::{FieldKind, UNREADABLE, constraints, schema},
    reading::Reading,
    references::{Found, takes_collection, takes_kind},
};
