//! Mail addresses and telephone numbers: texts of a known form that are stored in one spelling.

use serde_json::{Map, Value, json};

use super::{email, phone};
use crate::{
    faults::FaultCode,
    field_types::rules::TextRules,
    model::{FieldKind, Filtering, Reading, schema},
    yaml::Keys,
};

/// A mail address or a telephone number, stored in one spelling.
#[derive(Debug, Clone, Copy)]
pub struct ContactType {
    form: Form,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Email,
    Phone,
}

impl ContactType {
    /// An `email`, which has no constraints.
    pub(crate) fn parse_email(_keys: &mut Keys<'_>) -> Self {
        Self { form: Form::Email }
    }

    /// A `phone`, which has no constraints.
    pub(crate) fn parse_phone(_keys: &mut Keys<'_>) -> Self {
        Self { form: Form::Phone }
    }

    /// The text as it is stored; `None` where it does not have the form.
    fn normalise(self, text: &str) -> Option<String> {
        match self.form {
            Form::Email => email::normalise(text),
            Form::Phone => phone::normalise(text),
        }
    }
}

impl FieldKind for ContactType {
    fn name(&self) -> &'static str {
        match self.form {
            Form::Email => "email",
            Form::Phone => "phone",
        }
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let (max_chars, fault) = match self.form {
            Form::Email => (email::MAX_BYTES, FaultCode::InvalidEmail),
            Form::Phone => (phone::MAX_CHARS, FaultCode::InvalidPhone),
        };
        let text = TextRules::of_length(max_chars).read(value, reading)?;
        let stored = self.normalise(text.as_str()?);
        if stored.is_none() {
            reading.fault(fault);
        }
        stored.map(Value::String)
    }

    fn present(&self, value: &Value) -> Value {
        json!(value.as_str().and_then(|text| self.normalise(text)))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Text
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        match self.form {
            Form::Email => schema("string", [("maxLength", json!(email::MAX_BYTES)), ("pattern", json!("@"))]),
            Form::Phone => schema(
                "string",
                [("minLength", json!(phone::MIN_LOCAL_DIGITS)), ("maxLength", json!(phone::MAX_CHARS))],
            ),
        }
    }

    fn answer_schema(&self) -> Value {
        match self.form {
            Form::Email => schema("string", [("format", json!("idn-email"))]),
            Form::Phone => schema("string", [("pattern", json!("^(\\+[1-9][0-9]{6,14}|[0-9]{3,15})$"))]),
        }
    }

    fn describe(&self) -> Map<String, Value> {
        Map::new()
    }
}
