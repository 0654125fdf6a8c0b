//! What references to entries and to assets do alike: they hold one id, or a list of distinct ids.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::Items,
    model::{Delivery, FieldKind, Filtering, Found, Lookup, Reading, Reference, UNREADABLE, UnresolvedReason},
    values::{Handle, Pointer},
};

/// A type whose values are ids. This is what such types differ in; the rest of [`FieldKind`] follows from it.
pub(crate) trait PointsByIds {
    /// The ids of what it points to.
    type Id: FromStr + fmt::Display + Copy;

    /// The name in blueprints.
    const NAME: &'static str;

    /// How many ids.
    fn items(&self) -> &Items;

    /// The reference that an id at a place is.
    fn reference(&self, id: Self::Id, pointer: Pointer, field: Handle) -> Reference;

    /// Why an id cannot be answered, if it cannot.
    fn judge(&self, id: Self::Id, lookup: &dyn Lookup) -> Result<(), UnresolvedReason>;

    /// How filters compare its values.
    fn filtering(&self) -> Filtering {
        Filtering::None
    }

    /// The constraints besides the number of items.
    fn describe_targets(&self) -> Map<String, Value>;
}

impl<T: PointsByIds> FieldKind for T {
    fn name(&self) -> &'static str {
        T::NAME
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        read_ids::<T::Id>(self.items(), value, reading)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items().too_few(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        present_ids::<T::Id>(self.items(), value)
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        for_each_id(presented, at, |id, at| {
            found.references.push(self.reference(id, at.clone(), found.field.clone()));
        });
    }

    /// Not presented first: presenting drops equal ids, and the places of those after them would be others.
    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        self.collect_references(value, at, found);
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        deliver_ids(presented, at, delivery, |id, lookup| self.judge(id, lookup));
    }

    fn filtering(&self) -> Filtering {
        PointsByIds::filtering(self)
    }

    fn many_valued(&self) -> bool {
        PointsByIds::filtering(self) != Filtering::None && self.items().many()
    }

    fn input_schema(&self) -> Value {
        self.items().input_schema(id_schema())
    }

    fn answer_schema(&self) -> Value {
        self.items().answer_schema(id_schema())
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items().describe();
        described.extend(self.describe_targets());
        described
    }
}

/// Reads one id or a list. What was here before is accepted unchanged, also when it is no id: imported content keeps
/// references whose target is missing. That is for each item; the field may have become one of fewer values since.
fn read_ids<I: FromStr>(items: &Items, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
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
fn present_ids<I: FromStr + fmt::Display>(items: &Items, value: &Value) -> Value {
    items.present(value, |value| {
        let id = value.as_str().and_then(|text| text.parse().ok()).map(|id: I| id.to_string());
        (!value.is_null()).then(|| Value::String(id.unwrap_or_else(|| UNREADABLE.to_owned())))
    })
}

/// Visits one stored or presented id or each of a list with its place, but for those that cannot be read.
fn for_each_id<I: FromStr>(presented: &Value, at: &Pointer, mut visit: impl FnMut(I, &Pointer)) {
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
fn deliver_ids<I: FromStr + Copy>(
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
fn id_schema() -> Value {
    json!({"type": "string", "format": "uuid"})
}
