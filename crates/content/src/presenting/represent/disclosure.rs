//! What of stored values was shown when they were published.

use serde_json::{Map, Value};

use crate::{
    field_types::{FieldType, fields_by_way},
    model::{Field, Found, UNREADABLE},
    values::Pointer,
};

/// Places that showed nothing, and what was done about them.
#[derive(Debug, Default)]
pub(super) struct Disclosure {
    /// Places that were emptied.
    closed: Vec<Pointer>,
    /// Those of them that showed something, of which nobody can tell whether it was all.
    lost: Vec<Pointer>,
}

impl Disclosure {
    /// Empties what a value holds and was not shown. `before` is the field as it was presented then, where that is known;
    /// `shown` is what was presented. As deep as types hold fields, which is bounded.
    pub(super) fn close(
        &mut self,
        today: &Field,
        before: Option<&Field>,
        shown: Option<&Value>,
        value: &mut Value,
        at: &Pointer,
    ) {
        let Some(shown) = shown.filter(|shown| !shows_nothing(shown)) else {
            self.closed.push(at.clone());
            *value = Value::Null;
            return;
        };
        let kind = today.field_type.kind();
        let same = before.filter(|before| before.field_type.name() == today.field_type.name());
        if same.is_none() {
            // Withheld as a reference where its target was not public, it would be shown as it is written.
            if before.is_some_and(|before| {
                refers(before, shown) && !(before.field_type.holds_ids() && today.field_type.holds_ids())
            }) {
                self.lose(value, at);
                return;
            }
            let is_json = before.is_some_and(|before| matches!(before.field_type, FieldType::Json(_)));
            let hides_nothing = is_json || is_plain(value, shown) || kind.present(value) == *shown;
            if hides_nothing {
                return;
            }
            // Of an unknown type before, this one's values may be compared place by place.
            if before.is_some() || today.field_type.held(value).is_empty() {
                self.lose(value, at);
                return;
            }
        }
        let shown = same.unwrap_or(today).field_type.held(shown);
        let older = same.map(|same| same.field_type.inner_fields()).unwrap_or_default();
        let held =
            today.field_type.held(value).into_iter().map(|held| (held.at, held.id.to_owned(), held.way, held.fields));
        for (place, id, way, fields) in held.collect::<Vec<_>>() {
            let older = fields_by_way(&older, &way);
            let shown = shown.iter().find(|shown| shown.id == id).map(|shown| shown.values);
            if let Some(Value::Object(values)) = value.pointer_mut(place.as_str()) {
                self.close_all(fields, older, shown, values, &place.under(at));
            }
        }
    }

    fn lose(&mut self, value: &mut Value, at: &Pointer) {
        self.closed.push(at.clone());
        self.lost.push(at.clone());
        *value = Value::Null;
    }

    fn close_all(
        &mut self,
        today: &[Field],
        before: &[Field],
        shown: Option<&Map<String, Value>>,
        values: &mut Map<String, Value>,
        at: &Pointer,
    ) {
        for field in today {
            let name = field.handle.as_str();
            if let Some(value) = values.get_mut(name) {
                let before = before.iter().find(|older| older.handle == field.handle);
                self.close(field, before, shown.and_then(|shown| shown.get(name)), value, &at.key(name));
            }
        }
    }

    /// Whether that place was emptied.
    pub(super) fn is_closed(&self, place: &Pointer) -> bool {
        self.closed.iter().any(|closed| place.is_within(closed))
    }

    /// Places in a value that are empty although they showed something.
    pub(super) fn lost_within(&self, at: &Pointer) -> impl Iterator<Item = Pointer> {
        self.lost.iter().filter(|lost| lost.is_within(at)).cloned()
    }
}

/// Whether a presented value points to an entry or asset.
fn refers(field: &Field, shown: &Value) -> bool {
    let mut references = Vec::new();
    let mut found = Found { field: &field.handle, references: &mut references };
    field.field_type.kind().collect_references(shown, &Pointer::root(), &mut found);
    !references.is_empty()
}

fn shows_nothing(presented: &Value) -> bool {
    match presented {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text == UNREADABLE,
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

/// Whether a value that showed something hides nothing: only objects have members that may be private, and of a list some
/// items may be what cannot be read.
fn is_plain(value: &Value, shown: &Value) -> bool {
    let is_unreadable = |items: &Vec<Value>| items.iter().any(|item| *item == UNREADABLE);
    !holds_objects(value) && !shown.as_array().is_some_and(is_unreadable)
}

fn holds_objects(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => items.iter().any(holds_objects),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
