//! A longer text without markup: summaries, addresses, notes.

use serde_json::{Map, Value, json};

use crate::{
    faults::Fault,
    field_types::rules::{Lines, TextRules, present_text},
    model::{FieldKind, Filtering, Reading},
    values::Pointer,
    yaml::Keys,
};

/// A text of several lines without markup, kept and answered exactly as it is written.
#[derive(Debug, Clone)]
pub struct TextareaType {
    /// Lengths and pattern.
    pub rules: TextRules,
}

impl TextareaType {
    /// Most characters where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 20_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { rules: TextRules::parse(keys, Lines::Many, 0, Self::DEFAULT_MAX_CHARS) }
    }
}

impl FieldKind for TextareaType {
    fn name(&self) -> &'static str {
        "textarea"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.rules.read(value, reading)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.rules.too_short(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        present_text(value)
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        presented.as_str().map(str::to_owned)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Text
    }

    fn input_schema(&self) -> Value {
        self.rules.input_schema()
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "string"})
    }

    fn describe(&self) -> Map<String, Value> {
        self.rules.describe()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn lines_are_kept() {
        let field = field("type: textarea\nmax_chars: 12");
        check_read(&field, json!("سطر\r\nسطر\t"), json!("سطر\r\nسطر\t"));
        check_present(&field, json!("<b>a</b>"), json!("<b>a</b>"));
        check_faults(&field, json!("ا".repeat(13)), &["/f too_long"]);
        check_faults(&field, json!({}), &["/f wrong_type"]);
        assert!(!field.sortable());
    }
}
