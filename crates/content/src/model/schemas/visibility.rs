//! When a field is shown: its conditions against the values of the fields beside it.

use std::{cmp::Ordering, sync::LazyLock};

use diwan_arabic::fold_text;
use serde_json::{Map, Value, json};

use super::{
    conditions::{Condition, ConditionOperator, Conditions},
    field::Field,
};
use crate::{
    faults::FaultCode,
    field_types::FieldType,
    model::kind::{FieldKind, Reading},
    values::{Handle, KeyPart, Language, Locale, Pointer, encode_prefix},
};

/// Keys of numbers and times do not depend on the locale; it must be some.
static ANY_LOCALE: LazyLock<Locale> = LazyLock::new(|| "ar".parse().expect("a language tag"));

impl Condition {
    /// What is wrong with comparing that field so.
    pub(crate) fn check(&self, beside: &Field) -> Result<(), String> {
        let Self { field, operator, value } = self;
        let kind = beside.field_type.kind();
        match operator {
            ConditionOperator::Exists => match value {
                Value::Bool(_) => Ok(()),
                Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                    Err("must be true or false".to_owned())
                }
            },
            ConditionOperator::Eq | ConditionOperator::Ne if !kind.sortable() => Err(not_comparable(field, kind)),
            ConditionOperator::Eq | ConditionOperator::Ne => check_value(&beside.field_type, value),
            ConditionOperator::In | ConditionOperator::Nin if !kind.sortable() => Err(not_comparable(field, kind)),
            ConditionOperator::In | ConditionOperator::Nin => match value.as_array().map(Vec::as_slice) {
                None | Some([]) => Err("must be a list of values".to_owned()),
                Some(values) => values.iter().try_for_each(|value| check_value(&beside.field_type, value)),
            },
            ConditionOperator::Gt | ConditionOperator::Gte | ConditionOperator::Lt | ConditionOperator::Lte => {
                check_value(&beside.field_type, value)?;
                match measure(kind, value) {
                    Some(_) => Ok(()),
                    None => Err(format!("{field} is neither a number nor a time; only those are above or below")),
                }
            }
            ConditionOperator::Contains => match (&beside.field_type, value) {
                (FieldType::Text(_) | FieldType::Textarea(_), Value::String(_)) => Ok(()),
                (field_type, value) if field_type.many_valued() => check_value(field_type, &json!([value])),
                _ => Err(format!("{field} holds neither a list nor plain text")),
            },
        }
    }

    fn holds(&self, beside: &Field, stored: &Value) -> bool {
        let kind = beside.field_type.kind();
        let is = |value: &Value| !stored.is_null() && kind.present(stored) == kind.present(value);
        let is_one = |values: &Value| values.as_array().is_some_and(|values| values.iter().any(is));
        let compared = || Some(measure(kind, stored)?.cmp(&measure(kind, &self.value)?));
        match self.operator {
            ConditionOperator::Eq => is(&self.value),
            ConditionOperator::Ne => !is(&self.value),
            ConditionOperator::In => is_one(&self.value),
            ConditionOperator::Nin => !is_one(&self.value),
            ConditionOperator::Exists => Value::Bool(!kind.is_empty(stored)) == self.value,
            ConditionOperator::Gt => compared() == Some(Ordering::Greater),
            ConditionOperator::Gte => compared().is_some_and(Ordering::is_ge),
            ConditionOperator::Lt => compared() == Some(Ordering::Less),
            ConditionOperator::Lte => compared().is_some_and(Ordering::is_le),
            ConditionOperator::Contains => contains(kind, stored, &self.value),
        }
    }
}

/// For each field whether it is shown where the fields have these values.
pub(crate) fn visible_fields(fields: &[Field], values: &Map<String, Value>) -> Vec<bool> {
    let mut known = vec![None; fields.len()];
    (0..fields.len()).map(|place| is_visible(fields, place, values, &mut known)).collect()
}

/// As deep as conditions hang on one another, which the number of fields bounds: the loader refuses circles.
fn is_visible(fields: &[Field], place: usize, values: &Map<String, Value>, known: &mut [Option<bool>]) -> bool {
    if let Some(visible) = known[place] {
        return visible;
    }
    known[place] = Some(true);
    let Conditions { when, unless } = &fields[place].conditions;
    let mut holds = |condition: &Condition| {
        let Some(beside) = fields.iter().position(|field| field.handle == condition.field) else { return false };
        let stored = values.get(condition.field.as_str()).filter(|_| is_visible(fields, beside, values, known));
        condition.holds(&fields[beside], stored.unwrap_or(&Value::Null))
    };
    let visible = when.iter().all(&mut holds) && (unless.is_empty() || !unless.iter().all(&mut holds));
    known[place] = Some(visible);
    visible
}

/// Fields whose conditions hang on one another in a circle.
pub(crate) fn fields_in_circles(fields: &[&Field]) -> Vec<Handle> {
    let mut waiting: Vec<&Field> = fields.to_vec();
    loop {
        let names: Vec<&Handle> = waiting.iter().map(|field| &field.handle).collect();
        let hangs = |field: &&Field| field.conditions.iter().any(|(_, condition)| names.contains(&&condition.field));
        let still: Vec<&Field> = waiting.iter().copied().filter(hangs).collect();
        if still.len() == waiting.len() {
            return still.into_iter().map(|field| field.handle.clone()).collect();
        }
        waiting = still;
    }
}

