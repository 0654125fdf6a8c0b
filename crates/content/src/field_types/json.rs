//! Any JSON, for front ends that have a form of their own.

use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{FieldKind, Reading, text_rules::is_forbidden},
    loading::Keys,
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

/// What stands against keeping a value.
enum Objection {
    TooDeep,
    Forbidden(char),
}

/// Looks at every text and every level; goes no deeper than the limit.
fn check(value: &Value, depth: usize) -> Result<(), Objection> {
    let check_text =
        |text: &str| text.chars().find(|c| is_forbidden(*c)).map_or(Ok(()), |c| Err(Objection::Forbidden(c)));
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(text) => check_text(text),
        Value::Array(_) | Value::Object(_) if depth == JsonType::MAX_DEPTH => Err(Objection::TooDeep),
        Value::Array(items) => items.iter().try_for_each(|item| check(item, depth + 1)),
        Value::Object(members) => members.iter().try_for_each(|(name, value)| {
            check_text(name)?;
            check(value, depth + 1)
        }),
    }
}

impl FieldKind for JsonType {
    fn name(&self) -> &'static str {
        "json"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        match check(value, 0) {
            Err(Objection::TooDeep) => reading.fault_with(FaultCode::TooDeep, "max", Self::MAX_DEPTH),
            Err(Objection::Forbidden(character)) => {
                let name = format!("U+{:04X}", u32::from(character));
                reading.fault_with(FaultCode::ForbiddenCharacter, "character", name);
            }
            Ok(()) if value.to_string().len() > self.max_bytes => {
                reading.fault_with(FaultCode::TooManyBytes, "max", self.max_bytes);
            }
            Ok(()) => return Some(value.clone()),
        }
        None
    }

    fn present(&self, value: &Value) -> Value {
        let fits = check(value, 0).is_ok() && value.to_string().len() <= Self::MAX_BYTES;
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
        check_faults(&field, nested(17), &["/f too_deep"]);
        check_faults(&field, json!([{"a": "\0"}]), &["/f forbidden_character"]);
        check_faults(&field, json!({"\u{1}": 1}), &["/f forbidden_character"]);
        check_present(&field, nested(17), json!(null));
        check_present(&field, json!("ا".repeat(40_000)), json!(null));
        check_problem("type: json\nmax_bytes: 65537", "must be a whole number from 1 to 65536");
    }
}
