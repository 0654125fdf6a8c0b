//! What search reads of an entry.

use serde_json::{Map, Value};

use crate::{
    model::{Blueprint, Collection},
    values::Handle,
};

/// The text of one searched field; of one that holds fields, all text of one weight inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    /// The field.
    pub field: Handle,
    /// Its weight, 1 to 10.
    pub weight: u8,
    /// Plain text, in the spelling of the editor; a newline parts blocks.
    pub text: String,
}

/// The texts of presented data that search reads, in the order of the blueprint. Private and empty fields have none.
pub fn search_texts(blueprint: &Blueprint, presented: &Map<String, Value>) -> Vec<SearchText> {
    let mut texts: Vec<SearchText> = Vec::new();
    for field in blueprint.public_fields() {
        let value = presented.get(field.handle.as_str()).unwrap_or(&Value::Null);
        let mut found = Vec::new();
        field.field_type.kind().collect_search_texts(value, field.searchable, &mut found);
        let first = texts.len();
        for (weight, text) in found {
            match texts[first..].iter_mut().find(|known| known.weight == weight) {
                Some(known) => known.text.extend(["\n", &text]),
                None => texts.push(SearchText { field: field.handle.clone(), weight, text }),
            }
        }
    }
    texts
}

/// Most values of one field, and most characters of one, that hits are counted by.
const FACET_MAX_VALUES: usize = 20;
const FACET_MAX_CHARS: usize = 100;

/// The values of presented data that hits are counted and filtered by, each once. Private fields have none.
pub fn facet_values(
    collection: &Collection,
    blueprint: &Blueprint,
    presented: &Map<String, Value>,
) -> Vec<(Handle, String)> {
    let mut values = Vec::new();
    let facets = &collection.search.facets;
    for field in blueprint.public_fields().filter(|field| facets.contains(&field.handle)) {
        let found = match presented.get(field.handle.as_str()) {
            Some(Value::Array(items)) => items.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        for text in found.iter().filter_map(Value::as_str).take(FACET_MAX_VALUES) {
            let value = (field.handle.clone(), text.trim().chars().take(FACET_MAX_CHARS).collect::<String>());
            if !value.1.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{field_types::testing::blueprint, presenting::present::present};

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
