//! Reads documents: checks what somebody wrote, and finds what can be used in what is stored.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use serde_json::{Map, Value, json};

use super::{
    RichTextType,
    attributes::{Attribute, OF_LINKS, PASSED_OVER, attributes_of, is_inner_link},
    normal::{blocks_of, top_level},
    spelling::{MarkKind, NodeKind, Place},
};
use crate::{
    fault::FaultCode,
    field_types::{
        Reading,
        block_kinds::ENABLED,
        rows::{ID, check_id, row_ids},
        text_rules::is_forbidden,
    },
    pointer::Pointer,
};

const VALUES: &str = "values";

/// Checks a document that somebody wrote; the result is in the stored spelling.
pub(super) fn read_doc(field: &RichTextType, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
    let base = reading.base();
    Reader::new(field, Purpose::Check, base).doc(value, reading)
}

/// What can be used in a stored document, whatever is stored: nodes, marks and attributes that are not taken are left out,
/// values of blocks stay as they are. Null where it is no document.
pub(super) fn kept_doc(field: &RichTextType, value: &Value) -> Value {
    let mut faults = Vec::new();
    let mut reading = Reading::new(Pointer::root(), None, &mut faults);
    Reader::new(field, Purpose::Use, None).doc(value, &mut reading).unwrap_or_default()
}

/// What for a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Somebody wrote it.
    Check,
    /// It is stored.
    Use,
}

struct Reader<'a> {
    field: &'a RichTextType,
    purpose: Purpose,
    /// The document before.
    base: Option<&'a Value>,
    /// Addresses in the document before; they may stay, whatever they are.
    known_addresses: OnceCell<HashSet<&'a str>>,
    /// Ids of blocks by their places.
    block_ids: HashMap<usize, String>,
    taken_ids: HashSet<String>,
    nodes: usize,
    chars: usize,
}

impl<'a> Reader<'a> {
    fn new(field: &'a RichTextType, purpose: Purpose, base: Option<&'a Value>) -> Self {
        Self {
            field,
            purpose,
            base,
            known_addresses: OnceCell::new(),
            block_ids: HashMap::new(),
            taken_ids: HashSet::new(),
            nodes: 0,
            chars: 0,
        }
    }

    fn doc(&mut self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let Value::Object(doc) = value else {
            reading.wrong_type("object");
            return None;
        };
        refuse_others(doc, &["type", "content"], reading);
        if doc.get("type").and_then(Value::as_str) != Some("doc") {
            reading.member("type").fault_with(FaultCode::NotAnOption, "allowed", vec!["doc"]);
            return None;
        }
        self.block_ids = ids_of_blocks(value);
        let content = self.content(doc, Place::Document, 0, reading);
        if self.nodes > RichTextType::MAX_NODES {
            reading.fault_with(FaultCode::TooManyItems, "max", RichTextType::MAX_NODES);
        }
        if self.chars > self.field.max_chars {
            reading.fault_with(FaultCode::TooLong, "max", self.field.max_chars);
        }
        Some(json!({"type": "doc", "content": content}))
    }

