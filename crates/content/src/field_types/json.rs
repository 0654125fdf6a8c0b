//! Any JSON, for front ends that have a form of their own.

use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{FieldKind, Reading, text_rules::is_forbidden},
    loading::Keys,
    pointer::Pointer,
};

/// Any JSON within limits of size and depth, answered as it is written. Neither searched nor filtered by: nothing is known
/// of what it holds.
#[derive(Debug, Clone, Copy)]
pub struct JsonType {
    /// Most bytes of the value as compact JSON.
    pub max_bytes: usize,
}

impl JsonType {
    /// Most bytes that any blueprint may allow; the limit where it does not say.
    pub const MAX_BYTES: usize = 65_536;
    /// How deep lists and objects may stand in one another.
    const MAX_DEPTH: usize = 16;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { max_bytes: keys.count("max_bytes", 1, Self::MAX_BYTES).unwrap_or(Self::MAX_BYTES) }
    }
}

/// Looks at every text and every level and reports each fault at its place; goes no deeper than the limit.
fn check(value: &Value, depth: usize, reading: &mut Reading<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => check_text(text, reading),
        Value::Array(_) | Value::Object(_) if depth == JsonType::MAX_DEPTH => {
            reading.fault_with(FaultCode::TooDeep, "max", JsonType::MAX_DEPTH);
            false
        }
        Value::Array(items) => {
            let sound = |(place, item): (usize, &Value)| check(item, depth + 1, &mut reading.item(place));
            items.iter().enumerate().map(sound).fold(true, |all, one| all & one)
        }
        Value::Object(members) => {
            let sound = |(name, value): (&String, &Value)| {
                let mut reading = reading.member(name);
                check_text(name, &mut reading) & check(value, depth + 1, &mut reading)
            };
            members.iter().map(sound).fold(true, |all, one| all & one)
        }
    }
}

fn check_text(text: &str, reading: &mut Reading<'_>) -> bool {
    let forbidden = text.chars().find(|c| is_forbidden(*c));
    if let Some(character) = forbidden {
        reading.forbidden(character);
    }
    forbidden.is_none()
}

/// Whether a stored value is one that may be answered.
fn is_sound(value: &Value) -> bool {
    let mut faults = Vec::new();
    check(value, 0, &mut Reading::new(Pointer::root(), None, &mut faults))
}

impl FieldKind for JsonType {
    fn name(&self) -> &'static str {
        "json"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        if !check(value, 0, reading) {
            return None;
        }
        if value.to_string().len() > self.max_bytes {
            reading.fault_with(FaultCode::TooManyBytes, "max", self.max_bytes);
            return None;
        }
        Some(value.clone())
    }

    fn present(&self, value: &Value) -> Value {
        let fits = is_sound(value) && value.to_string().len() <= Self::MAX_BYTES;
        if fits { value.clone() } else { Value::Null }
    }

    fn input_schema(&self) -> Value {
        json!({})
    }

    fn answer_schema(&self) -> Value {
        json!({})
    }

    fn describe(&self) -> Map<String, Value> {
        Map::from_iter([("max_bytes".to_owned(), json!(self.max_bytes))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::field_types::testing::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |value, level| if level % 2 == 0 { json!([value]) } else { json!({"a": value}) })
    }

    #[test]
    fn any_json_is_kept_as_it_is_written() {
        let field = field("type: json");
        for value in [
            json!({"b": [1, null, {"a": "أ"}], "a": 1.50}),
            json!([]),
            json!("نص"),
            json!(false),
            json!(-1),
            nested(16),
        ] {
            check_read(&field, value.clone(), value.clone());
            check_present(&field, value.clone(), value);
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let field = field("type: json\nmax_bytes: 10");
        check_read(&field, json!("12345678"), json!("12345678"));
        check_faults(&field, json!("123456789"), &["/f too_many_bytes"]);
        check_faults(&field, nested(17), &[&format!("/f{} too_deep", "/0/a".repeat(8))]);
        check_faults(
            &field,
            json!([1, {"a": "\0"}, "\u{2}"]),
            &["/f/1/a forbidden_character", "/f/2 forbidden_character"],
        );
        check_faults(&field, json!({"\u{1}": 1}), &["/f/\u{1} forbidden_character"]);
        check_present(&field, nested(17), json!(null));
        check_present(&field, json!("ا".repeat(40_000)), json!(null));
        check_problem("type: json\nmax_bytes: 65537", "must be a whole number from 1 to 65536");
    }
}
