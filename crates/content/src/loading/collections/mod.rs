//! Reads collections, and the paths that no entry may take.

mod collection;
mod kinds;
mod orders;
mod paths;
mod search;

pub(crate) use self::{
    collection::{CollectionDrafts, load_collections},
    paths::{check_reserved, load_reserved},
};