fn not_comparable(field: &Handle, kind: &dyn FieldKind) -> String {
    format!("{field} is a {}, which has no one short value; compare it by exists or contains", kind.name())
}

/// A value that the field could hold.
fn check_value(field_type: &FieldType, value: &Value) -> Result<(), String> {
    let mut faults = Vec::new();
    if value.is_null() {
        return Err("must be a value; exists: false compares with nothing".to_owned());
    }
    field_type.kind().read(value, &mut Reading::new(Pointer::root(), None, &mut faults));
    faults.retain(|fault| fault.code != FaultCode::TooFewItems);
    faults.first().map_or(Ok(()), |fault| Err(fault.text(Language::En)))
}

/// What is above or below: bytes in the order of numbers, days or times.
fn measure(kind: &dyn FieldKind, value: &Value) -> Option<Vec<u8>> {
    let part = kind.key_part(&kind.present(value), &ANY_LOCALE);
    match part {
        KeyPart::Integer(_) | KeyPart::Number(_) | KeyPart::Time(_) | KeyPart::Date(_) => {
            Some(encode_prefix(&[(part, false)]))
        }
        KeyPart::Null | KeyPart::Boolean(_) | KeyPart::Text(_) | KeyPart::Id(_) => None,
    }
}

fn contains(kind: &dyn FieldKind, stored: &Value, part: &Value) -> bool {
    match kind.present(stored) {
        Value::Array(items) => kind.present(&json!([part])).get(0).is_some_and(|part| items.contains(part)),
        Value::String(text) => part.as_str().is_some_and(|part| fold_text(&text).contains(&fold_text(part))),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        field_types::testing::{blueprint, short_faults},
        presenting::present,
        values::Pointer,
    };

    #[test]
    fn a_field_is_hidden_unless_its_conditions_hold() {
        let blueprint = blueprint(
            "- { handle: kind, type: select, max_items: 1, options: [{ value: event, label: { ar: أ, en: A } }, { value: news, label: { ar: أ, en: A } }] }
- { handle: tags, type: list }
- { handle: seats, type: integer }
- { handle: starts_at, type: datetime }
- { handle: title, type: text }
- { handle: place, type: text, required: true, if: { kind: event } }
- { handle: fee, type: integer, unless: { kind: { in: [news] }, seats: { exists: false } } }
- { handle: big, type: text, if: { seats: { gt: 10, lte: 20 } } }
- { handle: late, type: text, if: { starts_at: { gte: '2026-01-01T03:00:00+03:00' } } }
- { handle: tagged, type: list, if: { tags: { contains: أ } } }
- { handle: named, type: text, if: { title: { contains: موازنه } } }
- { handle: room, type: text, if: { place: { exists: true } } }",
        );
        let shown = |values: Value| -> Vec<String> {
            let fields = &blueprint.fields[5..];
            let visible = &visible_fields(&blueprint.fields, values.as_object().unwrap())[5..];
            fields.iter().zip(visible).filter(|(_, visible)| **visible).map(|(f, _)| f.handle.to_string()).collect()
        };
        assert_eq!(shown(json!({})), ["fee"]);
        assert_eq!(shown(json!({"kind": "event", "place": "قاعة"})), ["place", "fee", "room"]);
        assert_eq!(shown(json!({"kind": "news", "place": "قاعة"})), [""; 0], "what hangs on a hidden field is hidden");
        assert_eq!(shown(json!({"kind": "news", "seats": 11})), ["fee", "big"]);
        assert_eq!(shown(json!({"seats": 10, "tags": ["ب", "أ"]})), ["fee", "tagged"]);
        assert_eq!(shown(json!({"starts_at": "2026-01-01T00:00:00Z", "title": "المُوازنة"})), ["fee", "late", "named"]);
        assert_eq!(shown(json!({"starts_at": "2025-12-31T23:59:59Z"})), ["fee"]);
    }

    #[test]
    fn a_hidden_field_is_presented_as_empty_and_not_required() {
        let blueprint = blueprint(
            "- { handle: online, type: boolean }
- { handle: place, type: text, required: true, unless: { online: true } }
- { handle: rooms, type: list, unless: { online: true } }
- handle: offices
  type: grid
  fields:
    - { handle: closed, type: boolean, label: { ar: أ, en: A } }
    - { handle: hours, type: text, label: { ar: أ, en: A }, required: true, unless: { closed: true } }",
        );
        let values = json!({"online": true, "place": "قاعة", "rooms": ["أ"], "offices": [{"id": "a", "closed": true, "hours": "8"}, {"id": "b"}]});
        let values = values.as_object().unwrap();
        let expected = json!({
            "online": true, "place": null, "rooms": [],
            "offices": [{"id": "a", "closed": true, "hours": null}, {"id": "b", "closed": null, "hours": null}],
        });
        assert_eq!(Value::Object(present(&blueprint, values)), expected);
        assert_eq!(short_faults(&blueprint.publish_faults(values, &Pointer::root())), ["/offices/1/hours required"]);
        let faults = blueprint.publish_faults(json!({"online": false}).as_object().unwrap(), &Pointer::root());
        assert_eq!(short_faults(&faults), ["/place required"]);
    }
}
