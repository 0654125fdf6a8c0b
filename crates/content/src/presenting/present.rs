//! The values of a localization on their way from its data to an answer, and what they point to on the way.
//!
//! A publish resolves the data through the origin ([`resolve`]), checks them ([`Blueprint::publish_faults`]) and stores the
//! published form ([`present`]) with what it points to ([`presented_references`]). A read looks those up and answers what is
//! public at that time ([`deliver`]).

use serde_json::{Map, Value};

use crate::{
    faults::Fault,
    field_types::{collect_presented, collect_stored, present_fields, publish_faults},
    model::{Blueprint, Data, Delivery, Found, LocaleRole, Lookup, Reference, Unresolved},
    values::{Pointer, is_deeper},
};

/// Answered data.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The values, by field; what is not public is `null`, dropped from lists, or a text without its link.
    pub data: Map<String, Value>,
    /// What had to be left out, in order.
    pub unresolved: Vec<Unresolved>,
}

/// Every field of the blueprint with its value, `null` when it has none. Absent inherits from the origin, `null` empties, a
/// value overrides; what is not localizable always comes from the origin. The origin itself has none (`None`).
pub fn resolve(blueprint: &Blueprint, own: &Data, origin: Option<&Data>) -> Map<String, Value> {
    let mut resolved = Map::with_capacity(blueprint.fields.len());
    for field in &blueprint.fields {
        let handle = field.handle.as_str();
        let value = match origin {
            None => own.find(handle),
            Some(origin) if field.localizable => own.find(handle).or_else(|| origin.find(handle)),
            Some(origin) => origin.find(handle),
        };
        resolved.insert(handle.to_owned(), value.cloned().unwrap_or(Value::Null));
    }
    resolved
}

/// The published form: the public fields in the blueprint's order, each of them, `null` when empty or hidden by its
/// conditions (many-valued fields: an empty list, so that their type never changes). Markdown is rendered and sanitised;
/// references stay ids. A function of blueprint and values alone: what is stored as presented.
pub fn present(blueprint: &Blueprint, resolved: &Map<String, Value>) -> Map<String, Value> {
    present_fields(&blueprint.fields, resolved)
}

/// Everything that presented values point to; pointers start at `/data`. What must be looked up before [`deliver`].
pub fn presented_references(blueprint: &Blueprint, presented: &Map<String, Value>) -> Vec<Reference> {
    let at = Pointer::root().key("data");
    let mut references = Vec::new();
    for field in &blueprint.fields {
        let mut found = Found { field: &field.handle, references: &mut references };
        collect_presented(std::slice::from_ref(field), presented, &at, &mut found);
    }
    references
}

/// Answers presented data, also a selection of its fields. Look up first what [`presented_references`] names. A link that occurs
/// several times in one text is listed once.
pub fn deliver(blueprint: &Blueprint, presented: Map<String, Value>, lookup: &dyn Lookup) -> Delivered {
    let at = Pointer::root().key("data");
    let mut delivery = Delivery { lookup, unresolved: Vec::new() };
    let mut data = presented;
    for field in blueprint.public_fields() {
        if let Some(value) = data.get_mut(field.handle.as_str()) {
            field.field_type.kind().deliver(value, &at.key(field.handle.as_str()), &mut delivery);
        }
    }
    Delivered { data, unresolved: delivery.unresolved }
}

impl Blueprint {
    /// The faults of publishing resolved values: required fields that are empty and not hidden, and values below a lower
    /// limit, at any depth.
    pub fn publish_faults(&self, resolved: &Map<String, Value>, at: &Pointer) -> Vec<Fault> {
        let mut faults = Vec::new();
        publish_faults(&self.fields, resolved, at, &mut faults);
        faults
    }

    /// Everything that stored or resolved values point to: reference, asset and link fields and links inside texts, in
    /// private fields too. Values that are no ids (imported ones) point to nothing. Renders the texts to find what is in them.
    pub fn references(&self, values: &Map<String, Value>, at: &Pointer) -> Vec<Reference> {
        let mut references = Vec::new();
        for field in &self.fields {
            let mut found = Found { field: &field.handle, references: &mut references };
            collect_stored(std::slice::from_ref(field), values, at, &mut found);
        }
        references
    }

