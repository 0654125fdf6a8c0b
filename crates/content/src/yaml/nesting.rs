//! What the reader of a field knows about where the field is.

use std::collections::BTreeMap;

use super::node::Node;
use crate::values::Handle;

/// What is around a field. By default nothing: a field of a blueprint or fieldset itself, read alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nesting<'a> {
    /// Fields around it.
    pub(crate) depth: usize,
    /// A field around it is private, or the one itself as soon as its own key is read.
    pub(crate) private: bool,
    /// The other files; `None` while a fieldset is read, which knows of none.
    pub(crate) files: Option<Files<'a>>,
}

/// What a blueprint may name of other files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(crate) fieldsets: &'a Fieldsets<'a>,
    /// Names of all collections.
    pub(crate) collections: &'a [Handle],
}

/// A fieldset that was read.
#[derive(Debug)]
pub(crate) struct Fieldset<'a> {
    pub(crate) fields: Vec<&'a Node>,
    /// Nothing was wrong with it.
    pub(crate) sound: bool,
}

/// Fieldsets by name.
pub(crate) type Fieldsets<'a> = BTreeMap<Handle, Fieldset<'a>>;

impl Nesting<'_> {
    /// Most fields around a field.
    pub(crate) const MAX_DEPTH: usize = 6;
}
