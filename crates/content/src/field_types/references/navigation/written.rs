//! From what an editor writes to a menu as it is stored: ids, titles, targets, with every mistake at its place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::declared::{ID_FORM, MAX_URL_CHARS, NavigationType, TITLE};
use crate::{
    faults::FaultCode,
    model::Reading,
    values::{AssetId, ContentHash, EntryId, LinkTarget, is_relative},
};

const MEMBERS: [&str; 7] = ["id", "title", "entry", "asset", "url", "new_tab", "children"];
const TARGETS: [&str; 3] = ["entry", "asset", "url"];

/// Reads a whole menu.
pub(super) fn read(rules: &NavigationType, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
    let mut walk = Walk { rules, ids: BTreeSet::new(), seen: BTreeSet::new(), items: 0 };
    walk.gather_ids(value, 1);
    let read = walk.read_items(value, reading, 1);
    if walk.items > rules.max_items {
        reading.fault_with(FaultCode::TooManyItems, "max", rules.max_items);
        return None;
    }
    read
}

/// What is known while items are read.
struct Walk<'a> {
    rules: &'a NavigationType,
    /// Ids that were written, so that none is made that stands elsewhere.
    ids: BTreeSet<String>,
    /// Ids so far.
    seen: BTreeSet<String>,
    /// Items so far.
    items: usize,
}

impl Walk<'_> {
    fn gather_ids(&mut self, value: &Value, depth: usize) {
        if depth > NavigationType::MAX_DEPTH {
            return;
        }
        for item in value.as_array().into_iter().flatten().take(NavigationType::MAX_ITEMS) {
            self.ids.extend(item.get("id").and_then(Value::as_str).map(str::to_owned));
            self.gather_ids(&item["children"], depth + 1);
        }
    }

    fn read_items(&mut self, value: &Value, reading: &mut Reading<'_>, depth: usize) -> Option<Value> {
        let Value::Array(items) = value else {
            reading.wrong_type("array");
            return None;
        };
        if depth > self.rules.max_depth && !items.is_empty() {
            reading.fault_with(FaultCode::TooDeep, "max", self.rules.max_depth);
            return None;
        }
        let mut read = Vec::with_capacity(items.len().min(self.rules.max_items));
        for (place, item) in items.iter().enumerate() {
            self.items += 1;
            if self.items > self.rules.max_items {
                break;
            }
            read.extend(self.read_item(item, &mut reading.item(place), depth));
        }
        Some(Value::Array(read))
    }

    fn read_item(&mut self, value: &Value, reading: &mut Reading<'_>, depth: usize) -> Option<Value> {
        let Value::Object(written) = value else {
            reading.wrong_type("object");
            return None;
        };
        for name in written.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
            reading.member(name).fault_with(FaultCode::UnknownField, "allowed", MEMBERS.to_vec());
        }
        let find = |name: &str| written.get(name).filter(|value| !value.is_null());
        let mut item = Map::from_iter([("id".to_owned(), self.id(find("id"), value, reading))]);
        if let Some(title) = find("title") {
            let title = TITLE.read(title, &mut reading.member("title"));
            item.extend(title.map(|title| ("title".to_owned(), title)));
        }
        let mut targets = TARGETS.iter().filter_map(|name| find(name).map(|value| (*name, value)));
        let target = targets.next();
        for (other, _) in targets {
            reading.member(other).fault_with(FaultCode::NotAllowedHere, "beside", vec![target.map(|(name, _)| name)]);
        }
        if let Some((name, target)) = target {
            let target = read_target(name, target, &mut reading.member(name));
            item.extend(target.map(|target| (name.to_owned(), target)));
        }
        match find("new_tab") {
            None | Some(Value::Bool(false)) => {}
            Some(Value::Bool(true)) => {
                item.insert("new_tab".to_owned(), json!(true));
            }
            Some(_) => reading.member("new_tab").wrong_type("boolean"),
        }
        if let Some(children) = find("children") {
            let children = self.read_items(children, &mut reading.member("children"), depth + 1);
            let children = children.filter(|children| children.as_array().is_some_and(|items| !items.is_empty()));
            item.extend(children.map(|children| ("children".to_owned(), children)));
        }
        Some(Value::Object(item))
    }

    /// The id as written, or one made of what the item holds: the same for the same item.
    fn id(&mut self, written: Option<&Value>, item: &Value, reading: &mut Reading<'_>) -> Value {
        let Some(written) = written else { return json!(self.made_id(item)) };
        let mut reading = reading.member("id");
        let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        match written.as_str() {
            None => reading.wrong_type("string"),
            Some(id) if id.is_empty() || id.len() > 64 || !id.chars().all(is_id) => {
                reading.fault_with(FaultCode::PatternMismatch, "pattern", ID_FORM);
            }
            Some(id) if !self.seen.insert(id.to_owned()) => reading.fault(FaultCode::DuplicateItem),
            Some(_) => {}
        }
        written.clone()
    }

    fn made_id(&mut self, item: &Value) -> String {
        let text = item.to_string();
        let mut number: u64 = 0;
        loop {
            let hash = ContentHash::of_parts(&[b"navigation item", text.as_bytes(), &number.to_be_bytes()]).to_string();
            let id: String = hash.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
            if !self.ids.contains(&id) && self.seen.insert(id.clone()) {
                return id;
            }
            number += 1;
        }
    }
}

fn read_target(name: &str, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
    let Some(text) = value.as_str() else {
        reading.wrong_type("string");
        return None;
    };
    let fault = match name {
        "entry" if text.parse::<EntryId>().is_err() => Some(FaultCode::InvalidId),
        "asset" if text.parse::<AssetId>().is_err() => Some(FaultCode::InvalidId),
        "url" if !is_href(text) => Some(FaultCode::InvalidHref),
        _ => None,
    };
    match fault {
        Some(code) => {
            reading.fault(code);
            None
        }
        None => Some(value.clone()),
    }
}

/// A URL, or a path of the site itself that no entry has (`/search`).
pub(super) fn is_href(text: &str) -> bool {
    if text.chars().count() > MAX_URL_CHARS {
        return false;
    }
    text.starts_with('/') && is_relative(text) || LinkTarget::parse(text) == Some(LinkTarget::Url)
}
