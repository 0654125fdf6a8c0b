//! From resolved values to what is published.

use serde_json::{Map, Value};

use crate::{field_types::present_fields, model::Blueprint};

/// The published form: the public fields in the blueprint's order, each of them, `null` when empty or hidden by its
/// conditions (many-valued fields: an empty list, so that their type never changes). Markdown is rendered and sanitised;
/// references stay ids. A function of blueprint and values alone: what is stored as presented.
pub fn present(blueprint: &Blueprint, resolved: &Map<String, Value>) -> Map<String, Value> {
    present_fields(&blueprint.fields, resolved)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::blueprint;

    #[test]
    fn every_public_field_is_presented_and_no_private_one() {
        let blueprint = blueprint(
            "- { handle: title, type: text }
- { handle: body, type: markdown }
- { handle: starts_at, type: datetime }
- { handle: tags, type: list }
- { handle: more, type: link }
- { handle: notes, type: textarea, private: true }
- { handle: order, type: integer }",
        );
        let values = json!({"notes": "سر", "title": "أ", "body": "*ب*", "starts_at": "2026-01-01T03:00:00+03:00", "more": "tel:+1"});
        let presented = present(&blueprint, values.as_object().unwrap());
        let expected = json!({
            "title": "أ", "body": {"html": "<p><em>ب</em></p>\n"}, "starts_at": "2026-01-01T00:00:00Z", "tags": [],
            "more": {"kind": "url", "href": "tel:+1", "id": null}, "order": null,
        });
        assert_eq!(serde_json::to_string(&presented).unwrap(), expected.to_string());
    }
}
