//! Ordered pairs of short texts: facts about a service, contacts by name.

use diwan_arabic::{is_blank, tidy};
use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::{
        containers::items_of,
        rules::{Items, TextRules, answered_object, or_null, read_members, written_object},
    },
    model::{FieldKind, Reading, schema},
    values::{Pointer, find_refused},
    yaml::Keys,
};

/// An ordered list of `{key, value}` with distinct keys; always a list. Keys are stored as tags are: in NFC and with single
/// spaces; values as they are written.
#[derive(Debug, Clone)]
pub struct KeyValueType {
    /// How many pairs.
    pub items: Items,
    /// Most characters of a value.
    pub max_chars: usize,
}

const MEMBERS: [&str; 2] = ["key", "value"];

impl KeyValueType {
    /// Most characters of a key.
    const MAX_KEY_CHARS: usize = 200;
    /// Most characters of a value where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 1_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let items = Items::parse(keys);
        Self { items, max_chars: keys.count("max_chars", 1, TextRules::MAX_CHARS).unwrap_or(Self::DEFAULT_MAX_CHARS) }
    }

    fn read_pair(&self, pair: &Value, reading: &mut Reading<'_>) -> Option<(String, Value)> {
        let [key, value] = read_members(pair, MEMBERS, reading)?;
        let key = read_key(key, &mut reading.member("key"));
        let rules = TextRules::line_of_length(self.max_chars);
        let value = if value.is_null() { Some(json!("")) } else { rules.read(value, &mut reading.member("value")) };
        key.zip(value)
    }
}

fn read_key(key: &Value, reading: &mut Reading<'_>) -> Option<String> {
    if key.is_null() {
        return Some(String::new());
    }
    let text = TextRules::of_length(KeyValueType::MAX_KEY_CHARS).read(key, reading)?;
    let tidied = tidy(text.as_str()?);
    if let Some(character) = find_refused(&tidied).filter(|_| !reading.keeps(key)) {
        reading.forbidden(character);
        return None;
    }
    Some(tidied)
}

/// The pairs that can be read in a value.
fn pairs_of(value: &Value) -> impl Iterator<Item = (&str, &str)> {
    let pairs = value.as_array().map(Vec::as_slice).unwrap_or_default();
    pairs.iter().filter_map(|pair| Some((pair.get("key")?.as_str()?, pair.get("value")?.as_str()?)))
}

impl FieldKind for KeyValueType {
    fn name(&self) -> &'static str {
        "key_value"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::Array(pairs) = value else {
            reading.wrong_type("array");
            return None;
        };
        if pairs.len() > self.items.max {
            reading.fault_with(FaultCode::TooManyItems, "max", self.items.max);
            return None;
        }
        let mut read: Vec<(String, Value)> = Vec::with_capacity(pairs.len());
        for (place, pair) in pairs.iter().enumerate() {
            // A pair that was there before may be anywhere now.
            let before = Some(pair).filter(|pair| reading.keeps(pair));
            let mut reading = reading.row(place, before);
            let Some((key, value)) = self.read_pair(pair, &mut reading) else { continue };
            if !is_blank(&key) && read.iter().any(|(earlier, _)| *earlier == key) {
                reading.member("key").fault(FaultCode::DuplicateItem);
            } else {
                read.push((key, value));
            }
        }
        Some(read.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect())
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
        for (place, pair) in items_of(value).iter().enumerate() {
            if pair.get("key").and_then(Value::as_str).is_some_and(is_blank) {
                faults.push(Fault::new(at.index(place).key("key"), FaultCode::Required));
            }
        }
    }

    fn present(&self, value: &Value) -> Value {
        let mut presented: Vec<(String, &str)> = Vec::new();
        for (key, value) in pairs_of(value).take(Items::MAX) {
            let key = tidy(key);
            if !is_blank(&key) && !presented.iter().any(|(earlier, _)| *earlier == key) {
                presented.push((key, value));
            }
        }
        presented.into_iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        let lines: Vec<String> = pairs_of(presented).map(|(key, value)| format!("{key}: {value}")).collect();
        Some(lines.join("\n"))
    }

    fn input_schema(&self) -> Value {
        let text = |max: usize| or_null(schema("string", [("maxLength", json!(max))]));
        let pair = written_object([("key", text(Self::MAX_KEY_CHARS)), ("value", text(self.max_chars))], &[]);
        self.items.list_schema(pair, false)
    }

    fn answer_schema(&self) -> Value {
        let text = json!({"type": "string"});
        json!({"type": "array", "items": answered_object([("key", text.clone()), ("value", text)])})
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.insert("max_chars".to_owned(), json!(self.max_chars));
        described
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn pairs_keep_their_order() {
        let field = field("type: key_value");
        let pairs = json!([{"key": "المدة", "value": "يومان"}, {"key": "الرسم", "value": ""}]);
        check_read(&field, json!([{"value": "يومان", "key": " المدة"}, {"key": "الرسم", "value": ""}]), pairs.clone());
        check_present(&field, pairs.clone(), pairs.clone());
        assert_eq!(field.kind().search_text(&pairs).as_deref(), Some("المدة: يومان\nالرسم: "));
        let odd =
            json!([{"key": "a", "value": "1"}, {"key": "a ", "value": "2"}, {"key": ""}, 5, {"key": "b", "value": 3}]);
        check_present(&field, odd, json!([{"key": "a", "value": "1"}]));
        check_present(&field, json!({"a": "1"}), json!([]));
        check_present(&field, json!(null), json!([]));
    }

    #[test]
    fn keys_are_distinct_texts() {
        let field = field("type: key_value\nmin_items: 1\nmax_items: 3\nmax_chars: 3");
        check_faults(
            &field,
            json!([{"key": "a", "value": "1"}, {"key": " a", "value": "2"}]),
            &["/f/1/key duplicate_item"],
        );
        check_faults(
            &field,
            json!([{"key": " ", "value": "long"}, {"key": 1}, "a"]),
            &["/f/0/value too_long", "/f/1/key wrong_type", "/f/2 wrong_type"],
        );
        check_faults(&field, json!([{"key": "a", "value": "1", "note": "x"}]), &["/f/0/note unknown_field"]);
        let started = json!([{"key": "", "value": "1"}, {"key": "", "value": ""}]);
        check_read(&field, json!([{"value": "1"}, {"key": " "}]), started.clone());
        assert_eq!(publish_faults_of(&field, started), ["/f/0/key required", "/f/1/key required"]);
        check_faults(&field, json!([1, 2, 3, 4]), &["/f too_many_items"]);
        check_faults(&field, json!({"a": "1"}), &["/f wrong_type"]);
    }
}