    fn content(
        &mut self,
        node: &Map<String, Value>,
        place: Place,
        depth: usize,
        reading: &mut Reading<'_>,
    ) -> Vec<Value> {
        let mut read = Vec::new();
        let mut reading = reading.member("content");
        match node.get("content") {
            None | Some(Value::Null) => {}
            Some(Value::Array(nodes)) => {
                for (index, node) in nodes.iter().enumerate() {
                    self.nodes += 1;
                    if self.nodes > RichTextType::MAX_NODES {
                        break;
                    }
                    read.extend(self.node(node, (place, index), depth + 1, &mut reading.item(index)));
                }
            }
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                reading.wrong_type("array")
            }
        }
        read
    }

    fn node(
        &mut self,
        value: &Value,
        (place, index): (Place, usize),
        depth: usize,
        reading: &mut Reading<'_>,
    ) -> Option<Value> {
        if depth > RichTextType::MAX_DEPTH {
            reading.fault_with(FaultCode::TooDeep, "max", RichTextType::MAX_DEPTH);
            return None;
        }
        let Value::Object(node) = value else {
            reading.wrong_type("object");
            return None;
        };
        let kind = self.kind(node, place, reading)?;
        if kind == NodeKind::Block {
            return self.block(node, index, reading);
        }
        let mut read = Map::from_iter([("type".to_owned(), json!(kind.name()))]);
        let mut members = vec!["type"];
        if kind == NodeKind::Text {
            members.push("text");
            read.insert("text".to_owned(), self.text(node.get("text"), &mut reading.member("text"))?);
        } else {
            members.push("attrs");
            let attributes = self.attributes(node.get("attrs"), attributes_of(kind), &mut reading.member("attrs"))?;
            if !attributes.is_empty() {
                read.insert("attrs".to_owned(), Value::Object(attributes));
            }
        }
        if kind.inside() != Place::Nowhere {
            members.push("content");
            let content = self.content(node, kind.inside(), depth, reading);
            if !content.is_empty() {
                read.insert("content".to_owned(), Value::Array(content));
            }
        }
        if place == Place::Line {
            members.push("marks");
            let marks = self.marks(node.get("marks"), &mut reading.member("marks"));
            if !marks.is_empty() {
                read.insert("marks".to_owned(), Value::Array(marks));
            }
        }
        refuse_others(node, &members, reading);
        Some(Value::Object(read))
    }

    fn kind(&self, node: &Map<String, Value>, place: Place, reading: &mut Reading<'_>) -> Option<NodeKind> {
        let mut reading = reading.member("type");
        let Some(name) = node.get("type") else {
            reading.fault(FaultCode::Required);
            return None;
        };
        let Value::String(name) = name else {
            reading.wrong_type("string");
            return None;
        };
        let kind = NodeKind::find(name).filter(|kind| kind.fits(place) && self.takes(*kind));
        if kind.is_none() {
            let allowed = NodeKind::fitting(place).filter(|kind| self.takes(*kind)).map(NodeKind::name);
            reading.fault_with(FaultCode::NotAnOption, "allowed", allowed.collect::<Vec<_>>());
        }
        kind
    }

    fn takes(&self, kind: NodeKind) -> bool {
        match kind {
            NodeKind::Block => !self.field.blocks.0.is_empty(),
            other => !NodeKind::CHOSEN.contains(&other) || self.field.nodes.contains(&other),
        }
    }

    fn text(&mut self, text: Option<&Value>, reading: &mut Reading<'_>) -> Option<Value> {
        let Some(Value::String(text)) = text else {
            reading.wrong_type("string");
            return None;
        };
        if text.is_empty() {
            reading.fault_with(FaultCode::TooShort, "min", 1);
            return None;
        }
        if let Some(character) = text.chars().find(|c| is_forbidden(*c)) {
            reading.fault_with(FaultCode::ForbiddenCharacter, "character", format!("U+{:04X}", u32::from(character)));
            return None;
        }
        self.chars += text.chars().count();
        Some(json!(text))
    }

    /// The marks of a text in their order, each once.
    fn marks(&mut self, marks: Option<&Value>, reading: &mut Reading<'_>) -> Vec<Value> {
        let marks = match marks {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(marks)) => marks,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                reading.wrong_type("array");
                return Vec::new();
            }
        };
        let mut read: Vec<(MarkKind, Value)> = Vec::new();
        for (index, mark) in marks.iter().enumerate() {
            self.nodes += 1;
            if self.nodes > RichTextType::MAX_NODES {
                break;
            }
            let mut reading = reading.item(index);
            let Some((kind, mark)) = self.mark(mark, &mut reading) else { continue };
            if read.iter().any(|(earlier, _)| *earlier == kind) {
                reading.fault(FaultCode::DuplicateItem);
                continue;
            }
            read.push((kind, mark));
        }
        read.sort_by_key(|(kind, _)| *kind);
        read.into_iter().map(|(_, mark)| mark).collect()
    }

    fn mark(&mut self, mark: &Value, reading: &mut Reading<'_>) -> Option<(MarkKind, Value)> {
        let Value::Object(mark) = mark else {
            reading.wrong_type("object");
            return None;
        };
        refuse_others(mark, &["type", "attrs"], reading);
        let name = mark.get("type").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = MarkKind::find(name).filter(|kind| self.field.marks.contains(kind)) else {
            let allowed: Vec<&str> = self.field.marks.iter().map(|mark| mark.name()).collect();
            reading.member("type").fault_with(FaultCode::NotAnOption, "allowed", allowed);
            return None;
        };
        let allowed: &[Attribute] = if kind == MarkKind::Link { OF_LINKS } else { &[] };
        let attributes = self.attributes(mark.get("attrs"), allowed, &mut reading.member("attrs"))?;
        let mut read = json!({"type": kind.name()});
        if !attributes.is_empty() {
            read["attrs"] = Value::Object(attributes);
        }
        Some((kind, read))
    }

    /// The attributes that are kept; `None` where one that is needed is missing or wrong.
    fn attributes(
        &self,
        written: Option<&Value>,
        allowed: &[Attribute],
        reading: &mut Reading<'_>,
    ) -> Option<Map<String, Value>> {
        let mut kept = Map::new();
        let none = Map::new();
        let written = match written {
            None | Some(Value::Null) => &none,
            Some(Value::Object(written)) => written,
            Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                reading.wrong_type("object");
                &none
            }
        };
        for (name, value) in written.iter().filter(|(_, value)| !value.is_null()) {
            let mut reading = reading.member(name);
            match allowed.iter().find(|attribute| attribute.is_named(name)) {
                Some(attribute) if self.keeps(*attribute, value, &mut reading) => {
                    kept.insert(attribute.name().to_owned(), value.clone());
                }
                Some(_) => {}
                None if PASSED_OVER.contains(&name.as_str()) => {}
                None => {
                    let names: Vec<&str> = allowed.iter().map(|attribute| attribute.name()).collect();
                    reading.fault_with(FaultCode::UnknownField, "allowed", names);
                }
            }
        }
        for attribute in
            allowed.iter().filter(|attribute| attribute.is_needed() && !kept.contains_key(attribute.name()))
        {
            if written.get(attribute.name()).is_none_or(Value::is_null) {
                reading.member(attribute.name()).fault(FaultCode::Required);
            }
            return None;
        }
        Some(kept)
    }

    fn keeps(&self, attribute: Attribute, value: &Value, reading: &mut Reading<'_>) -> bool {
        let Err(fault) = attribute.check(value, reading.at()) else { return true };
        let address = value.as_str().filter(|_| matches!(attribute, Attribute::Href | Attribute::Src));
        let stays = match self.purpose {
            Purpose::Check => address.is_some_and(|address| self.is_known(address)),
            // Told as unreadable when it is answered.
            Purpose::Use => address.is_some_and(is_inner_link),
        };
        if !stays {
            reading.tell(fault);
        }
        stays
    }

    fn is_known(&self, address: &str) -> bool {
        self.known_addresses.get_or_init(|| self.base.map(addresses).unwrap_or_default()).contains(address)
    }

    fn block(&mut self, node: &Map<String, Value>, index: usize, reading: &mut Reading<'_>) -> Option<Value> {
        refuse_others(node, &["type", "attrs"], reading);
        let mut reading = reading.member("attrs");
        let Some(Value::Object(attributes)) = node.get("attrs") else {
            reading.wrong_type("object");
            return None;
        };
        refuse_others(attributes, &[ID, ENABLED, VALUES], &mut reading);
        check_id(attributes, &mut self.taken_ids, &mut reading);
        let id = self.block_ids.get(&index).cloned().unwrap_or_default();
        let Some(Value::Object(values)) = attributes.get(VALUES) else {
            reading.member(VALUES).wrong_type("object");
            return None;
        };
        let mut read = Map::from_iter([(ID.to_owned(), json!(id))]);
        match attributes.get(ENABLED) {
            None => {}
            Some(Value::Bool(enabled)) => {
                read.insert(ENABLED.to_owned(), json!(enabled));
            }
            Some(Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_)) => {
                reading.member(ENABLED).wrong_type("boolean");
            }
        }
        let values = match self.purpose {
            Purpose::Use => values.clone(),
            Purpose::Check => self.values(&id, values, &mut reading.member(VALUES))?,
        };
        let own = |name: &str| name == ID || name == ENABLED;
        let values: Map<String, Value> = values.into_iter().filter(|(name, _)| !own(name)).collect();
        read.insert(VALUES.to_owned(), Value::Object(values));
        Some(json!({"type": NodeKind::Block.name(), "attrs": read}))
    }

    fn values(&self, id: &str, values: &Map<String, Value>, reading: &mut Reading<'_>) -> Option<Map<String, Value>> {
        for name in [ID, ENABLED] {
            if values.contains_key(name) {
                reading.member(name).fault_with(FaultCode::UnknownField, "allowed", Vec::<String>::new());
            }
        }
        let before = self.base.map(blocks_of).unwrap_or_default().into_iter().find(|(_, block)| block.id == id);
        let before = before.map(|(_, block)| Value::Object(block.values.clone()));
        self.field.blocks.read(values, &mut reading.based_on(before.as_ref()))
    }
}

