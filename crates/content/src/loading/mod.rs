//! From YAML files to a [`crate::Registry`]: all mistakes of all files at once, each with its line.
//!
//! The way: `files` parses, `fieldsets`, `blueprints` and `collections` read one file each, `agreement` compares files
//! with one another. What is wrong is told once: a check that rests on something broken is left out.

mod agreement;
mod alone;
mod blueprints;
mod collection_kinds;
mod collections;
mod conditions;
mod examples;
mod fields;
mod fieldsets;
mod files;
mod inner;
mod keys;
mod nesting;
mod orders;
mod paths;
mod problems;
mod registry;
mod scalars;
mod search;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use self::problems::{Problems, any_of};
pub use self::{files::SchemaFile, problems::SchemaProblem};
pub(crate) use self::{inner::load_inner_fields, keys::Keys, scalars::scalar_to_json};
