//! Yes or no.

use serde_json::{Map, Value, json};

use crate::{
    model::{FieldKind, Filtering, Reading},
    yaml::Keys,
};

/// `true` or `false`.
#[derive(Debug, Clone, Copy)]
pub struct BooleanType;

impl BooleanType {
    pub(crate) fn parse(_keys: &mut Keys<'_>) -> Self {
        Self
    }
}

impl FieldKind for BooleanType {
    fn name(&self) -> &'static str {
        "boolean"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        if !value.is_boolean() {
            reading.wrong_type("boolean");
            return None;
        }
        Some(value.clone())
    }

    fn present(&self, value: &Value) -> Value {
        value.as_bool().map_or(Value::Null, Value::Bool)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Boolean
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        json!({"type": "boolean"})
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "boolean"})
    }

    fn describe(&self) -> Map<String, Value> {
        Map::new()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, values::KeyPart};

    #[test]
    fn only_true_and_false_are_taken() {
        let field = field("type: boolean");
        check_read(&field, json!(false), json!(false));
        for bad in [json!(0), json!("true"), json!([true])] {
            check_faults(&field, bad.clone(), &["/f wrong_type"]);
            check_present(&field, bad, json!(null));
        }
        assert_eq!(key_part(&field, json!(true)), KeyPart::Boolean(true));
    }
}
