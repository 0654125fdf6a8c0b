//! Reads documents: checks what somebody wrote, and finds what can be used in what is stored.

use std::{
    cell::OnceCell,
    collections::{HashMap, HashSet},
};

use serde_json::{Map, Value, json};

use super::{
    attributes::attributes_of,
    declared::RichTextType,
    normal::{blocks_of, top_level},
    spelling::{NodeKind, Place},
};
use crate::{
    faults::FaultCode,
    field_types::containers::{ENABLED, ID, check_id, row_ids},
    model::Reading,
    values::{Pointer, is_forbidden},
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
pub(super) enum Purpose {
    /// Somebody wrote it.
    Check,
    /// It is stored.
    Use,
}

pub(super) struct Reader<'a> {
    pub(super) field: &'a RichTextType,
    pub(super) purpose: Purpose,
    /// The document before.
    pub(super) base: Option<&'a Value>,
    /// Addresses in the document before; they may stay, whatever they are.
    pub(super) known_addresses: OnceCell<HashSet<&'a str>>,
    /// Ids of blocks by their places.
    block_ids: HashMap<usize, String>,
    taken_ids: HashSet<String>,
    pub(super) nodes: usize,
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
        if kind == NodeKind::Block {
            return !self.field.blocks.0.is_empty();
        }
        !NodeKind::CHOSEN.contains(&kind) || self.field.nodes.contains(&kind)
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
            reading.forbidden(character);
            return None;
        }
        self.chars += text.chars().count();
        Some(json!(text))
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

/// Tells members that have no meaning here.
pub(super) fn refuse_others(object: &Map<String, Value>, allowed: &[&str], reading: &mut Reading<'_>) {
    for (name, value) in object {
        let is_empty = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        let says_nothing = is_empty && matches!(name.as_str(), "attrs" | "content" | "marks");
        if !says_nothing && !allowed.contains(&name.as_str()) {
            reading.member(name).fault_with(FaultCode::UnknownField, "allowed", allowed.to_vec());
        }
    }
}
