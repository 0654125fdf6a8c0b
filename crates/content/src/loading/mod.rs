//! From YAML files to a [`crate::Registry`]: all mistakes of all files at once, each with its line.
//!
//! The way: `files` parses, `blueprints` and `collections` read one file each, `agreement` compares files with one another.
//! What is wrong is reported once: a check that depends on something broken is left out.

mod agreement;
mod blueprints;
mod collections;
mod files;
mod registry;

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests;

pub use self::files::SchemaFile;
