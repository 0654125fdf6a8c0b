//! Fields that stand together: those of a blueprint, a group or a row. What holds fields does its work through these.

use serde_json::{Map, Value};

use super::row_differences::compare_values;
use crate::{
    faults::{Fault, FaultCode},
    model::{Delivery, Field, Found, InnerDifference, Reading, visible_fields},
    values::Pointer,
};

/// Checks the values of fields that stand inside another. Names of `own` belong to what holds the fields and are passed
/// over; other names that are no field are faults.
pub(crate) fn read_fields(
    fields: &[Field],
    own: &[&str],
    written: &Map<String, Value>,
    reading: &mut Reading<'_>,
) -> Map<String, Value> {
    let mut values = Map::new();
    for (name, value) in written {
        if own.contains(&name.as_str()) {
            continue;
        }
        let Some(field) = fields.iter().find(|field| field.handle == name.as_str()) else {
            let handles = fields.iter().map(|field| field.handle.as_str());
            let allowed: Vec<&str> = own.iter().copied().chain(handles).collect();
            reading.member(name).fault_with(FaultCode::UnknownField, "allowed", allowed);
            continue;
        };
        let read = if value.is_null() {
            Some(Value::Null)
        } else {
            field.field_type.kind().read(value, &mut reading.member(name))
        };
        values.extend(read.map(|value| (name.clone(), value)));
    }
    values
}

/// The published form: the public fields in order, each of them. A hidden one is presented as empty.
pub(crate) fn present_fields(fields: &[Field], values: &Map<String, Value>) -> Map<String, Value> {
    present_some(fields, values, &|_| true)
}

/// The published form of some of the public fields.
pub(crate) fn present_some(
    fields: &[Field],
    values: &Map<String, Value>,
    wanted: &dyn Fn(&Field) -> bool,
) -> Map<String, Value> {
    let visible = visible_fields(fields, values);
    let mut presented = Map::new();
    for (field, is_visible) in fields.iter().zip(visible).filter(|(field, _)| !field.private && wanted(field)) {
        let value = values.get(field.handle.as_str()).filter(|_| is_visible).unwrap_or(&Value::Null);
        presented.insert(field.handle.to_string(), field.field_type.kind().present(value));
    }
    presented
}

/// The faults of publishing: required fields that are empty and not hidden, and values below a lower limit, at any depth.
pub(crate) fn publish_faults(fields: &[Field], values: &Map<String, Value>, at: &Pointer, faults: &mut Vec<Fault>) {
    let visible = visible_fields(fields, values);
    for (field, _) in fields.iter().zip(visible).filter(|(_, is_visible)| *is_visible) {
        if faults.len() >= Reading::MAX_FAULTS {
            return;
        }
        let kind = field.field_type.kind();
        let value = values.get(field.handle.as_str()).unwrap_or(&Value::Null);
        let at = at.key(field.handle.as_str());
        if !kind.is_empty(value) {
            kind.publish_faults(value, &at, faults);
        } else if field.required {
            faults.push(Fault::new(at, FaultCode::Required));
        }
    }
}

/// Stored values of which `convert` made others.
pub(crate) fn convert_fields(
    fields: &[Field],
    values: &mut Map<String, Value>,
    convert: &dyn Fn(&Field, Value) -> Value,
) {
    for field in fields {
        if let Some(value) = values.get_mut(field.handle.as_str()) {
            *value = convert(field, value.take());
        }
    }
}

/// Whether no field has a value.
pub(crate) fn all_empty(fields: &[Field], values: &Map<String, Value>) -> bool {
    fields
        .iter()
        .all(|field| values.get(field.handle.as_str()).is_none_or(|value| field.field_type.kind().is_empty(value)))
}

/// What stored values point to, in private fields too.
pub(crate) fn collect_stored(fields: &[Field], values: &Map<String, Value>, at: &Pointer, found: &mut Found<'_>) {
    for field in fields {
        if let Some(value) = values.get(field.handle.as_str()).filter(|value| !value.is_null()) {
            field.field_type.kind().collect_stored_references(value, &at.key(field.handle.as_str()), found);
        }
    }
}

/// What presented values point to.
pub(crate) fn collect_presented(fields: &[Field], presented: &Map<String, Value>, at: &Pointer, found: &mut Found<'_>) {
    for field in fields.iter().filter(|field| !field.private) {
        if let Some(value) = presented.get(field.handle.as_str()) {
            field.field_type.kind().collect_references(value, &at.key(field.handle.as_str()), found);
        }
    }
}

/// Answers presented values of fields that stand inside another: exactly the fields that are public by today's blueprint,
/// whatever was public when they were presented.
pub(crate) fn deliver_fields(
    fields: &[Field],
    mut presented: Map<String, Value>,
    at: &Pointer,
    delivery: &mut Delivery<'_>,
) -> Map<String, Value> {
    let mut delivered = Map::new();
    for field in fields.iter().filter(|field| !field.private) {
        let kind = field.field_type.kind();
        let name = field.handle.as_str();
        let mut value = presented.remove(name).unwrap_or_else(|| kind.present(&Value::Null));
        kind.deliver(&mut value, &at.key(name), delivery);
        delivered.insert(name.to_owned(), value);
    }
    delivered
}

/// Texts of presented values, each with the weight of its field.
pub(crate) fn collect_search_texts(fields: &[Field], presented: &Map<String, Value>, texts: &mut Vec<(u8, String)>) {
    for field in fields.iter().filter(|field| !field.private) {
        if let Some(value) = presented.get(field.handle.as_str()) {
            field.field_type.kind().collect_search_texts(value, field.searchable, texts);
        }
    }
}

/// How stored values of fields that stand inside another differ.
pub(crate) fn compare_fields(
    fields: &[Field],
    from: &Map<String, Value>,
    to: &Map<String, Value>,
    at: &Pointer,
    differences: &mut Vec<InnerDifference>,
) {
    for field in fields {
        let name = field.handle.as_str();
        compare_values(field.field_type.kind(), from.get(name), to.get(name), &at.key(name), differences);
    }
}
