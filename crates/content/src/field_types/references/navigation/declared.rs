//! What a blueprint declares of a menu, and what binds every menu.

use crate::{field_types::rules::TextRules, values::Handle};

/// A tree of menu items. Each is written `{id?, title?, entry | asset | url, new_tab?, children?}`; without a target it is a
/// heading. One that names an entry or asset may leave its title to that.
///
/// Answered as `{id, title, kind, href, target, path, new_tab, children}` with titles and paths as they are public now in
/// the answer's locale; an item whose target is not public there is left out with all below it, and listed.
#[derive(Debug, Clone)]
pub struct NavigationType {
    /// Collections whose entries items may name; `None` for all.
    pub collections: Option<Vec<Handle>>,
    /// Most items, all levels together.
    pub max_items: usize,
    /// Most levels.
    pub max_depth: usize,
}

pub(super) const TITLE: TextRules = TextRules::line_of_length(200);
pub(super) const MAX_URL_CHARS: usize = 2_000;
pub(super) const ID_FORM: &str = "^[A-Za-z0-9_-]{1,64}$";

impl NavigationType {
    /// Most items that any blueprint may allow.
    pub const MAX_ITEMS: usize = 200;
    /// Most levels that any blueprint may allow.
    pub const MAX_DEPTH: usize = 4;
}
