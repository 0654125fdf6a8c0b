//! Any JSON, for front ends that have a form of their own.

use std::io;

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    model::{FieldKind, Reading},
    values::{EXACT_BELOW, MAX_EXACT, Pointer, Step, Way, is_forbidden},
    yaml::Keys,
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

/// A look at every text and every level, no deeper than the limit.
struct Check {
    at: Pointer,
    faults: Vec<Fault>,
}

impl Check {
    /// The faults of a value that is at that place, each at its own; the first are enough.
    fn of(value: &Value, at: &Pointer) -> Vec<Fault> {
        let mut check = Self { at: at.clone(), faults: Vec::new() };
        check.look(value, 0, &mut Way::default());
        check.faults
    }

    fn look<'v>(&mut self, value: &'v Value, depth: usize, way: &mut Way<'v>) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.look_at_text(text, way),
            Value::Array(_) | Value::Object(_) if depth == JsonType::MAX_DEPTH => {
                self.report(way, |at| Fault::new(at, FaultCode::TooDeep).with("max", JsonType::MAX_DEPTH));
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    way.within(Step::Place(place), |way| self.look(item, depth + 1, way));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    way.within(Step::Name(name), |way| {
                        self.look_at_text(name, way);
                        self.look(member, depth + 1, way);
                    });
                }
            }
        }
    }

    fn look_at_text(&mut self, text: &str, way: &Way<'_>) {
        if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
            self.report(way, |at| Fault::forbidden(at, character));
        }
    }

    fn report(&mut self, way: &Way<'_>, fault: impl FnOnce(Pointer) -> Fault) {
        if self.faults.len() < Reading::MAX_FAULTS {
            self.faults.push(fault(way.pointer(&self.at)));
        }
    }
}

/// The faults of numbers that lose digits, each at its place.
fn collect_inexact<'v>(value: &'v Value, at: &Pointer, way: &mut Way<'v>, faults: &mut Vec<Fault>) {
    match value {
        Value::Null | Value::Bool(_) | Value::String(_) => {}
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::INFINITY);
            if number.abs() < EXACT_BELOW {
                return;
            }
            let (code, param, limit) = if number > 0.0 {
                (FaultCode::TooLarge, "max", MAX_EXACT)
            } else {
                (FaultCode::TooSmall, "min", -MAX_EXACT)
            };
            if faults.len() < Reading::MAX_FAULTS {
                faults.push(Fault::new(way.pointer(at), code).with(param, limit));
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                way.within(Step::Place(place), |way| collect_inexact(item, at, way, faults));
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                way.within(Step::Name(name), |way| collect_inexact(member, at, way, faults));
            }
        }
    }
}

/// Whether a value as compact JSON has more bytes than that; writes no more of it.
fn is_larger(value: &Value, max: usize) -> bool {
    struct Room(usize);

    impl io::Write for Room {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::FileTooLarge)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    serde_json::to_writer(Room(max), value).is_err()
}

impl FieldKind for JsonType {
    fn name(&self) -> &'static str {
        "json"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        // First, so that what follows costs no more than the limit allows.
        if is_larger(value, self.max_bytes) {
            reading.fault_with(FaultCode::TooManyBytes, "max", self.max_bytes);
            return None;
        }
        let mut faults = Check::of(value, reading.at());
        if !faults.iter().any(|fault| fault.code == FaultCode::TooDeep) {
            collect_inexact(value, reading.at(), &mut Way::default(), &mut faults);
        }
        let is_sound = faults.is_empty();
        faults.into_iter().for_each(|fault| reading.tell(fault));
        is_sound.then(|| value.clone())
    }

    fn present(&self, value: &Value) -> Value {
        let fits = !is_larger(value, Self::MAX_BYTES) && Check::of(value, &Pointer::root()).is_empty();
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
    fn numbers_that_would_lose_digits_are_refused_at_their_places() {
        let field = field("type: json");
        let written =
            r#"{"a": [1, 123456789012345678901234567890], "b": -9007199254740992, "c": 18446744073709551615}"#;
        let written: Value = serde_json::from_str(written).unwrap();
        check_faults(&field, written.clone(), &["/f/a/1 too_large", "/f/b too_small", "/f/c too_large"]);
        let exact = json!([9_007_199_254_740_991_i64, -9_007_199_254_740_991_i64, 0.1, 1234.5, 1e-300]);
        check_read(&field, exact.clone(), exact);
        // What was stored before is answered as it was.
        check_present(&field, written.clone(), written);
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let (field, roomy) = (field("type: json\nmax_bytes: 10"), field("type: json"));
        check_read(&field, json!("12345678"), json!("12345678"));
        check_faults(&field, json!("123456789"), &["/f too_many_bytes"]);
        check_faults(&field, json!(["\0", "123456789"]), &["/f too_many_bytes"]);
        check_faults(&roomy, nested(17), &[&format!("/f{} too_deep", "/0/a".repeat(8))]);
        check_faults(
            &roomy,
            json!([1, {"a": "\0"}, "\u{2}"]),
            &["/f/1/a forbidden_character", "/f/2 forbidden_character"],
        );
        check_faults(&roomy, json!({"\u{1}": 1}), &["/f/\u{1} forbidden_character"]);
        check_present(&field, nested(17), json!(null));
        check_present(&field, json!("ا".repeat(40_000)), json!(null));
        check_problem("type: json\nmax_bytes: 65537", "must be a whole number from 1 to 65536");
    }
}
