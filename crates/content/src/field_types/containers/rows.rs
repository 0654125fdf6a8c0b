//! Rows: objects in a list, each with an `id` of its own, so that a row can be followed through revisions.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::Items,
    model::{Reading, schema},
    values::ContentHash,
};

/// The member that names a row.
pub(crate) const ID: &str = "id";

/// The key of a blueprint under which the fields of a group or row are.
pub(crate) const FIELDS: &str = "fields";

/// Form of a row's id.
const ID_PATTERN: &str = "^[A-Za-z0-9_-]{1,64}$";

/// Hexadecimal digits of an id that is made: 64 bits of a hash, plenty within one list.
const MADE_DIGITS: usize = 16;

/// Checks a list of rows; `read_row` checks the members of each, given what the row of the same id was before. A row without
/// an id gets one that its content and place make, so that reading again what was read changes nothing.
pub(crate) fn read_rows(
    items: &Items,
    value: &Value,
    reading: &mut Reading<'_>,
    read_row: impl Fn(&Map<String, Value>, &mut Reading<'_>) -> Option<Map<String, Value>>,
) -> Option<Value> {
    let Value::Array(rows) = value else {
        reading.wrong_type("array");
        return None;
    };
    if rows.len() > items.max {
        reading.fault_with(FaultCode::TooManyItems, "max", items.max);
        return None;
    }
    let before: Vec<(String, &Value)> = match reading.base() {
        Some(Value::Array(before)) => row_ids(before).into_iter().zip(before).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    };
    let mut taken = HashSet::new();
    let mut read = Vec::with_capacity(rows.len());
    for (place, (row, id)) in rows.iter().zip(row_ids(rows)).enumerate() {
        let base = before.iter().find(|(known, _)| *known == id).map(|(_, row)| *row);
        let mut reading = reading.row(place, base);
        let Value::Object(row) = row else {
            reading.wrong_type("object");
            continue;
        };
        check_id(row, &mut taken, &mut reading);
        read.extend(read_row(row, &mut reading).map(|values| with_id(id, values)));
    }
    Some(Value::Array(read))
}

/// The id that a row was stored with; empty where it has none.
pub(crate) fn written_id(row: &Map<String, Value>) -> &str {
    row.get(ID).and_then(Value::as_str).unwrap_or_default()
}

/// The id of each row: its own, else one made of its content and place. All are distinct.
pub(crate) fn row_ids(rows: &[Value]) -> Vec<String> {
    let mut taken: HashSet<String> = rows.iter().filter_map(own_id).map(str::to_owned).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    let mut ids = Vec::with_capacity(rows.len());
    for (place, row) in rows.iter().enumerate() {
        ids.push(match own_id(row) {
            Some(id) if seen.insert(id) => id.to_owned(),
            Some(_) | None => make_id(row, place, &mut taken),
        });
    }
    ids
}

/// The rows of a stored or presented value with their places; what is no row is passed over.
pub(crate) fn rows_of(value: &Value) -> impl Iterator<Item = (usize, &Map<String, Value>)> {
    items_of(value).iter().take(Items::MAX).enumerate().filter_map(|(place, row)| Some((place, row.as_object()?)))
}

/// The items of a stored or presented value; none where it is no list.
pub(crate) fn items_of(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A row with its id in front.
pub(crate) fn with_id(id: String, values: Map<String, Value>) -> Value {
    let mut row = Map::from_iter([(ID.to_owned(), Value::String(id))]);
    row.extend(values.into_iter().filter(|(name, _)| name != ID));
    Value::Object(row)
}

/// Schema of an id that is written.
pub(crate) fn id_input_schema() -> Value {
    json!({"type": "string", "pattern": ID_PATTERN})
}

/// Schema of an id that is answered.
pub(crate) fn id_answer_schema() -> Value {
    json!({"type": "string"})
}

/// Schema of a list of rows that is written.
pub(crate) fn rows_input_schema(items: &Items, row: Value) -> Value {
    items.list_schema(row, false)
}

/// Schema of a list of rows that is answered.
pub(crate) fn rows_answer_schema(row: Value) -> Value {
    schema("array", [("items", row)])
}

/// Tells an id of a wrong form, and one that stands in the list already.
pub(crate) fn check_id(row: &Map<String, Value>, taken: &mut HashSet<String>, reading: &mut Reading<'_>) {
    match row.get(ID) {
        None => {}
        Some(Value::String(id)) if !is_id(id) => {
            reading.member(ID).fault_with(FaultCode::PatternMismatch, "pattern", ID_PATTERN);
        }
        Some(Value::String(id)) if taken.insert(id.clone()) => {}
        Some(Value::String(_)) => reading.member(ID).fault(FaultCode::DuplicateItem),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            reading.member(ID).wrong_type("string");
        }
    }
}

fn own_id(row: &Value) -> Option<&str> {
    row.get(ID)?.as_str().filter(|id| is_id(id))
}

fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn make_id(row: &Value, place: usize, taken: &mut HashSet<String>) -> String {
    let text = row.to_string();
    let mut attempt = 0_u64;
    loop {
        let parts = [b"row-1".as_slice(), &(place as u64).to_be_bytes(), &attempt.to_be_bytes(), text.as_bytes()];
        let id: String = ContentHash::of_parts(&parts).to_string().chars().take(MADE_DIGITS).collect();
        if taken.insert(id.clone()) {
            return id;
        }
        attempt += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_made_once_and_distinct() {
        let rows = [
            json!({"a": 1}),
            json!({"a": 1}),
            json!({"id": "x"}),
            json!({"id": "x"}),
            json!({"id": "not one"}),
            json!(5),
        ];
        let ids = row_ids(&rows);
        let distinct: HashSet<&String> = ids.iter().collect();
        assert_eq!((distinct.len(), ids[2].as_str(), ids[0].len()), (6, "x", MADE_DIGITS));
        assert_eq!(row_ids(&rows), ids, "the same rows get the same ids");
        let taken = [json!({"id": ids[0]}), json!({"a": 1})];
        assert_ne!(row_ids(&taken)[1], ids[0]);
        let read: Vec<Value> = rows
            .iter()
            .take(2)
            .zip(&ids)
            .map(|(row, id)| with_id(id.clone(), row.as_object().unwrap().clone()))
            .collect();
        assert_eq!(row_ids(&read), ids[..2]);
    }
}
