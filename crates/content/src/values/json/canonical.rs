//! One spelling of values that mean the same: numbers and texts of JSON.

use serde_json::{Map, Value};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

use super::pointer::{Pointer, Step, Way};

/// Whole numbers from here on are not exact in double precision.
pub(crate) const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;
/// Largest whole number that double precision, and so JavaScript, reads exactly.
pub(crate) const MAX_EXACT: i64 = (1 << 53) - 1;

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

/// Most bytes of the places and values that [`other_spellings`] returns.
const MAX_SPELLINGS_BYTES: usize = 64 << 10;

/// The values that are not written in their canonical spelling, with their places from `at`. None of them where they are
/// more than 64 KiB together: long names before many values make places that are far larger than what was written.
pub fn other_spellings(value: &Value, at: &Pointer) -> Vec<(Pointer, Value)> {
    let mut spellings = Spellings { from: at, found: Vec::new(), bytes_left: MAX_SPELLINGS_BYTES };
    spellings.collect(value, &mut Way::default()).map_or(Vec::new(), |()| spellings.found)
}

struct Spellings<'a> {
    from: &'a Pointer,
    found: Vec<(Pointer, Value)>,
    bytes_left: usize,
}

impl Spellings<'_> {
    /// `None` where they are too many.
    fn collect<'v>(&mut self, value: &'v Value, way: &mut Way<'v>) -> Option<()> {
        match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(place, item)| way.within(Step::Place(place), |way| self.collect(item, way))),
            Value::Object(members) => members
                .iter()
                .try_for_each(|(name, member)| way.within(Step::Name(name), |way| self.collect(member, way))),
            leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                if canonical(leaf) == *leaf {
                    return Some(());
                }
                let pointer = way.pointer(self.from);
                let bytes = pointer.as_str().len() + leaf.to_string().len();
                self.bytes_left = self.bytes_left.checked_sub(bytes)?;
                self.found.push((pointer, leaf.clone()));
                Some(())
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

    #[test]
    fn spellings_are_kept_all_or_none() {
        let written = |name: usize, count: usize| json!({ "a".repeat(name): vec![1.0; count] });
        assert_eq!(other_spellings(&written(60_000, 1), &Pointer::root()).len(), 1);
        assert_eq!(other_spellings(&written(60_000, 2), &Pointer::root()), []);
        assert_eq!(other_spellings(&written(1, 1_000), &Pointer::root()).len(), 1_000);
        assert_eq!(other_spellings(&json!([1.0, "e\u{301}".repeat(30_000)]), &Pointer::root()), []);
    }
}