/// The ids of the blocks of a document, by their places in it.
fn ids_of_blocks(doc: &Value) -> HashMap<usize, String> {
    let is_block = |node: &Value| super::normal::kind_of(node) == Some(NodeKind::Block);
    let blocks: Vec<(usize, Value)> = top_level(doc)
        .iter()
        .enumerate()
        .filter(|(_, node)| is_block(node))
        .map(|(place, node)| (place, node.get("attrs").cloned().unwrap_or_default()))
        .take(RichTextType::MAX_NODES)
        .collect();
    let attributes: Vec<Value> = blocks.iter().map(|(_, attributes)| attributes.clone()).collect();
    blocks.iter().map(|(place, _)| *place).zip(row_ids(&attributes)).collect()
}

/// All addresses in a document, without recursion.
fn addresses(doc: &Value) -> HashSet<&str> {
    let mut found = HashSet::new();
    let mut waiting = vec![doc];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(text) if name == "href" || name == "src" => {
                            found.insert(text.as_str());
                        }
                        Value::Null
                        | Value::Bool(_)
                        | Value::Number(_)
                        | Value::String(_)
                        | Value::Array(_)
                        | Value::Object(_) => waiting.push(member),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    found
}

/// Tells members that have no meaning here.
fn refuse_others(object: &Map<String, Value>, allowed: &[&str], reading: &mut Reading<'_>) {
    for (name, value) in object {
        let says_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !allowed.contains(&name.as_str())
            && !(says_nothing && matches!(name.as_str(), "attrs" | "content" | "marks"))
        {
            reading.member(name).fault_with(FaultCode::UnknownField, "allowed", allowed.to_vec());
        }
    }
}
