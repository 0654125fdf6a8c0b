//! The names that mappings give themselves.

use super::node::Node;
use crate::values::Handle;

/// The name that a mapping gives itself, read before anything is told.
pub(crate) fn name_of(node: &Node) -> Option<&str> {
    let entries = node.as_mapping()?;
    entries.iter().find(|(key, _)| key.as_text() == Some("handle")).and_then(|(_, value)| value.as_text())
}

/// Where a field is in its file: by its name, else by its number.
pub(crate) fn place_of(node: &Node, index: usize) -> String {
    match name_of(node) {
        Some(name) if name.parse::<Handle>().is_ok() => format!("fields.{name}"),
        Some(_) | None => format!("fields[{index}]"),
    }
}