    /// Everything that values point to as somebody wrote them, also where they are faulty: places are those of the written
    /// values. What [`Blueprint::read`] refuses as a whole points to nothing, and so does a field that only the origin holds.
    pub fn written_references(&self, json: &Value, role: &LocaleRole, at: &Pointer) -> Vec<Reference> {
        let Some(written) = json.as_object().filter(|_| !is_deeper(json, Self::MAX_DEPTH)) else { return Vec::new() };
        let mut references = Vec::new();
        for field in self.fields.iter().filter(|field| role.is_origin() || field.localizable) {
            let mut found = Found { field: &field.handle, references: &mut references };
            collect_stored(std::slice::from_ref(field), written, at, &mut found);
        }
        references
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::{blueprint, data, short_faults};

    #[test]
    fn absent_inherits_null_empties_and_a_value_overrides() {
        let blueprint = blueprint(
            "- { handle: a, type: text, localizable: true }
- { handle: b, type: text, localizable: true }
- { handle: c, type: text, localizable: true }
- { handle: d, type: text }
- { handle: e, type: text }",
        );
        let origin = data(json!({"a": "أ", "b": "ب", "c": "ج", "d": "د"}));
        let own = data(json!({"a": "A", "b": null, "d": "D", "gone": 1}));
        let resolved = resolve(&blueprint, &own, Some(&origin));
        assert_eq!(Value::Object(resolved), json!({"a": "A", "b": null, "c": "ج", "d": "د", "e": null}));
        let resolved = resolve(&blueprint, &own, None);
        assert_eq!(Value::Object(resolved), json!({"a": "A", "b": null, "c": null, "d": "D", "e": null}));
    }

    #[test]
    fn required_fields_bind_when_publishing() {
        let at = Pointer::root().key("data");
        let blueprint = blueprint(
            "- { handle: title, type: text, required: true, localizable: true }
- { handle: tags, type: list, required: true }
- { handle: kind, type: text }",
        );
        let faults = |values: Value| short_faults(&blueprint.publish_faults(values.as_object().unwrap(), &at));
        assert_eq!(faults(json!({})), ["/data/title required", "/data/tags required"]);
        assert_eq!(faults(json!({"title": " \n", "tags": []})), ["/data/title required", "/data/tags required"]);
        assert_eq!(faults(json!({"title": "أ", "tags": ["أ"]})), Vec::<String>::new());
    }

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

    #[test]
    fn references_stand_in_fields_links_and_texts() {
        let blueprint = blueprint(
            "- { handle: parent, type: reference, collections: [departments], max_items: 1 }
- { handle: files, type: asset, accept: [document] }
- { handle: more, type: link }
- { handle: body, type: markdown }
- { handle: notes, type: markdown, private: true }",
        );
        let id = |n: u8| format!("6c5a7ac3-546c-4172-947a-23113309626{n}");
        let values = json!({
            "parent": id(1), "files": [id(2), "old.pdf"], "more": format!("entry:{}", id(3)),
            "body": format!("[a](entry:{}) <img src='asset:{}'> `entry:{}`", id(4), id(5), id(6)),
            "notes": format!("<{}> [b](entry:{})", "https://a.example", id(7)),
        });
        let values = values.as_object().unwrap();
        let found: Vec<String> = blueprint
            .references(values, &Pointer::root())
            .iter()
            .map(|r| format!("{} {}", r.pointer, r.field))
            .collect();
        assert_eq!(
            found,
            ["/parent parent", "/files/0 files", "/more more", "/body body", "/body body", "/notes notes"]
        );
        let first = &blueprint.references(values, &Pointer::root())[0];
        assert_eq!(first.collections.as_deref(), Some(&["departments".parse().unwrap()][..]));

        let presented = present(&blueprint, &resolve(&blueprint, &Data::from_checked(values.clone()), None));
        let found: Vec<String> =
            presented_references(&blueprint, &presented).iter().map(|r| r.pointer.to_string()).collect();
        assert_eq!(found, ["/data/parent", "/data/files/0", "/data/more", "/data/body", "/data/body"]);
    }
}
