//! A field: a named slot of a blueprint.

use serde_json::Value;

use super::conditions::Conditions;
use crate::{
    field_types::FieldType,
    values::{Handle, Label},
};

/// A named slot of a blueprint with its type and rules.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in data.
    pub handle: Handle,
    /// The kind of value and its constraints.
    pub field_type: FieldType,
    /// Group of the form in which it stands, if any.
    pub group: Option<Handle>,
    /// What editors read beside it.
    pub label: Label,
    /// Longer help, if any.
    pub help: Option<Label>,
    /// Must have a value before publishing.
    pub required: bool,
    /// Each locale may hold its own value; otherwise only the origin holds one.
    pub localizable: bool,
    /// May stand in filters.
    pub filterable: bool,
    /// Weight in search, 1 to 10; absent: not searched.
    pub searchable: Option<u8>,
    /// In no public answer.
    pub private: bool,
    /// Value of a new entry that does not name the field.
    pub default: Option<Value>,
    /// When it is shown; a hidden field is presented as empty and is not required.
    pub conditions: Conditions,
}

impl Field {
    /// What is presented of the field where it has no value: `null`, or an empty list.
    pub fn presented_empty(&self) -> Value {
        self.field_type.kind().present(&Value::Null)
    }
}
