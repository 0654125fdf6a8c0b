//! Lists of tags.

use diwan_arabic::{is_blank, tidy};
use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::{
        containers::items_of,
        rules::{Items, TextRules},
    },
    model::{FieldKind, Filtering, Reading, schema},
    values::{Pointer, find_refused, is_forbidden},
    yaml::Keys,
};

/// A list of distinct short texts; each is stored in NFC, without white space at its ends and with single spaces inside.
#[derive(Debug, Clone)]
pub struct TagsType {
    /// How many tags.
    pub items: Items,
    /// Most characters of each.
    pub max_chars: usize,
}

impl TagsType {
    /// Most characters of a tag where the blueprint does not say, and at all.
    const DEFAULT_MAX_CHARS: usize = 60;
    const MAX_CHARS: usize = 200;
    /// White space that is taken off may make a written tag longer than it is stored, but not by more.
    const SPARE_CHARS: usize = 1_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let items = Items::parse(keys);
        Self { items, max_chars: keys.count("max_chars", 1, Self::MAX_CHARS).unwrap_or(Self::DEFAULT_MAX_CHARS) }
    }

    fn read_tag(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let most = self.max_chars + Self::SPARE_CHARS;
        let text = TextRules::of_length(most).read(value, reading)?;
        let tag = tidy(text.as_str()?);
        if let Some(character) = find_refused(&tag).filter(|_| !reading.keeps(value)) {
            reading.forbidden(character);
            return None;
        }
        if tag.chars().count() > self.max_chars {
            reading.fault_with(FaultCode::TooLong, "max", self.max_chars);
            return None;
        }
        Some(Value::String(tag))
    }
}

impl FieldKind for TagsType {
    fn name(&self) -> &'static str {
        "tags"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.items.read_list(value, reading, true, |value, reading| self.read_tag(value, reading))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.items.too_few(value, at));
        for (place, tag) in items_of(value).iter().enumerate() {
            if tag.as_str().is_some_and(is_blank) {
                faults.push(Fault::new(at.index(place), FaultCode::TooShort).with("min", 1));
            }
        }
    }

    fn present(&self, value: &Value) -> Value {
        let texts = match value {
            Value::Array(items) => items.as_slice(),
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                std::slice::from_ref(one)
            }
        };
        let mut tags: Vec<Value> = Vec::new();
        for text in texts.iter().filter_map(Value::as_str).take(Items::MAX) {
            let tag = Value::String(tidy(text));
            if !is_blank(text) && !text.contains(is_forbidden) && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Value::Array(tags)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Text
    }

    fn many_valued(&self) -> bool {
        true
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        let tags: Vec<&str> = presented.as_array()?.iter().filter_map(Value::as_str).collect();
        Some(tags.join("\n"))
    }

    fn input_schema(&self) -> Value {
        let tag = schema("string", [("maxLength", json!(self.max_chars + Self::SPARE_CHARS))]);
        self.items.list_schema(tag, true)
    }

    fn answer_schema(&self) -> Value {
        json!({"type": "array", "items": {"type": "string"}})
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = self.items.describe();
        described.insert("max_chars".to_owned(), json!(self.max_chars));
        described
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable};

    #[test]
    fn tags_are_stored_in_one_spelling() {
        let field = field("type: tags\nmax_chars: 12");
        check_read(&field, json!([" ضريبة \u{a0} القيمة\n", "Tax"]), json!(["ضريبة القيمة", "Tax"]));
        check_read(&field, json!([]), json!([]));
        check_read(&field, json!(["ا\u{0654}خبار"]), json!(["أخبار"]));
        check_present(&field, json!([" أ ", "أ", "", 5, "\u{200b}", "ب"]), json!(["أ", "ب"]));
        check_present(&field, json!("أ"), json!(["أ"]));
        check_present(&field, json!(null), json!([]));
        assert_eq!(field.kind().search_text(&json!(["أ", "ب"])).as_deref(), Some("أ\nب"));
        let folded = |text: &str| Comparable::Text(text.to_owned());
        assert_eq!(comparables(&field, json!(["إدارة", "b"])), [folded("اداره"), folded("b")]);
        assert_eq!(count_keys(&field, json!(["إدارة", "b"])), 2);
        assert!(!field.sortable());
    }

    #[test]
    fn tags_are_distinct_short_and_legible() {
        let field = field("type: tags\nmax_items: 5\nmax_chars: 5");
        check_faults(&field, json!(["أ", " أ"]), &["/f/1 duplicate_item"]);
        check_faults(
            &field,
            json!(["أ\u{200b}", "\u{202e}b"]),
            &["/f/0 forbidden_character", "/f/1 forbidden_character"],
        );
        check_read(&field, json!(["أ", " \n"]), json!(["أ", ""]));
        assert_eq!(
            publish_faults_of(&field, json!(["أ", "", "\u{200f}", "\u{3164}"])),
            ["/f/1 too_short", "/f/2 too_short", "/f/3 too_short"]
        );
        check_faults(
            &field,
            json!(["سبعة أحرف", 7, "a\0"]),
            &["/f/0 too_long", "/f/1 wrong_type", "/f/2 forbidden_character"],
        );
        check_faults(&field, json!(["1", "2", "3", "4", "5", "6"]), &["/f too_many_items"]);
        check_faults(&field, json!("أ"), &["/f wrong_type"]);
        check_faults(&field, json!([" ".repeat(2_000)]), &["/f/0 too_long"]);
    }
}
