//! One spelling of values that mean the same: numbers and texts of JSON.

use serde_json::{Map, Value};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use crate::pointer::Pointer;

/// Whole numbers from here on are not exact in double precision.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// The value in its canonical spelling: a number without a fraction as a whole one (`1000.0` and `1e3` are `1000`, `-0.0` is
/// `0`), texts in NFC. Names of members stay.
pub(crate) fn canonical(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(number) => {
            whole(number.is_f64().then(|| number.as_f64()).flatten()).unwrap_or_else(|| value.clone())
        }
        Value::String(text) if is_nfc(text) => value.clone(),
        Value::String(text) => Value::String(text.nfc().collect()),
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(members) => Value::Object(canonical_members(members)),
    }
}

/// Whether two values are the same, in whatever spelling.
pub fn is_same_value(a: &Value, b: &Value) -> bool {
    a == b || canonical(a) == canonical(b)
}

/// [`canonical`] of all members.
pub(crate) fn canonical_members(members: &Map<String, Value>) -> Map<String, Value> {
    members.iter().map(|(name, member)| (name.clone(), canonical(member))).collect()
}

/// The values that are not written in their canonical spelling, with their places from `at`.
pub fn other_spellings(value: &Value, at: &Pointer) -> Vec<(Pointer, Value)> {
    let mut found = Vec::new();
    collect(value, at, &mut found);
    found
}

fn collect(value: &Value, at: &Pointer, found: &mut Vec<(Pointer, Value)>) {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, item)| collect(item, &at.index(place), found));
        }
        Value::Object(members) => members.iter().for_each(|(name, member)| collect(member, &at.key(name), found)),
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            if canonical(leaf) != *leaf {
                found.push((at.clone(), leaf.clone()));
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is whole and within what is exact")]
fn whole(number: Option<f64>) -> Option<Value> {
    let number = number?;
    (number.fract() == 0.0 && number.abs() < EXACT_BELOW).then(|| Value::from(number as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_means_the_same_is_spelt_the_same() {
        let written: Value =
            serde_json::from_str(r#"{"a": [1000.0, 1e3, -0.0, 2.5, 1e300, 7], "b": "ا\u0653", "c": null}"#).unwrap();
        let same = json!({"a": [1000, 1000, 0, 2.5, 1e300, 7], "b": "آ", "c": null});
        assert_eq!(canonical(&written).to_string(), same.to_string());
        assert_eq!(canonical(&same), same);
        let places: Vec<String> =
            other_spellings(&written, &Pointer::root()).iter().map(|(at, _)| at.to_string()).collect();
        assert_eq!(places, ["/a/0", "/a/1", "/a/2", "/b"]);
        assert_eq!(other_spellings(&same, &Pointer::root()), []);
    }
}
