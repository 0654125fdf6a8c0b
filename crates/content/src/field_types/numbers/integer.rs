//! Whole numbers.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::Range,
    model::{FieldKind, Filtering, Reading, schema},
    values::{MAX_EXACT, Pointer},
    yaml::Keys,
};

/// A whole number.
#[derive(Debug, Clone, Copy)]
pub struct IntegerType {
    /// Smallest and largest value; both are always set, to what JSON keeps exactly where the blueprint does not say.
    pub range: Range<i64>,
}

impl IntegerType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let Range { min, max } = Range::parse(keys, |keys, key| {
            let limit = keys.integer(key)?;
            if limit.unsigned_abs() > MAX_EXACT.unsigned_abs() {
                keys.problem(key, format!("must be -{0} to {0}", MAX_EXACT));
            }
            Some(limit)
        });
        Self { range: Range { min: min.or(Some(-MAX_EXACT)), max: max.or(Some(MAX_EXACT)) } }
    }
}

impl FieldKind for IntegerType {
    fn name(&self) -> &'static str {
        "integer"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::Number(written) = value else {
            reading.wrong_type("integer");
            return None;
        };
        match written.as_i64() {
            Some(number) if number < -MAX_EXACT => {
                reading.fault_with(FaultCode::TooSmall, "min", -MAX_EXACT);
            }
            Some(number) => return self.range.check_max(number, reading).then(|| value.clone()),
            None if written.is_u64() => reading.fault_with(FaultCode::TooLarge, "max", self.range.max),
            None => reading.wrong_type("integer"),
        }
        None
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(value.as_i64().and_then(|number| self.range.too_small(number, at)));
    }

    fn present(&self, value: &Value) -> Value {
        value.as_i64().map_or(Value::Null, Value::from)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Integer
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("integer", [("minimum", json!(-MAX_EXACT)), ("maximum", json!(self.range.max))])
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "integer"})
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
    fn whole_numbers_within_limits_are_taken() {
        let field = field("type: integer\nmin: -5\nmax: 10");
        check_read(&field, json!(-5), json!(-5));
        check_faults(&field, json!(-6), &[]);
        assert_eq!(publish_faults_of(&field, json!(-6)), ["/f too_small"]);
        check_faults(&field, json!(11), &["/f too_large"]);
        check_faults(&field, json!(u64::MAX), &["/f too_large"]);
        for bad in [json!(1.5), json!(1e300), json!("٣"), json!("3"), json!(true)] {
            check_faults(&field, bad, &["/f wrong_type"]);
        }
        check_present(&field, json!(1.5), json!(null));
        assert_eq!(key_part(&field, json!(7)), KeyPart::Integer(7));
    }

    #[test]
    fn numbers_stay_exact_for_javascript() {
        let field = field("type: integer");
        check_faults(&field, json!(9_007_199_254_740_991_i64), &[]);
        check_faults(&field, json!(9_007_199_254_740_992_i64), &["/f too_large"]);
        check_problem("type: integer\nmin: 5\nmax: 4", "is above max (4)");
    }
}
