//! Messages to people, in both languages.
//!
//! A message is a list of whole sentences in each language; nothing inside a sentence is put together from translated
//! pieces. In a sentence
//!
//! * `{name}` is a parameter. A sentence with an absent or empty parameter is left out, so no list is ever empty; so is
//!   one that counts nothing.
//! * `` `token` `` is a technical token such as `` `If-Match` ``, which stays as it is in both languages.
//!
//! Both are isolated where their writing direction differs from the text around them. The words for things are those of
//! `schemas/terms.yaml`.

use serde_json::{Map, Value};

use super::shown::in_words;
use crate::values::Language;

/// Whole sentences of one message in one language.
pub type Sentences = &'static [&'static str];

/// Counts of things that somebody has: a sentence that would say that there is none is left out.
const COUNTS: [&str; 4] = ["entries", "published", "assets", "departments"];

/// First strong isolate and pop directional isolate: a text of another direction does not disturb what surrounds it.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

/// The sentences of a message in one language, with the parameters put in.
///
/// Empty when every sentence needs a parameter that is missing.
pub fn fill_message(sentences: &[&str], params: &Map<String, Value>, language: Language) -> String {
    let filled: Vec<String> = sentences.iter().filter_map(|sentence| fill(sentence, params, language)).collect();
    filled.join(" ")
}

fn fill(sentence: &str, params: &Map<String, Value>, language: Language) -> Option<String> {
    let mut text = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(start) = rest.find(['{', '`']) {
        text.push_str(&rest[..start]);
        let close = if rest[start..].starts_with('{') { '}' } else { '`' };
        let inner = &rest[start + 1..];
        let Some((name, after)) = inner.split_once(close) else { break };
        if close == '}' {
            text.push_str(&value_text(name, params.get(name)?, language)?);
        } else {
            text.push_str(&isolated(name, language));
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn value_text(name: &str, value: &Value, language: Language) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(|item| value_text(name, item, language)).collect();
            (!items.is_empty()).then(|| items.join(separator(language)))
        }
        Value::String(text) => {
            let shown = in_words(name, text, language).unwrap_or_else(|| isolated(text, language));
            (!shown.is_empty()).then_some(shown)
        }
        Value::Number(number) if COUNTS.contains(&name) && number.as_u64() == Some(0) => None,
        Value::Bool(_) | Value::Object(_) => Some(isolated(&value.to_string(), language)),
        Value::Number(_) => {
            let text = value.to_string();
            Some(isolated(text.strip_suffix(".0").unwrap_or(&text), language))
        }
    }
}

fn separator(language: Language) -> &'static str {
    match language {
        Language::Ar => "، ",
        Language::En => ", ",
    }
}

/// A text on one line, isolated where its direction may differ. Its own direction marks are dropped: they could end the isolation.
fn isolated(text: &str, language: Language) -> String {
    let is_direction = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let clean: String = text.chars().filter(|c| !c.is_control() && !is_direction(*c)).collect();
    let plain = match language {
        Language::Ar => clean.bytes().all(|byte| byte.is_ascii_digit()),
        Language::En => !clean.chars().any(is_right_to_left),
    };
    if plain { clean } else { format!("{}{clean}{}", ISOLATE.0, ISOLATE.1) }
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(sentences: &[&str], params: Value, language: Language) -> String {
        fill_message(sentences, params.as_object().unwrap(), language)
    }

    #[test]
    fn a_sentence_without_its_parameter_is_left_out() {
        let sentences = ["Not known.", "Known: {allowed}."];
        assert_eq!(filled(&sentences, json!({ "allowed": ["a", "b"] }), Language::En), "Not known. Known: a, b.");
        for empty in [json!({}), json!({ "allowed": [] }), json!({ "allowed": "" }), json!({ "allowed": null })] {
            assert_eq!(filled(&sentences, empty, Language::En), "Not known.");
        }
        assert_eq!(filled(&["{a}."], json!({}), Language::En), "");
        let counts = ["Entries: {entries}.", "Assets: {assets}.", "The maximum is {max}."];
        let params = json!({ "entries": 2, "assets": 0, "max": 0 });
        assert_eq!(filled(&counts, params, Language::En), "Entries: 2. The maximum is 0.");
    }

    #[test]
    fn what_has_another_direction_is_isolated() {
        let arabic = |params| filled(&["القيم: {v}."], params, Language::Ar);
        assert_eq!(arabic(json!({ "v": ["a", "b"] })), "القيم: \u{2068}a\u{2069}، \u{2068}b\u{2069}.");
        assert_eq!(arabic(json!({ "v": 5 })), "القيم: 5.");
        assert_eq!(arabic(json!({ "v": -5 })), "القيم: \u{2068}-5\u{2069}.");
        assert_eq!(filled(&["أرسل `If-Match`."], json!({}), Language::Ar), "أرسل \u{2068}If-Match\u{2069}.");
        let english = |params| filled(&["The path `x` {v}."], params, Language::En);
        assert_eq!(english(json!({ "v": "/ا" })), "The path x \u{2068}/ا\u{2069}.");
        assert_eq!(english(json!({ "v": "/a" })), "The path x /a.");
    }

    #[test]
    fn a_value_cannot_end_its_isolation_or_its_line_or_fill_another() {
        let params = json!({ "v": "a\u{2069}\u{202e}\nb{w}", "w": "x" });
        assert_eq!(filled(&["{v}."], params, Language::Ar), "\u{2068}ab{w}\u{2069}.");
    }
}
