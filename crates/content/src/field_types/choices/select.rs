//! One or many of declared options.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::{Items, SelectOption, describe_options, parse_options, values_of},
    model::{FieldKind, Filtering, Reading},
    values::Pointer,
    yaml::Keys,
};

/// One or many of declared options; one with `max_items: 1`.
#[derive(Debug, Clone)]
pub struct SelectType {
    /// What may be chosen, in the order of the form. Never empty, values are distinct.
    pub options: Vec<SelectOption>,
    /// How many may be chosen.
    pub items: Items,
}

impl SelectType {
    /// Longest value in bytes.
    const MAX_VALUE_BYTES: usize = 64;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        keys.expect("options");
        let options = parse_options(keys, |value| {
            let fits = !value.is_empty() && value.len() <= Self::MAX_VALUE_BYTES;
            if fits { Ok(()) } else { Err(format!("must have 1 to {} bytes", Self::MAX_VALUE_BYTES)) }
        });
        Self { options, items: Items::parse(keys) }
    }

    fn has(&self, value: &Value) -> bool {
        value.as_str().is_some_and(|value| self.options.iter().any(|option| option.value == value))
    }

    fn item_schema(&self) -> Value {
        json!({"type": "string", "enum": values_of(&self.options)})
    }
}

impl FieldKind for SelectType {
    fn name(&self) -> &'static str {
        "select"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.items.read(value, reading, |value, reading| {
            if !value.is_string() {
                reading.wrong_type("string");
                return None;
            }
            if !self.has(value) {
                reading.fault_with(FaultCode::NotAnOption, "allowed", values_of(&self.options));
                return None;
            }
            Some(value.clone())
        })
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        self.items.present(value, |value| self.has(value).then(|| value.clone()))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Option(self.options.iter().map(|option| option.value.clone()).collect())
    }

    fn many_valued(&self) -> bool {
        self.items.many()
    }

    fn sortable(&self) -> bool {
        !self.items.many()
    }

    fn input_schema(&self) -> Value {
        self.items.input_schema(self.item_schema())
    }

    fn answer_schema(&self) -> Value {
        self.items.answer_schema(self.item_schema())
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.insert("options".to_owned(), describe_options(&self.options));
        described
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable};

    const OPTIONS: &str = "type: select
options:
  - { value: news, label: { ar: خبر, en: News } }
  - { value: event, label: { ar: فعالية, en: Event } }
";

    #[test]
    fn one_option_is_a_scalar() {
        let field = field(&format!("{OPTIONS}max_items: 1"));
        check_read(&field, json!("news"), json!("news"));
        check_faults(&field, json!("other"), &["/f not_an_option"]);
        check_faults(&field, json!(["news"]), &["/f wrong_type"]);
        check_present(&field, json!("gone"), json!(null));
        check_present(&field, json!(["event", "news"]), json!("event"));
        assert!(field.sortable());
    }

    #[test]
    fn many_options_are_a_list() {
        let field = field(&format!("{OPTIONS}min_items: 1"));
        check_read(&field, json!(["event", "news"]), json!(["event", "news"]));
        check_faults(&field, json!(["news", "news"]), &["/f/1 duplicate_item"]);
        check_read(&field, json!([]), json!([]));
        check_faults(&field, json!(["x", 5, null]), &["/f/0 not_an_option", "/f/1 wrong_type", "/f/2 wrong_type"]);
        check_faults(&field, json!("news"), &["/f wrong_type"]);
        check_faults(&field, json!(vec!["news"; 201]), &["/f too_many_items"]);
        check_present(&field, json!(null), json!([]));
        check_present(&field, json!("news"), json!(["news"]));
        assert!(!field.sortable());
        assert_eq!(comparables(&field, json!(["event"])), [Comparable::Option("event".to_owned())]);
        assert_eq!(count_keys(&field, json!(["event", "news"])), 2);
    }

    #[test]
    fn options_must_be_declared_once() {
        check_problem("type: select", "is missing");
        check_problem("type: select\noptions: []", "must hold at least one option");
        check_problem(&format!("{OPTIONS}  - {{ value: news, label: {{ ar: خبر, en: News }} }}"), "stands twice: news");
    }
}
