//! Numbers with a fraction.

use serde_json::{Map, Value, json};

use crate::{
    faults::Fault,
    field_types::rules::Range,
    model::{FieldKind, Filtering, Reading, schema},
    values::Pointer,
    yaml::Keys,
};

/// A number in double precision, answered as it is written.
#[derive(Debug, Clone, Copy)]
pub struct NumberType {
    /// Smallest and largest value.
    pub range: Range<f64>,
}

impl NumberType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { range: Range::parse(keys, |keys, key| keys.number(key)) }
    }
}

impl FieldKind for NumberType {
    fn name(&self) -> &'static str {
        "number"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Some(number) = value.as_f64().filter(|number| number.is_finite()) else {
            reading.wrong_type("number");
            return None;
        };
        self.range.check_max(number, reading).then(|| value.clone())
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(value.as_f64().and_then(|number| self.range.too_small(number, at)));
    }

    fn present(&self, value: &Value) -> Value {
        if value.is_number() { value.clone() } else { Value::Null }
    }

    fn filtering(&self) -> Filtering {
        Filtering::Number
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("number", [("maximum", json!(self.range.max))])
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "number"})
    }

    fn describe(&self) -> Map<String, Value> {
        self.range.describe()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, values::KeyPart};

    #[test]
    fn numbers_within_limits_are_taken_as_written() {
        let field = field("type: number\nmin: 0\nmax: 100.5");
        check_read(&field, json!(25.5), json!(25.5));
        check_read(&field, json!(3), json!(3));
        check_faults(&field, json!(-0.1), &[]);
        assert_eq!(publish_faults_of(&field, json!(-0.1)), ["/f too_small"]);
        check_faults(&field, json!(100.6), &["/f too_large"]);
        check_faults(&field, json!("1"), &["/f wrong_type"]);
        check_present(&field, json!("1"), json!(null));
        assert_eq!(key_part(&field, json!(3)), KeyPart::Number(3.0));
    }
}
