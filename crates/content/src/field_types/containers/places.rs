//! The fields that a place in the data is in.

use serde_json::{Map, Value};

use crate::{model::Field, values::Pointer};

/// A field that a place is in.
pub(crate) struct FieldAt<'f, 'v> {
    pub(crate) field: &'f Field,
    pub(crate) value: &'v Value,
    /// Where the value is, from where the search began.
    pub(crate) at: Pointer,
    /// The way to the fields that the next inner field is one of; `None` where the place is in no values of inner fields.
    pub(crate) way: Option<String>,
}

/// The fields that a place is in, from the outermost to the innermost. As deep as types hold fields, which is bounded.
pub(crate) fn fields_at<'f, 'v>(
    mut fields: &'f [Field],
    mut values: &'v Map<String, Value>,
    place: &Pointer,
) -> Vec<FieldAt<'f, 'v>> {
    let mut found = Vec::new();
    let mut at = Pointer::root();
    while let Some(name) = place.step_after(&at) {
        let field = fields.iter().find(|field| field.handle == name.as_str());
        let Some((field, value)) = field.zip(values.get(&name)) else { break };
        at = at.key(&name);
        let held = field.field_type.held(value);
        let inner = held.into_iter().find(|held| place.step_after(&held.at.under(&at)).is_some());
        let way = inner.as_ref().map(|inner| inner.way.clone());
        found.push(FieldAt { field, value, at: at.clone(), way });
        let Some(inner) = inner else { break };
        at = inner.at.under(&at);
        (fields, values) = (inner.fields, inner.values);
    }
    found
}
