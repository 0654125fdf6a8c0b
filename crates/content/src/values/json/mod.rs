//! JSON values: pointers into them, their canonical spelling, their depth.

mod canonical;
mod depth;
mod pointer;

pub(crate) use self::{
    canonical::{EXACT_BELOW, MAX_EXACT, canonical, canonical_members},
    depth::is_deeper,
    pointer::{Step, Way},
};
pub use self::{
    canonical::{is_same_value, other_spellings},
    pointer::Pointer,
};
