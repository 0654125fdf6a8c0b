//! What the reader of a field knows about where the field stands.

use super::fieldsets::Fieldsets;
use crate::handle::Handle;

/// What stands around a field. By default nothing: a field of a blueprint or fieldset itself, read alone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Nesting<'a> {
    /// Fields around it.
    pub(super) depth: usize,
    /// A field around it is private, or the one itself as soon as its own key is read.
    pub(crate) private: bool,
    /// The other files; `None` while a fieldset is read, which knows of none.
    pub(super) files: Option<Files<'a>>,
}

/// What a blueprint may name of other files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'a> {
    pub(super) fieldsets: &'a Fieldsets<'a>,
    /// Names of all collections.
    pub(super) collections: &'a [Handle],
}

impl Nesting<'_> {
    /// Most fields around a field.
    pub(super) const MAX_DEPTH: usize = 6;
}
