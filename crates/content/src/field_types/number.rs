//! Numbers with a fraction.

use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{
        FieldKind, Reading,
        kind::{constraints, schema},
    },
    keys::KeyPart,
    loading::Keys,
    locale::Locale,
    query::Filtering,
};

/// A number in double precision, answered as it is written.
#[derive(Debug, Clone, Copy)]
pub struct NumberType {
    /// Smallest value, if there is a limit.
    pub min: Option<f64>,
    /// Largest value, if there is a limit.
    pub max: Option<f64>,
}

impl NumberType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let (min, max) = (keys.number("min"), keys.number("max"));
        if let (Some(low), Some(high)) = (min, max)
            && low > high
        {
            keys.problem("min", format!("is above max ({high})"));
        }
        Self { min, max }
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
        if let Some(min) = self.min.filter(|min| number < *min) {
            reading.fault_with(FaultCode::TooSmall, "min", min);
            return None;
        }
        if let Some(max) = self.max.filter(|max| number > *max) {
            reading.fault_with(FaultCode::TooLarge, "max", max);
            return None;
        }
        Some(value.clone())
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

    fn key_part(&self, presented: &Value, _locale: &Locale) -> KeyPart {
        presented.as_f64().map_or(KeyPart::Null, KeyPart::Number)
    }

    fn input_schema(&self) -> Value {
        schema("number", [("minimum", json!(self.min)), ("maximum", json!(self.max))])
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "number"})
    }

    fn describe(&self) -> Map<String, Value> {
        constraints([("min", json!(self.min)), ("max", json!(self.max))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, keys::KeyPart};

    #[test]
    fn numbers_within_limits_are_taken_as_written() {
        let field = field("type: number\nmin: 0\nmax: 100.5");
        check_read(&field, json!(25.5), json!(25.5));
        check_read(&field, json!(3), json!(3));
        check_faults(&field, json!(-0.1), &["/f too_small"]);
        check_faults(&field, json!(100.6), &["/f too_large"]);
        check_faults(&field, json!("1"), &["/f wrong_type"]);
        check_present(&field, json!("1"), json!(null));
        assert_eq!(key_part(&field, json!(3)), KeyPart::Number(3.0));
    }
}
