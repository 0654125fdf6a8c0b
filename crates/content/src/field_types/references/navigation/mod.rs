//! Menus: a small tree of items that lead to entries, assets or URLs.

mod declared;
mod written;

use diwan_arabic::is_blank;
use serde_json::{Map, Value, json};

pub use self::declared::NavigationType;
use self::{
    declared::{ID_FORM, MAX_URL_CHARS, TITLE},
    written::is_href,
};
use crate::{
    faults::{Fault, FaultCode},
    field_types::containers::items_of,
    model::{
        Delivery, FieldKind, Found, Reading, Reference, ReferenceKind, ReferenceTarget, UNREADABLE, UnresolvedReason,
        takes_collection,
    },
    values::{AssetId, EntryId, Handle, Pointer},
    yaml::Keys,
};

/// Where an item leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Reference(ReferenceTarget),
    Url,
    Heading,
}

impl NavigationType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let collections = keys.handles("collections");
        if collections.as_ref().is_some_and(Vec::is_empty) {
            keys.problem("collections", "must name at least one collection; leave it out for all");
        }
        let max_items = keys.count("max_items", 1, Self::MAX_ITEMS).unwrap_or(Self::MAX_ITEMS);
        let max_depth = keys.count("max_depth", 1, Self::MAX_DEPTH).unwrap_or(Self::MAX_DEPTH);
        Self { collections, max_items, max_depth }
    }
}

impl FieldKind for NavigationType {
    fn name(&self) -> &'static str {
        "navigation"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        // What an import brought may name nothing; it has no more items and levels than others.
        if self.is_within_limits(value) && reading.keeps(value) {
            return Some(value.clone());
        }
        written::read(self, value, reading)
    }

    /// What names an entry or asset may leave its title to that.
    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        for (place, item) in items_of(value).iter().enumerate() {
            let (at, text) = (at.index(place), |name: &str| item.get(name).and_then(Value::as_str));
            let borrows_title = text("entry").or(text("asset")).is_some() && text("title").is_none();
            if !borrows_title && text("title").is_none_or(is_blank) {
                faults.push(Fault::new(at.key("title"), FaultCode::Required));
            }
            self.publish_faults(&item["children"], &at.key("children"), faults);
        }
    }

    fn present(&self, value: &Value) -> Value {
        let mut left = Self::MAX_ITEMS;
        Value::Array(present_items(value, 1, &mut left))
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, item) in presented.as_array().into_iter().flatten().enumerate() {
            let at = at.index(place);
            if let Target::Reference(target) = target_of(item) {
                found.references.push(self.reference(at.clone(), target, found.field));
            }
            self.collect_references(&item["children"], &at.key("children"), found);
        }
    }

    /// Each at the member that names it.
    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        for (place, item) in value.as_array().into_iter().flatten().take(Self::MAX_ITEMS).enumerate() {
            let at = at.index(place);
            let text = |name: &str| item.get(name).and_then(Value::as_str);
            let entry = text("entry").and_then(|id| id.parse().ok()).map(ReferenceTarget::Entry);
            let asset = text("asset").and_then(|id| id.parse().ok()).map(ReferenceTarget::Asset);
            for (name, target) in [("entry", entry), ("asset", asset)] {
                found.references.extend(target.map(|target| self.reference(at.key(name), target, found.field)));
            }
            if let Some(children) = item.get("children") {
                self.collect_stored_references(children, &at.key("children"), found);
            }
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        let Some(items) = presented.as_array_mut() else { return };
        let mut kept = Vec::with_capacity(items.len());
        for (place, mut item) in std::mem::take(items).into_iter().enumerate() {
            let at = at.index(place);
            match self.deliver_item(&mut item, delivery) {
                Ok(()) => {
                    self.deliver(&mut item["children"], &at.key("children"), delivery);
                    kept.push(item);
                }
                Err(reason) => delivery.unresolved(at, reason),
            }
        }
        *items = kept;
    }

    fn input_schema(&self) -> Value {
        self.schema(1, |children| {
            // A member that is null says nothing, like one that is not there.
            let mut properties = json!({
                "id": {"type": ["string", "null"], "pattern": ID_FORM},
                "title": {"type": ["string", "null"], "maxLength": TITLE.max_chars},
                "entry": {"type": ["string", "null"], "format": "uuid"},
                "asset": {"type": ["string", "null"], "format": "uuid"},
                "url": {"type": ["string", "null"], "maxLength": MAX_URL_CHARS, "pattern": "^(/|[hH][tT][tT][pP][sS]?://|[mM][aA][iI][lL][tT][oO]:|[tT][eE][lL]:)"},
                "new_tab": {"type": ["boolean", "null"]},
            });
            if let Some(mut children) = children {
                children["type"] = json!(["array", "null"]);
                properties["children"] = children;
            }
            json!({"type": "object", "properties": properties, "additionalProperties": false})
        })
    }

    fn answer_schema(&self) -> Value {
        self.schema(1, |children| {
            let none = json!({"type": "array", "items": {"type": "object"}, "maxItems": 0});
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "title": {"type": "string"},
                    "kind": {"type": "string", "enum": ["entry", "asset", "url", "heading"]},
                    "href": {"type": ["string", "null"]},
                    "target": {"type": ["string", "null"], "format": "uuid"},
                    "path": {"type": ["string", "null"]},
                    "new_tab": {"type": "boolean"},
                    "children": children.unwrap_or(none),
                },
                "required": ["id", "title", "kind", "href", "target", "path", "new_tab", "children"],
                "additionalProperties": false,
            })
        })
    }

    fn describe(&self) -> Map<String, Value> {
        let mut described = Map::from_iter([
            ("max_items".to_owned(), json!(self.max_items)),
            ("max_depth".to_owned(), json!(self.max_depth)),
        ]);
        if let Some(collections) = &self.collections {
            described.insert("collections".to_owned(), json!(collections));
        }
        described
    }
}

