//! What references and assets have in common: one id, or a list of distinct ids.

use serde_json::Value;

use crate::{
    deliver::{Delivery, UnresolvedReason},
    fault::FaultCode,
    field_types::{Items, Reading, UNREADABLE},
    pointer::Pointer,
};

/// Reads one id or a list. What stood here before is accepted unchanged, also when it is no id: imported content keeps
/// references whose target is missing.
pub(crate) fn read_ids(
    items: &Items,
    value: &Value,
    reading: &mut Reading<'_>,
    is_id: impl Fn(&str) -> bool,
) -> Option<Value> {
    if reading.keeps(value) {
        return Some(value.clone());
    }
    items.read(value, reading, |value, reading| {
        if reading.keeps(value) {
            return Some(value.clone());
        }
        match value.as_str() {
            Some(text) if is_id(text) => Some(value.clone()),
            Some(_) => {
                reading.fault(FaultCode::InvalidId);
                None
            }
            None => {
                reading.wrong_type("string");
                None
            }
        }
    })
}

/// Presents one id or a list, in small letters, each once.
pub(crate) fn present_ids(items: &Items, value: &Value, canonical: impl Fn(&str) -> Option<String>) -> Value {
    items.present(value, |value| {
        let id = value.as_str().and_then(&canonical);
        match value {
            Value::Null => None,
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                Some(Value::String(id.unwrap_or_else(|| UNREADABLE.to_owned())))
            }
        }
    })
}

/// Visits one presented id or each of a list with its place.
pub(crate) fn for_each_id(presented: &Value, at: &Pointer, mut visit: impl FnMut(&str, &Pointer)) {
    match presented {
        Value::String(text) => visit(text, at),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                visit(item.as_str().unwrap_or(UNREADABLE), &at.index(place));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
}

/// Empties one presented id, or drops those of a list, where `check` has a reason to.
pub(crate) fn deliver_ids(
    presented: &mut Value,
    at: &Pointer,
    delivery: &mut Delivery<'_>,
    check: impl Fn(&str, &Delivery<'_>) -> Option<UnresolvedReason>,
) {
    let mut kept = Vec::new();
    for_each_id(presented, at, |text, at| match check(text, delivery) {
        None => kept.push(Value::String(text.to_owned())),
        Some(reason) => delivery.unresolved(at.clone(), reason),
    });
    *presented = if presented.is_array() { Value::Array(kept) } else { kept.pop().unwrap_or(Value::Null) };
}
