//! A list of short texts.

use serde_json::{Map, Value, json};

use crate::{
    faults::Fault,
    field_types::{
        containers::items_of,
        rules::{Items, Lines, TextRules, present_text},
    },
    model::{FieldKind, Filtering, Reading},
    values::Pointer,
    yaml::Keys,
};

/// A list of short texts; always a list, equal texts may stand in it more than once.
#[derive(Debug, Clone)]
pub struct ListType {
    /// How many texts.
    pub items: Items,
    /// Lengths and pattern of each.
    pub rules: TextRules,
}

impl ListType {
    /// Fewest and most characters of a text where the blueprint does not say.
    const DEFAULT_MIN_CHARS: usize = 1;
    const DEFAULT_MAX_CHARS: usize = 1_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let items = Items::parse(keys);
        Self { items, rules: TextRules::parse(keys, Lines::One, Self::DEFAULT_MIN_CHARS, Self::DEFAULT_MAX_CHARS) }
    }
}

impl FieldKind for ListType {
    fn name(&self) -> &'static str {
        "list"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.items.read_list(value, reading, false, |value, reading| self.rules.read(value, reading))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
        for (place, text) in items_of(value).iter().enumerate() {
            faults.extend(self.rules.too_short(text, &at.index(place)));
        }
    }

    fn present(&self, value: &Value) -> Value {
        let texts = match value {
            Value::Array(items) => items.as_slice(),
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                std::slice::from_ref(one)
            }
        };
        texts.iter().map(present_text).filter(|text| !text.is_null()).collect()
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        let texts: Vec<&str> = presented.as_array()?.iter().filter_map(Value::as_str).collect();
        Some(texts.join("\n"))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Text
    }

    fn many_valued(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        self.items.list_schema(self.rules.input_schema(), false)
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "array", "items": {"type": "string"}})
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.extend(self.rules.describe());
        described
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable};

    #[test]
    fn texts_are_kept_in_order() {
        let field = field("type: list\nmax_items: 3\nmax_chars: 5");
        check_read(&field, json!(["ب", "أ", "ب"]), json!(["ب", "أ", "ب"]));
        check_faults(&field, json!("ب"), &["/f wrong_type"]);
        check_faults(&field, json!(["ا", "", 3, "طويل جدا", "\0"]), &["/f too_many_items"]);
        check_faults(&field, json!(["", 3, "طويل جدا"]), &["/f/1 wrong_type", "/f/2 too_long"]);
        assert_eq!(publish_faults_of(&field, json!(["أ", ""])), ["/f/1 too_short"]);
        check_present(&field, json!(["أ", " ", 5]), json!(["أ"]));
        check_present(&field, json!("أ"), json!(["أ"]));
        check_present(&field, json!(null), json!([]));
    }

    #[test]
    fn each_text_is_compared_in_its_folded_form_and_has_one_key() {
        let field = field("type: list");
        let folded = |text: &str| Comparable::Text(text.to_owned());
        assert_eq!(comparables(&field, json!(["إدارة", "أ"])), [folded("اداره"), folded("ا")]);
        assert_eq!(count_keys(&field, json!(["إدارة", "أ", "اداره"])), 2);
        assert_eq!(count_keys(&field, json!([])), 0);
    }

    #[test]
    fn a_list_of_one_is_a_list_too() {
        let field = field("type: list\nmax_items: 1");
        check_read(&field, json!(["أ"]), json!(["أ"]));
        check_present(&field, json!(["أ"]), json!(["أ"]));
    }
}
