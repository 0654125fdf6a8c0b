//! What search reads of an entry.

use serde_json::{Map, Value};

use crate::{blueprint::Blueprint, handle::Handle};

/// The text of one searched field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// The field.
    pub field: Handle,
    /// Its weight, 1 to 10.
    pub weight: u8,
    /// Plain text, in the spelling of the editor.
    pub text: String,
}

/// The texts of presented data that search reads, in the order of the blueprint. Private and empty fields have none.
pub fn search_texts(blueprint: &Blueprint, presented: &Map<String, Value>) -> Vec<SearchText> {
    let mut texts = Vec::new();
    for field in blueprint.public_fields() {
        let Some(weight) = field.searchable else { continue };
        let value = presented.get(field.handle.as_str()).unwrap_or(&Value::Null);
        let text = field.field_type.kind().search_text(value).filter(|text| !text.trim().is_empty());
        texts.extend(text.map(|text| SearchText { field: field.handle.clone(), weight, text }));
    }
    texts
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{field_types::testing::blueprint, present::present};

    #[test]
    fn only_searched_public_texts_are_read() {
        let blueprint = blueprint(
            "- { handle: title, type: text, searchable: 3 }
- { handle: body, type: markdown, searchable: 1 }
- { handle: steps, type: list, searchable: 2 }
- { handle: phone, type: text }
- { handle: notes, type: text, private: true, searchable: 1 }
- { handle: empty, type: text, searchable: 1 }",
        );
        let values = json!({"title": "المُوازنة", "body": "## نبذة\n\nعن **الإدارة**", "steps": ["أ", "ب"], "phone": "1", "notes": "سر"});
        let texts = search_texts(&blueprint, &present(&blueprint, values.as_object().unwrap()));
        let texts: Vec<_> = texts
            .iter()
            .map(|t| (t.field.as_str(), t.weight, t.text.split_whitespace().collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(
            texts,
            [("title", 3, "المُوازنة".into()), ("body", 1, "نبذة عن الإدارة".into()), ("steps", 2, "أ ب".into())]
        );
    }
}
