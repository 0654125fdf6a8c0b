//! From presented data to answered data: what is not public at the time of the read becomes empty and is listed.

use serde_json::{Map, Value};

use crate::{
    model::{Blueprint, Delivery, Lookup, Unresolved},
    values::Pointer,
};

/// Answered data.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The values, by field; what is not public is `null`, dropped from lists, or a text without its link.
    pub data: Map<String, Value>,
    /// What had to be left out, in order.
    pub unresolved: Vec<Unresolved>,
}

/// Answers presented data, also a selection of its fields. Look up before what [`crate::presented_references`] names.
/// A link that occurs several times in one text is listed once.
pub fn deliver(blueprint: &Blueprint, presented: Map<String, Value>, lookup: &dyn Lookup) -> Delivered {
    let at = Pointer::root().key("data");
    let mut delivery = Delivery { lookup, unresolved: Vec::new() };
    let mut data = presented;
    for field in blueprint.public_fields() {
        if let Some(value) = data.get_mut(field.handle.as_str()) {
            field.field_type.kind().deliver(value, &at.key(field.handle.as_str()), &mut delivery);
        }
    }
    Delivered { data, unresolved: delivery.unresolved }
}
