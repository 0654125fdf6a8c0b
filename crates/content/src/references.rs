//! What values point to.

use serde_json::{Map, Value};

use crate::{
    asset_kind::AssetKind,
    blueprint::Blueprint,
    fault::{Fault, FaultCode},
    field_types::{
        Found,
        fields::{collect_presented, collect_stored},
    },
    handle::Handle,
    ids::{AssetId, EntryId},
    pointer::Pointer,
    read::{LocaleRole, is_deeper},
};

/// A pointer from a value to an entry or an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Its place.
    pub pointer: Pointer,
    /// The field of the blueprint that holds it.
    pub field: Handle,
    /// What it names.
    pub target: ReferenceTarget,
    /// Collections that the target must be of, where the field says so.
    pub collections: Option<Vec<Handle>>,
    /// Kinds of assets that the target must be of, where the field says so.
    pub accept: Option<Vec<AssetKind>>,
    /// How it points.
    pub kind: ReferenceKind,
}

/// How a value points to an entry or an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferenceKind {
    /// By the id in a reference or asset field: what `included` expands.
    Field,
    /// By a link.
    Link,
    /// By a link or picture inside a text; the pointer names the text.
    Text,
}

/// What a reference names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceTarget {
    /// An entry.
    Entry(EntryId),
    /// An asset.
    Asset(AssetId),
}

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

impl Reference {
    /// Whether its field takes entries of this collection today.
    pub fn takes_entries_of(&self, collection: &str) -> bool {
        takes_collection(self.collections.as_deref(), collection)
    }

    /// Whether its field takes assets of this kind today.
    pub fn takes_assets_of(&self, kind: Option<AssetKind>) -> bool {
        takes_kind(self.accept.as_deref(), kind)
    }

    /// The fault where its field does not take entries of this collection.
    pub fn collection_fault(&self, collection: &str) -> Option<Fault> {
        let taken: Vec<&str> = self.collections.iter().flatten().map(Handle::as_str).collect();
        let fault = || Fault::new(self.pointer.clone(), FaultCode::WrongCollection).with("allowed", taken);
        (!self.takes_entries_of(collection)).then(fault)
    }

    /// The fault where its field does not take assets of this kind.
    pub fn asset_kind_fault(&self, kind: Option<AssetKind>) -> Option<Fault> {
        let taken: Vec<&str> = self.accept.iter().flatten().map(|kind| kind.as_str()).collect();
        let fault = || Fault::new(self.pointer.clone(), FaultCode::WrongAssetKind).with("allowed", taken);
        (!self.takes_assets_of(kind)).then(fault)
    }
}

/// Whether a collection is one of those that are named; all are where none is.
pub(crate) fn takes_collection(named: Option<&[Handle]>, collection: &str) -> bool {
    named.is_none_or(|named| named.iter().any(|handle| handle.as_str() == collection))
}

/// Whether a kind is one of those that are named; all are where none is.
pub(crate) fn takes_kind(named: Option<&[AssetKind]>, kind: Option<AssetKind>) -> bool {
    named.is_none_or(|named| kind.is_some_and(|kind| named.contains(&kind)))
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
    use crate::{field_types::testing::blueprint, present::present, resolve::resolve};

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