impl NavigationType {
    fn is_within_limits(&self, menu: &Value) -> bool {
        let mut level: Vec<&Value> = menu.as_array().into_iter().flatten().collect();
        let mut items = 0;
        for _ in 0..self.max_depth {
            items += level.len();
            let children = level.iter().filter_map(|item| item.get("children")?.as_array());
            level = children.flatten().collect();
        }
        level.is_empty() && items <= self.max_items
    }

    fn reference(&self, pointer: Pointer, target: ReferenceTarget, field: &Handle) -> Reference {
        let (collections, kind) = (self.collections.clone(), ReferenceKind::Link);
        Reference { pointer, field: field.clone(), target, collections, accept: None, kind }
    }

    /// Title and place as they are public now.
    fn deliver_item(&self, item: &mut Value, delivery: &Delivery<'_>) -> Result<(), UnresolvedReason> {
        if !item.is_object() {
            return Err(UnresolvedReason::Unreadable);
        }
        let (title, href, path) = match target_of(item) {
            Target::Url | Target::Heading => return Ok(()),
            Target::Reference(ReferenceTarget::Entry(id)) => {
                let entry = delivery.lookup.entry(id).ok_or(UnresolvedReason::NotPublic)?;
                if !takes_collection(self.collections.as_deref(), entry.collection) {
                    return Err(UnresolvedReason::DoesNotFit);
                }
                if !entry.in_locale {
                    return Err(UnresolvedReason::NotInLocale);
                }
                let path = entry.path.map(ToString::to_string);
                (entry.title.to_owned(), path.clone(), path)
            }
            Target::Reference(ReferenceTarget::Asset(id)) => {
                let asset = delivery.lookup.asset(id).ok_or(UnresolvedReason::NotPublic)?;
                (asset.name.to_owned(), Some(asset.url.to_owned()), None)
            }
        };
        if item["title"].is_null() {
            item["title"] = json!(title);
        }
        item["href"] = json!(href);
        item["path"] = json!(path);
        Ok(())
    }

    /// The schema of one level of items, made with that of the level below.
    fn schema(&self, depth: usize, item: fn(Option<Value>) -> Value) -> Value {
        let below = (depth < self.max_depth).then(|| self.schema(depth + 1, item));
        json!({"type": "array", "maxItems": self.max_items, "items": item(below)})
    }
}

/// As deep and as many as any blueprint allows, whatever is stored.
fn present_items(value: &Value, depth: usize, left: &mut usize) -> Vec<Value> {
    let mut presented = Vec::new();
    if depth > NavigationType::MAX_DEPTH {
        return presented;
    }
    for item in value.as_array().into_iter().flatten() {
        if *left == 0 {
            break;
        }
        *left -= 1;
        presented.push(present_item(item, depth, left).unwrap_or_else(|| json!(UNREADABLE)));
    }
    presented
}

