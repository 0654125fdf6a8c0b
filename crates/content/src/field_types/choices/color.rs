//! Colours.

use serde_json::{Map, Value, json};

use crate::{
    faults::FaultCode,
    field_types::rules::{SelectOption, describe_options, parse_options, values_of},
    model::{FieldKind, Filtering, Reading, schema},
    yaml::Keys,
};

/// A colour `#rrggbb`, or `#rrggbbaa` with its opacity; stored in lower case.
#[derive(Debug, Clone)]
pub struct ColorType {
    /// What may be chosen, in the order of the form; empty: any colour.
    pub options: Vec<SelectOption>,
}

/// What an answered colour looks like.
const PATTERN: &str = "^#[0-9a-f]{6}([0-9a-f]{2})?$";

impl ColorType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let options = parse_options(keys, |value| {
            let is_stored_form = normalise(value).is_some_and(|color| color == value);
            if is_stored_form { Ok(()) } else { Err("must be a colour in small letters such as #0a7d4f".to_owned()) }
        });
        Self { options }
    }

    fn allows(&self, color: &str) -> bool {
        self.options.is_empty() || self.options.iter().any(|option| option.value == color)
    }
}

/// The colour as it is stored, if the text is one.
fn normalise(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let is_color = matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_color.then(|| text.to_ascii_lowercase())
}

impl FieldKind for ColorType {
    fn name(&self) -> &'static str {
        "color"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::String(text) = value else {
            reading.wrong_type("string");
            return None;
        };
        let Some(color) = normalise(text) else {
            reading.fault(FaultCode::InvalidColor);
            return None;
        };
        if !self.allows(&color) {
            reading.fault_with(FaultCode::NotAnOption, "allowed", values_of(&self.options));
            return None;
        }
        Some(Value::String(color))
    }

    fn present(&self, value: &Value) -> Value {
        json!(value.as_str().and_then(normalise).filter(|color| self.allows(color)))
    }

    fn filtering(&self) -> Filtering {
        if self.options.is_empty() {
            return Filtering::Text;
        }
        Filtering::Option(self.options.iter().map(|option| option.value.clone()).collect())
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("string", [("pattern", json!("^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$"))])
    }

    fn answer_schema(&self) -> Value {
        if self.options.is_empty() {
            return schema("string", [("pattern", json!(PATTERN))]);
        }
        schema("string", [("enum", json!(values_of(&self.options)))])
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = Map::new();
        if !self.options.is_empty() {
            described.insert("options".to_owned(), describe_options(&self.options));
        }
        described
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable};

    #[test]
    fn colours_are_stored_in_lower_case() {
        let field = field("type: color");
        check_read(&field, json!("#0A7D4F"), json!("#0a7d4f"));
        check_read(&field, json!("#0a7d4f80"), json!("#0a7d4f80"));
        check_present(&field, json!("#FFFFFF"), json!("#ffffff"));
        for bad in ["", "#fff", "0a7d4f", "#0a7d4g", "#0a7d4f8", "red", "#٠٠٠٠٠٠", "#0a7d4f "] {
            check_faults(&field, json!(bad), &["/f invalid_color"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(0), &["/f wrong_type"]);
    }

    #[test]
    fn colours_may_be_declared() {
        let green = "type: color\noptions: [{ value: '#0a7d4f', label: { ar: أخضر, en: Green } }]";
        let declared = field(green);
        check_read(&declared, json!("#0A7D4F"), json!("#0a7d4f"));
        check_faults(&declared, json!("#000000"), &["/f not_an_option"]);
        check_present(&declared, json!("#000000"), json!(null));
        assert_eq!(comparables(&declared, json!("#0a7d4f")), [Comparable::Option("#0a7d4f".to_owned())]);
        let key = Comparable::Option("#0a7d4f".to_owned()).key_part(&"ar".parse().unwrap());
        assert_eq!(key_part(&declared, json!("#0a7d4f")), key);
        check_problem(&green.replace("0a7d4f", "0A7D4F"), "must be a colour in small letters such as #0a7d4f");
        check_problem("type: color\noptions: []", "must hold at least one option");
    }
}
