//! An index on disk: open, check, fill, change, merge.

mod check;
mod directory;
mod generation;
mod in_flight;
pub(crate) mod index;
mod integrity;
mod merges;
pub(crate) mod stamp;
