//! From published documents to answered ones: links resolved, what is not public left out.

use serde_json::{Map, Value, json};

use super::{
    declared::RichTextType,
    normal::{as_block, block_pointer, kind_of, top_level},
    present::block_node,
    spelling::NodeKind,
};
use crate::{
    model::{Delivery, ReferenceTarget},
    values::{LinkTarget, Pointer, is_inner_link},
};

/// Answers a document. A text keeps its words where its link leads nowhere; a picture that is not public is left out. Such
/// places are listed for the HTML, where each stands too.
pub(super) fn deliver_doc(field: &RichTextType, doc: &Value, at: &Pointer, delivery: &mut Delivery<'_>) -> Value {
    let mut content = Vec::new();
    for (place, node) in top_level(doc).iter().enumerate() {
        match as_block(node) {
            Some(block) => {
                let values = field.blocks.deliver(block.values, &block_pointer(at, place), delivery);
                content.extend(values.map(|values| block_node(block.id, Value::Object(values))));
            }
            None => content.extend(resolved(node, delivery)),
        }
    }
    json!({"type": "doc", "content": content})
}

/// As deep as the document, which its reader bounds.
fn resolved(node: &Value, delivery: &Delivery<'_>) -> Option<Value> {
    let kind = kind_of(node)?;
    let mut resolved: Map<String, Value> = node.as_object()?.clone();
    if kind == NodeKind::Image {
        let address = address(node, "src", delivery)?;
        set_attribute(&mut resolved, "src", address);
    }
    if let Some(Value::Array(marks)) = node.get("marks") {
        let marks: Vec<Value> = marks.iter().filter_map(|mark| resolved_mark(mark, delivery)).collect();
        if marks.is_empty() {
            resolved.remove("marks")
        } else {
            resolved.insert("marks".to_owned(), Value::Array(marks))
        };
    }
    if let Some(Value::Array(nodes)) = node.get("content") {
        let nodes = nodes.iter().filter_map(|node| self::resolved(node, delivery)).collect();
        resolved.insert("content".to_owned(), nodes);
    }
    Some(Value::Object(resolved))
}

fn resolved_mark(mark: &Value, delivery: &Delivery<'_>) -> Option<Value> {
    if mark.get("type").and_then(Value::as_str) != Some("link") {
        return Some(mark.clone());
    }
    let address = address(mark, "href", delivery)?;
    let mut resolved = mark.as_object()?.clone();
    set_attribute(&mut resolved, "href", address);
    Some(Value::Object(resolved))
}

/// Where the address of a node or mark leads now; `None` where it leads nowhere.
fn address(holder: &Value, name: &str, delivery: &Delivery<'_>) -> Option<String> {
    let written = holder.get("attrs")?.get(name)?.as_str()?;
    let target = match LinkTarget::parse(written) {
        Some(LinkTarget::Entry(id)) => ReferenceTarget::Entry(id),
        Some(LinkTarget::Asset(id)) => ReferenceTarget::Asset(id),
        Some(LinkTarget::Url) | None => return (!is_inner_link(written)).then(|| written.to_owned()),
    };
    delivery.href(target).ok()
}

fn set_attribute(holder: &mut Map<String, Value>, name: &str, value: String) {
    if let Some(Value::Object(attributes)) = holder.get_mut("attrs") {
        attributes.insert(name.to_owned(), Value::String(value));
    }
}
