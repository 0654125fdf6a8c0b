//! What references and assets have in common: one id, or a list of distinct ids.

use std::{fmt, str::FromStr};

use serde_json::{Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::Items,
    model::{Delivery, Lookup, Reading, UNREADABLE, UnresolvedReason},
    values::Pointer,
};

/// Reads one id or a list. What was here before is accepted unchanged, also when it is no id: imported content keeps
/// references whose target is missing. That is for each item; the field may have become one of fewer values since.
pub(crate) fn read_ids<I: FromStr>(items: &Items, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
    let has_form = match value.as_array() {
        Some(list) => items.many() && list.len() <= items.max,
        None => !items.many(),
    };
    if has_form && reading.keeps(value) {
        return Some(value.clone());
    }
    items.read(value, reading, |value, reading| {
        if !value.is_array() && reading.keeps(value) {
            return Some(value.clone());
        }
        match value.as_str() {
            Some(text) if text.parse::<I>().is_ok() => Some(value.clone()),
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
pub(crate) fn present_ids<I: FromStr + fmt::Display>(items: &Items, value: &Value) -> Value {
    items.present(value, |value| {
        let id = value.as_str().and_then(|text| text.parse().ok()).map(|id: I| id.to_string());
        (!value.is_null()).then(|| Value::String(id.unwrap_or_else(|| UNREADABLE.to_owned())))
    })
}

/// Visits one stored or presented id or each of a list with its place, but for those that cannot be read.
pub(crate) fn for_each_id<I: FromStr>(presented: &Value, at: &Pointer, mut visit: impl FnMut(I, &Pointer)) {
    for_each_text(presented, at, |text, at| {
        if let Ok(id) = text.parse() {
            visit(id, at);
        }
    });
}

fn for_each_text(presented: &Value, at: &Pointer, mut visit: impl FnMut(&str, &Pointer)) {
    match presented {
        Value::String(text) => visit(text, at),
        Value::Array(items) => {
            for (place, item) in items.iter().take(Items::MAX).enumerate() {
                visit(item.as_str().unwrap_or(UNREADABLE), &at.index(place));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => {}
    }
}

/// Empties one presented id, or drops those of a list, of what cannot be answered; `judge` says why.
pub(crate) fn deliver_ids<I: FromStr + Copy>(
    presented: &mut Value,
    at: &Pointer,
    delivery: &mut Delivery<'_>,
    judge: impl Fn(I, &dyn Lookup) -> Result<(), UnresolvedReason>,
) {
    let mut kept = Vec::new();
    for_each_text(presented, at, |text, at| match text.parse() {
        Ok(id) => match judge(id, delivery.lookup) {
            Ok(()) => kept.push(Value::String(text.to_owned())),
            Err(reason) => delivery.unresolved(at.clone(), reason),
        },
        Err(_) => delivery.unresolved(at.clone(), UnresolvedReason::Unreadable),
    });
    *presented = if presented.is_array() { Value::Array(kept) } else { kept.pop().unwrap_or(Value::Null) };
}

/// Schema of one id.
pub(crate) fn id_schema() -> Value {
    json!({"type": "string", "format": "uuid"})
}
