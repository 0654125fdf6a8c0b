//! Texts without markup: of one line (`text`: titles, names) or of several (`textarea`: summaries, notes).

use serde_json::{Map, Value, json};

use crate::{
    faults::Fault,
    field_types::rules::{Lines, TextRules, present_text},
    model::{FieldKind, Filtering, Reading},
    values::Pointer,
    yaml::Keys,
};

/// A text without markup, kept and answered exactly as it is written.
#[derive(Debug, Clone)]
pub struct TextType {
    /// Lengths, pattern, and whether it has one line or several.
    pub rules: TextRules,
}

impl TextType {
    /// Most characters of a `text` where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 1_000;
    /// Most characters of a `textarea` where the blueprint does not say.
    const DEFAULT_MAX_CHARS_OF_AREA: usize = 20_000;

    /// Reads the constraints of a `text`.
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { rules: TextRules::parse(keys, Lines::One, 0, Self::DEFAULT_MAX_CHARS) }
    }

    /// Reads the constraints of a `textarea`.
    pub(crate) fn parse_area(keys: &mut Keys<'_>) -> Self {
        Self { rules: TextRules::parse(keys, Lines::Many, 0, Self::DEFAULT_MAX_CHARS_OF_AREA) }
    }
}

impl FieldKind for TextType {
    fn name(&self) -> &'static str {
        match self.rules.lines {
            Lines::One => "text",
            Lines::Many => "textarea",
        }
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

    fn sortable(&self) -> bool {
        self.rules.lines == Lines::One
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

    use crate::{field_types::testing::*, values::KeyPart};

    #[test]
    fn a_text_is_kept_as_it_is_written() {
        let field = field("type: text");
        for written in ["  المُوازنة ـ\u{200f} ", "می\u{200c}خواهم", "\u{61c}١\u{200e}\u{200d}", ""] {
            check_read(&field, json!(written), json!(written));
        }
        check_present(&field, json!("الموازنة "), json!("الموازنة "));
        check_present(&field, json!(" \n"), json!(null));
        check_present(&field, json!("\u{200f}\u{3164}\u{64e}"), json!(null));
        check_present(&field, json!(5), json!(null));
    }

    #[test]
    fn limits_and_types_bind() {
        let unlimited = field("type: text");
        let limited = field("type: text\nmin_chars: 2\nmax_chars: 3\npattern: '^[a-zأ-ي]+$'");
        check_faults(&limited, json!(5), &["/f wrong_type"]);
        check_faults(&limited, json!(["a"]), &["/f wrong_type"]);
        check_faults(&limited, json!("a\0b"), &["/f forbidden_character"]);
        check_faults(&limited, json!("\u{ffff}"), &["/f forbidden_character"]);
        check_faults(&limited, json!("ابجد"), &["/f too_long"]);
        check_faults(&limited, json!("1"), &["/f pattern_mismatch"]);
        check_faults(&limited, json!("ابج"), &[]);
        check_faults(&limited, json!("ا"), &[]);
        assert_eq!(publish_faults_of(&limited, json!("ا")), ["/f too_short"]);
        assert_eq!(publish_faults_of(&limited, json!("\u{200f}")), [""; 0]);
        check_faults(&unlimited, json!("ا".repeat(1_001)), &["/f too_long"]);
    }

    #[test]
    fn one_line_holds_no_break_and_nothing_that_is_not_seen() {
        let field = field("type: text");
        let hidden = [
            '\u{200b}', '\u{2060}', '\u{feff}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{ad}', '\u{34f}',
            '\u{3164}',
        ];
        for character in ['\n', '\r', '\t', '\u{85}', '\u{2028}', '\u{2029}'].into_iter().chain(hidden) {
            let text = format!("عنوان{character}آخر");
            check_faults(&field, json!(text), &["/f forbidden_character"]);
            // Imported text keeps it.
            assert_eq!(faults_after(&field, json!(text), &json!(text)), [""; 0]);
            assert_eq!(faults_after(&field, json!(format!("{text}.")), &json!(text)), ["/f forbidden_character"]);
        }
    }

    #[test]
    fn it_sorts_by_collation() {
        let field = field("type: text");
        assert!(matches!(key_part(&field, json!("أحمد")), KeyPart::Text(key) if !key.is_empty()));
        assert_eq!(key_part(&field, json!(null)), KeyPart::Null);
        assert_eq!((count_keys(&field, json!("أحمد")), count_keys(&field, json!(null))), (1, 1));
    }

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
