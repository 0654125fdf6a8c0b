//! YAML as a tree whose nodes know their line, and mappings that are read key by key, with every mistake reported.
//!
//! Schema files are read with this, and so are the constraints that each field type declares. Other crates use [`parse`].

mod builder;
mod json;
mod keys;
mod names;
mod nesting;
mod node;
mod parse;
mod problems;
mod scalars;

#[cfg(test)]
pub(crate) use self::problems::any_of;
pub(crate) use self::{
    json::to_json,
    keys::Keys,
    names::{name_of, place_of},
    nesting::{Fieldset, Fieldsets, Files, Nesting},
    problems::{Problems, join},
};
pub use self::{
    node::{Budget, Node, NodeKind, YamlError},
    parse::parse,
    problems::SchemaProblem,
};
