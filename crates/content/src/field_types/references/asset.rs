//! Pointers to uploaded things.

use serde_json::{Map, Value, json};

use super::ids::PointsByIds;
use crate::{
    field_types::rules::Items,
    model::{Lookup, Reference, ReferenceKind, ReferenceTarget, UnresolvedReason, constraints, takes_kind},
    values::{AssetId, AssetKind, Handle, Pointer},
    yaml::Keys,
};

/// Pointers to one asset or many.
#[derive(Debug, Clone)]
pub struct AssetType {
    /// Kinds that it may name; `None` for all.
    pub accept: Option<Vec<AssetKind>>,
    /// How many.
    pub items: Items,
}

impl AssetType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let accept = keys.texts("accept").map(|names| {
            let mut kinds = Vec::new();
            for name in &names {
                match AssetKind::find(name) {
                    Some(kind) if kinds.contains(&kind) => keys.problem("accept", format!("{name} stands twice")),
                    Some(kind) => kinds.push(kind),
                    None => {
                        let allowed = AssetKind::ALL.map(AssetKind::as_str).join(", ");
                        keys.problem("accept", format!("{name} is no kind of asset; allowed: {allowed}"));
                    }
                }
            }
            if names.is_empty() {
                keys.problem("accept", "must name at least one kind; leave it out for all");
            }
            kinds
        });
        Self { accept, items: Items::parse(keys) }
    }
}

impl PointsByIds for AssetType {
    type Id = AssetId;

    const NAME: &'static str = "asset";

    fn items(&self) -> &Items {
        &self.items
    }

    fn reference(&self, id: AssetId, pointer: Pointer, field: Handle) -> Reference {
        Reference {
            pointer,
            field,
            target: ReferenceTarget::Asset(id),
            collections: None,
            accept: self.accept.clone(),
            kind: ReferenceKind::Field,
        }
    }

    fn judge(&self, id: AssetId, lookup: &dyn Lookup) -> Result<(), UnresolvedReason> {
        let asset = lookup.asset(id).ok_or(UnresolvedReason::NotPublic)?;
        let fits = takes_kind(self.accept.as_deref(), asset.kind);
        fits.then_some(()).ok_or(UnresolvedReason::DoesNotFit)
    }

    fn describe_targets(&self) -> Map<String, Value> {
        let names = self.accept.as_ref().map(|accept| accept.iter().map(|kind| kind.as_str()).collect::<Vec<_>>());
        constraints([("accept", json!(names))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    const LIVE: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f11";
    const DEAD: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f1f";

    #[test]
    fn an_asset_is_named_by_its_id() {
        let field = field("type: asset\naccept: [image, document]\nmax_items: 1");
        check_read(&field, json!(LIVE), json!(LIVE));
        check_faults(&field, json!("../secret.png"), &["/f invalid_id"]);
        check_deliver(&field, json!(LIVE), json!(LIVE), &[]);
        check_deliver(&field, json!(DEAD), json!(null), &["/f not_public"]);
        assert_eq!(references(&field, json!(LIVE)), [format!("/f asset {LIVE}")]);
    }

    #[test]
    fn a_file_name_of_an_import_stays_but_is_never_answered() {
        let field = field("type: asset\nmax_items: 1");
        let before = json!("tab-image.jpeg");
        assert_eq!(faults_after(&field, json!("tab-image.jpeg"), &before), Vec::<String>::new());
        assert_eq!(faults_after(&field, json!("other.jpeg"), &before), ["/f invalid_id"]);
        check_deliver(&field, json!("tab-image.jpeg"), json!(null), &["/f unreadable"]);
        assert_eq!(references(&field, json!("tab-image.jpeg")), Vec::<String>::new());
    }

    #[test]
    fn an_asset_of_a_kind_that_is_accepted_no_more_is_not_answered() {
        let one = field("type: asset\naccept: [image]\nmax_items: 1");
        check_deliver(&one, json!(LIVE), json!(null), &["/f does_not_fit"]);
        let many = field("type: asset\naccept: [image]");
        check_deliver(&many, json!([DEAD, LIVE]), json!([]), &["/f/0 not_public", "/f/1 does_not_fit"]);
    }

    #[test]
    fn kinds_must_exist() {
        check_problem(
            "type: asset\naccept: [picture]",
            "picture is no kind of asset; allowed: image, document, text, audio, video, archive",
        );
    }
}