/// The published form; `None` for what was stored under another blueprint and is no item.
fn present_item(item: &Value, depth: usize, left: &mut usize) -> Option<Value> {
    let id = item.get("id")?.as_str()?;
    let title = item.get("title").and_then(Value::as_str);
    let entry = item.get("entry").and_then(Value::as_str);
    let asset = item.get("asset").and_then(Value::as_str);
    let url = item.get("url").and_then(Value::as_str);
    let (kind, target) = match (entry, asset, url) {
        (Some(entry), _, _) => ("entry", Some(entry.parse::<EntryId>().ok()?.to_string())),
        (None, Some(asset), _) => ("asset", Some(asset.parse::<AssetId>().ok()?.to_string())),
        (None, None, Some(url)) if is_href(url) => ("url", None),
        (None, None, Some(_)) => return None,
        (None, None, None) => ("heading", None),
    };
    if title.is_none() && target.is_none() {
        return None;
    }
    Some(json!({
        "id": id,
        "title": title,
        "kind": kind,
        "href": url.filter(|_| kind == "url"),
        "target": target,
        "path": null,
        "new_tab": item.get("new_tab").and_then(Value::as_bool).unwrap_or(false),
        "children": present_items(&item["children"], depth + 1, left),
    }))
}

/// Where a presented item leads.
fn target_of(item: &Value) -> Target {
    let id = item["target"].as_str().unwrap_or_default();
    let entry = || id.parse().ok().map(ReferenceTarget::Entry);
    let asset = || id.parse().ok().map(ReferenceTarget::Asset);
    match item["kind"].as_str() {
        Some("entry") => entry().map_or(Target::Heading, Target::Reference),
        Some("asset") => asset().map_or(Target::Heading, Target::Reference),
        Some("url") => Target::Url,
        _ => Target::Heading,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, values::Pointer};

    const LIVE: &str = "6c5a7ac3-546c-4172-947a-231133096268";
    const DEAD: &str = "6c5a7ac3-546c-4172-947a-23113309626f";
    const ASSET: &str = "0b0f8d5e-6a8c-4a53-9a5e-0e0c7d2b9f11";

    #[test]
    fn an_item_of_a_collection_that_is_taken_no_more_is_left_out() {
        let field = field("type: navigation\ncollections: [news]");
        let written = json!([
            { "id": "a", "entry": LIVE, "children": [{ "id": "b", "title": "بحث", "url": "/search" }] },
            { "id": "c", "title": "روابط" },
        ]);
        let answered = json!([
            { "id": "c", "title": "روابط", "kind": "heading", "href": null, "target": null, "path": null, "new_tab": false,
              "children": [] },
        ]);
        check_deliver(&field, written, answered, &["/f/0 does_not_fit"]);
    }

    #[test]
    fn a_member_that_is_null_says_nothing() {
        let field = field("type: navigation");
        let nothing = json!({ "id": null, "title": null, "entry": null, "asset": null, "url": null, "new_tab": null, "children": null });
        let mut written = json!([{ "id": "a", "title": "أ" }]);
        for (name, value) in nothing.as_object().unwrap() {
            written[0].as_object_mut().unwrap().entry(name.as_str()).or_insert(value.clone());
        }
        check_read(&field, written.clone(), json!([{ "id": "a", "title": "أ" }]));
        written[0]["id"] = json!(null);
        let mut faults = Vec::new();
        let read = field.read(&written, None, Pointer::root(), &mut faults).unwrap();
        assert_eq!((read[0]["title"].as_str(), faults), (Some("أ"), Vec::new()));
        let schema = jsonschema::validator_for(&field.kind().input_schema()).unwrap();
        assert!(schema.is_valid(&json!([nothing])) && schema.is_valid(&written));
    }

    #[test]
    fn items_are_answered_with_title_and_place() {
        let field = field("type: navigation");
        let written = json!([
            { "id": "a", "entry": LIVE, "children": [{ "id": "b", "title": "ملف", "asset": ASSET, "new_tab": true }] },
            { "id": "c", "title": "روابط", "children": [{ "id": "d", "title": "بحث", "url": "/search" }] },
        ]);
        check_read(&field, written.clone(), written.clone());
        let answered = json!([
            { "id": "a", "title": "الموازنة", "kind": "entry", "href": "/department/الموازنة", "target": LIVE,
              "path": "/department/الموازنة", "new_tab": false, "children": [
                { "id": "b", "title": "ملف", "kind": "asset", "href": "/v1/assets/a/file", "target": ASSET, "path": null,
                  "new_tab": true, "children": [] }] },
            { "id": "c", "title": "روابط", "kind": "heading", "href": null, "target": null, "path": null, "new_tab": false,
              "children": [
                { "id": "d", "title": "بحث", "kind": "url", "href": "/search", "target": null, "path": null,
                  "new_tab": false, "children": [] }] },
        ]);
        check_deliver(&field, written.clone(), answered, &[]);
        check_deliver(&field, json!(null), json!([]), &[]);
        assert_eq!(
            references(&field, written),
            [format!("/f/0 entry {LIVE}"), format!("/f/0/children/0 asset {ASSET}")]
        );
    }

    #[test]
    fn what_is_not_public_is_left_out_with_all_below_it() {
        let field = field("type: navigation");
        let written = json!([
            { "id": "a", "title": "غائب", "entry": DEAD, "children": [{ "id": "b", "entry": LIVE }] },
            { "id": "c", "title": "باقٍ", "children": [{ "id": "d", "entry": DEAD }, { "id": "e", "entry": LIVE }] },
            "was stored under another blueprint",
        ]);
        let kept = json!([{ "id": "c", "title": "باقٍ", "kind": "heading", "href": null, "target": null, "path": null,
            "new_tab": false, "children": [
                { "id": "e", "title": "الموازنة", "kind": "entry", "href": "/department/الموازنة", "target": LIVE,
                  "path": "/department/الموازنة", "new_tab": false, "children": [] }] }]);
        let listed = ["/f/0 not_public", "/f/1/children/0 not_public", "/f/2 unreadable"];
        check_deliver(&field, written, kept, &listed);
    }

    #[test]
    fn every_mistake_is_told_at_its_place() {
        let field = field("type: navigation\nmax_depth: 2\nmax_items: 5");
        check_faults(&field, json!({}), &["/f wrong_type"]);
        check_faults(&field, json!([1, {}]), &["/f/0 wrong_type"]);
        let untitled = json!([{ "id": "a", "entry": LIVE, "children": [{ "id": "b", "url": "/x" }] }, { "id": "c", "title": " " }]);
        check_read(&field, untitled.clone(), untitled.clone());
        assert_eq!(publish_faults_of(&field, untitled), ["/f/0/children/0/title required", "/f/1/title required"]);
        check_faults(
            &field,
            json!([{ "id": "a b", "title": "", "entry": "x", "url": "/x", "colour": 1, "new_tab": "yes" }]),
            &[
                "/f/0/colour unknown_field",
                "/f/0/id pattern_mismatch",
                "/f/0/url not_allowed_here",
                "/f/0/entry invalid_id",
                "/f/0/new_tab wrong_type",
            ],
        );
        check_faults(
            &field,
            json!([{ "id": "a", "title": "أ", "children": [{ "id": "a", "title": "ب", "children": [{ "title": "ج" }] }] }]),
            &["/f/0/children/0/id duplicate_item", "/f/0/children/0/children too_deep"],
        );
        check_faults(&field, json!(vec![json!({ "title": "أ" }); 6]), &["/f too_many_items"]);
        for bad in [
            "javascript:alert(1)",
            "//evil.example",
            "entry:x",
            "search",
            "/a b",
            "/a\\b",
            "data:text/html,x",
            "https://",
        ] {
            check_faults(&field, json!([{ "title": "أ", "url": bad }]), &["/f/0/url invalid_href"]);
        }
        check_problem("type: navigation\nmax_depth: 5", "must be a whole number from 1 to 4");
        check_problem("type: navigation\ncollections: []", "must name at least one collection; leave it out for all");
    }

    #[test]
    fn what_was_there_before_has_no_more_items_and_levels_than_today() {
        let menu = json!([{ "id": "a", "title": "أ", "url": "old.md", "children": [{ "id": "b", "title": "ب" }] }]);
        let faults = |limits: &str| faults_after(&field(&format!("type: navigation\n{limits}")), menu.clone(), &menu);
        assert_eq!(faults("max_depth: 2\nmax_items: 2"), [""; 0]);
        assert_eq!(faults("max_depth: 1"), ["/f/0/url invalid_href", "/f/0/children too_deep"]);
        assert_eq!(faults("max_items: 1").last().unwrap(), "/f too_many_items");
    }

    #[test]
    fn an_item_without_an_id_gets_a_lasting_one_of_its_own() {
        let field = field("type: navigation");
        let read = |value: serde_json::Value| {
            let mut faults = Vec::new();
            let read = field.read(&value, None, crate::values::Pointer::root(), &mut faults).unwrap();
            assert_eq!(short_faults(&faults), Vec::<String>::new());
            read
        };
        let once = read(json!([{ "title": "أ" }, { "title": "أ" }, { "title": "ب" }]));
        let ids: std::collections::BTreeSet<&str> =
            once.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(read(once.clone()), once);
        // One more like it, in front of it, takes no id that is taken.
        let more = read(json!([{ "title": "أ" }, once[0]]));
        assert_eq!(more[1], once[0]);
        assert_ne!(more[0]["id"], once[0]["id"]);
    }
}
