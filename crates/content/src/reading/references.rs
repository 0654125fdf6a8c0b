//! What values point to.

use serde_json::{Map, Value};

use crate::{
    field_types::{collect_presented, collect_stored},
    model::{Blueprint, Found, LocaleRole, Reference},
    values::{Pointer, is_deeper},
};

impl Blueprint {
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

/// Everything that presented values point to; pointers start at `/data`. What must be looked up before
/// [`crate::deliver()`].
pub fn presented_references(blueprint: &Blueprint, presented: &Map<String, Value>) -> Vec<Reference> {
    let at = Pointer::root().key("data");
    let mut references = Vec::new();
    for field in &blueprint.fields {
        let mut found = Found { field: &field.handle, references: &mut references };
        collect_presented(std::slice::from_ref(field), presented, &at, &mut found);
    }
    references
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{field_types::testing::blueprint, presenting::present, reading::resolve::resolve};

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

        let presented = present(&blueprint, &resolve(&blueprint, &crate::Data::from_checked(values.clone()), None));
        let found: Vec<String> =
            presented_references(&blueprint, &presented).iter().map(|r| r.pointer.to_string()).collect();
        assert_eq!(found, ["/data/parent", "/data/files/0", "/data/more", "/data/body", "/data/body"]);
    }
}
