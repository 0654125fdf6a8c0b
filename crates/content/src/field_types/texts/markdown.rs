//! Text in Markdown, with raw HTML inside if the editor likes.

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

use crate::{
    faults::Fault,
    field_types::rules::{Lines, TextRules},
    markup::{collect_links, deliver_html, markdown_to_html, may_spell_links},
    model::{Delivery, FieldKind, Found, Reading, Reference, ReferenceKind},
    values::Pointer,
    yaml::Keys,
};

/// Text in Markdown. Its source is kept as it is written; it is published as sanitised HTML, `{"html": …}`.
#[derive(Debug, Clone)]
pub struct MarkdownType {
    /// Lengths and pattern of the source.
    pub rules: TextRules,
}

impl MarkdownType {
    /// Most characters where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 200_000;

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { rules: TextRules::parse(keys, Lines::Many, 0, Self::DEFAULT_MAX_CHARS) }
    }
}

fn html_of(presented: &Value) -> Option<&str> {
    presented.get("html").and_then(Value::as_str)
}

/// Whether a text, read as Markdown, links to an entry or asset.
pub(crate) fn refers_in_markdown(text: &str) -> bool {
    may_spell_links(text) && !collect_links(&markdown_to_html(text)).is_empty()
}

impl FieldKind for MarkdownType {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.rules.read(value, reading)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.rules.too_short(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        match value.as_str() {
            Some(source) if !is_blank(source) => json!({"html": markdown_to_html(source)}),
            Some(_) | None => Value::Null,
        }
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        for target in html_of(presented).map(collect_links).unwrap_or_default() {
            found.references.push(Reference {
                pointer: at.clone(),
                field: found.field.clone(),
                target,
                collections: None,
                accept: None,
                kind: ReferenceKind::Text,
            });
        }
    }

    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        if value.as_str().is_some_and(may_spell_links) {
            self.collect_references(&self.present(value), at, found);
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        let Some(html) = html_of(presented) else { return };
        if let Some(delivered) = deliver_html(html, &at.key("html"), delivery) {
            *presented = json!({"html": delivered});
        }
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        html_of(presented).map(|html| diwan_arabic::html_to_text(html).text)
    }

    fn input_schema(&self) -> Value {
        self.rules.input_schema()
    }

    fn answer_schema(&self) -> Value {
        json!({
            "type": "object",
            "properties": {"html": {"type": "string"}},
            "required": ["html"],
            "additionalProperties": false,
        })
    }

    fn describe(&self) -> Map<String, Value> {
        self.rules.describe()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";

    #[test]
    fn it_is_published_as_html_and_kept_as_source() {
        let field = field("type: markdown");
        check_read(&field, json!("# أ\n<script>x</script>"), json!("# أ\n<script>x</script>"));
        check_present(&field, json!("# أ\n<script>x</script>"), json!({"html": "<h1>أ</h1>\n\n"}));
        check_present(&field, json!(" \n "), json!(null));
        check_present(&field, json!(["a"]), json!(null));
        check_faults(&field, json!("a\0"), &["/f forbidden_character"]);
    }

    #[test]
    fn links_to_what_is_not_public_keep_their_text() {
        let field = field("type: markdown");
        let source = format!("[حي](entry:{LIVE}) [ميت](entry:{DEAD}) [خطأ](entry:x)");
        let html = "<p><a href=\"/department/الموازنة\">حي</a> <a>ميت</a> <a>خطأ</a></p>\n";
        check_deliver(&field, json!(source), json!({"html": html}), &["/f/html not_public", "/f/html unreadable"]);
        assert_eq!(references(&field, json!(source)), [format!("/f entry {LIVE}"), format!("/f entry {DEAD}")]);
    }

    #[test]
    fn a_link_is_found_however_its_scheme_is_spelled() {
        let field = field("type: markdown");
        let found = [format!("/f entry {LIVE}")];
        for source in [
            format!("<a href=\"entry:{LIVE}\">أ</a>"),
            format!("[أ](ENTRY:{LIVE})"),
            format!("[أ](entry\\:{LIVE})"),
            format!("[أ](&#101;ntry:{LIVE})"),
            format!("<a href=entry&colon;{LIVE}>أ</a>"),
            format!("[أ][1]\n\n[1]: <entry:{LIVE}>"),
        ] {
            assert_eq!(stored_references(&field, json!(source)), found, "{source}");
        }
        assert_eq!(references(&field, json!(format!("en\\try:{LIVE} دليل"))), [""; 0]);
    }
}
