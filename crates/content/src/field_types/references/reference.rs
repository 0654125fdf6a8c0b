//! Typed pointers to entries.

use serde_json::{Map, Value, json};

use super::ids::PointsByIds;
use crate::{
    field_types::rules::Items,
    model::{
        Filtering, Lookup, Reference, ReferenceKind, ReferenceTarget, UnresolvedReason, constraints, takes_collection,
    },
    values::{EntryId, Handle, Pointer},
    yaml::Keys,
};

/// Typed pointers to one entry or many.
#[derive(Debug, Clone)]
pub struct ReferenceType {
    /// Collections whose entries it may name; `None` for all.
    pub collections: Option<Vec<Handle>>,
    /// Name under which the target lists who points to it.
    pub reverse: Option<Handle>,
    /// How many.
    pub items: Items,
}

impl ReferenceType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let collections = keys.handles("collections");
        if collections.as_ref().is_some_and(Vec::is_empty) {
            keys.problem("collections", "must name at least one collection; leave it out for all");
        }
        let reverse = keys.handle("reverse");
        if reverse.is_some() && keys.nesting().private {
            keys.problem("reverse", "is not allowed for a private field: it would tell what the field holds");
        }
        Self { collections, reverse, items: Items::parse(keys) }
    }

    /// Whether it takes entries of this collection today.
    pub fn takes_entries_of(&self, collection: &str) -> bool {
        takes_collection(self.collections.as_deref(), collection)
    }
}

impl PointsByIds for ReferenceType {
    type Id = EntryId;

    const NAME: &'static str = "reference";

    fn items(&self) -> &Items {
        &self.items
    }

    fn reference(&self, id: EntryId, pointer: Pointer, field: Handle) -> Reference {
        Reference {
            pointer,
            field,
            target: ReferenceTarget::Entry(id),
            collections: self.collections.clone(),
            accept: None,
            kind: ReferenceKind::Field,
        }
    }

    fn judge(&self, id: EntryId, lookup: &dyn Lookup) -> Result<(), UnresolvedReason> {
        let entry = lookup.entry(id).ok_or(UnresolvedReason::NotPublic)?;
        let fits = self.takes_entries_of(entry.collection);
        fits.then_some(()).ok_or(UnresolvedReason::DoesNotFit)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Reference(self.collections.clone())
    }

    fn describe_targets(&self) -> Map<String, Value> {
        constraints([("collections", json!(self.collections)), ("reverse", json!(self.reverse))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, values::KeyPart};

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";

    #[test]
    fn one_reference_is_a_scalar() {
        let field = field("type: reference\ncollections: [departments]\nmax_items: 1");
        check_read(&field, json!(LIVE), json!(LIVE));
        check_faults(&field, json!("tab-image.jpeg"), &["/f invalid_id"]);
        check_faults(&field, json!([LIVE]), &["/f wrong_type"]);
        check_faults(&field, json!(5), &["/f wrong_type"]);
        check_present(&field, json!(LIVE.to_uppercase()), json!(LIVE));
        check_deliver(&field, json!(LIVE), json!(LIVE), &[]);
        check_deliver(&field, json!(DEAD), json!(null), &["/f not_public"]);
        check_deliver(&field, json!("tab-image.jpeg"), json!(null), &["/f unreadable"]);
        check_deliver(&field, json!(null), json!(null), &[]);
        assert!(matches!(key_part(&field, json!(LIVE)), KeyPart::Id(id) if id.to_string() == LIVE));
    }

    #[test]
    fn many_references_are_a_list_from_which_the_missing_are_dropped() {
        let field = field("type: reference\nmax_items: 3");
        check_faults(&field, json!([LIVE, LIVE]), &["/f/1 duplicate_item"]);
        check_faults(&field, json!([LIVE, "x", null]), &["/f/1 invalid_id", "/f/2 wrong_type"]);
        check_deliver(&field, json!([DEAD, "x", LIVE]), json!([LIVE]), &["/f/0 not_public", "/f/1 unreadable"]);
        check_deliver(&field, json!(null), json!([]), &[]);
        check_present(&field, json!([LIVE, LIVE.to_uppercase(), "x", "y"]), json!([LIVE, "", ""]));
        assert_eq!(references(&field, json!([DEAD, "x"])), [format!("/f/0 entry {DEAD}")]);
        assert_eq!(comparables(&field, json!([DEAD, ""])).len(), 1);
        assert_eq!(count_keys(&field, json!([DEAD, "", LIVE])), 2);
    }

    #[test]
    fn an_entry_of_a_collection_that_is_taken_no_more_is_not_answered() {
        let one = field("type: reference\ncollections: [news]\nmax_items: 1");
        check_deliver(&one, json!(LIVE), json!(null), &["/f does_not_fit"]);
        check_deliver(&one, json!(DEAD), json!(null), &["/f not_public"]);
        let many = field("type: reference\ncollections: [news]");
        check_deliver(&many, json!([DEAD, LIVE]), json!([]), &["/f/0 not_public", "/f/1 does_not_fit"]);
    }

    #[test]
    fn what_stood_there_before_is_accepted_unchanged() {
        let field = field("type: reference\nmax_items: 3");
        let before = json!(["a.jpeg", LIVE]);
        assert_eq!(faults_after(&field, json!([DEAD, "a.jpeg"]), &before), Vec::<String>::new());
        assert_eq!(faults_after(&field, json!(["b.jpeg"]), &before), ["/f/0 invalid_id"]);
        let twice = json!([LIVE, LIVE]);
        assert_eq!(faults_after(&field, twice.clone(), &twice), Vec::<String>::new());
    }

    #[test]
    fn what_was_there_before_has_the_form_and_number_of_today() {
        let [many, one] = [3, 1].map(|max| field(&format!("type: reference\nmax_items: {max}")));
        let list = json!(["a.jpeg", LIVE, DEAD, "b.jpeg"]);
        assert_eq!(faults_after(&many, list.clone(), &list), ["/f too_many_items"]);
        assert_eq!(faults_after(&one, list.clone(), &list), ["/f wrong_type"]);
        assert_eq!(faults_after(&one, json!("a.jpeg"), &list), Vec::<String>::new());
        for other in [json!("a.jpeg"), json!({"any": 1})] {
            assert_eq!(faults_after(&many, other.clone(), &other), ["/f wrong_type"]);
        }
    }
}
