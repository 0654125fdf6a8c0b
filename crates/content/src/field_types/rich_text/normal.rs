//! Looks at documents: their nodes, their blocks, whether there is anything in them.

use diwan_arabic::is_blank as shows_nothing;
use serde_json::{Map, Value};

use super::{declared::RichTextType, spelling::NodeKind};
use crate::values::Pointer;

/// A block of a stored or presented document.
pub(super) struct Block<'a> {
    /// Its id; empty where it has none.
    pub(super) id: &'a str,
    /// Whether it is shown.
    pub(super) enabled: bool,
    /// Its kind as `type`, and the values of its fields.
    pub(super) values: &'a Map<String, Value>,
}

/// The nodes that stand in the document itself.
pub(super) fn top_level(doc: &Value) -> &[Value] {
    doc.get("content").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The place of the values of a block in its document.
pub(super) fn block_pointer(doc: &Pointer, place: usize) -> Pointer {
    doc.key("content").index(place).key("attrs").key("values")
}

/// The blocks with their places among the nodes of the document.
pub(super) fn blocks_of(doc: &Value) -> Vec<(usize, Block<'_>)> {
    top_level(doc).iter().enumerate().filter_map(|(place, node)| Some((place, as_block(node)?))).collect()
}

/// The node as a block, if it is one.
pub(super) fn as_block(node: &Value) -> Option<Block<'_>> {
    if kind_of(node)? != NodeKind::Block {
        return None;
    }
    let attributes = node.get("attrs")?;
    Some(Block {
        id: attributes.get("id").and_then(Value::as_str).unwrap_or_default(),
        enabled: attributes.get("enabled") != Some(&Value::Bool(false)),
        values: attributes.get("values")?.as_object()?,
    })
}

/// Visits the addresses of links and pictures in a document in any accepted spelling, each with its place, but for those
/// in the values of blocks. Looks at no more nodes and marks than a document may have. As deep as the document, whose depth
/// is bounded before.
pub(super) fn for_each_address<'d>(doc: &'d Value, at: &Pointer, visit: &mut impl FnMut(&'d str, Pointer)) {
    let mut left = RichTextType::MAX_NODES;
    visit_addresses(doc, at, &mut left, visit);
}

fn visit_addresses<'d>(node: &'d Value, at: &Pointer, left: &mut usize, visit: &mut impl FnMut(&'d str, Pointer)) {
    if *left == 0 || kind_of(node) == Some(NodeKind::Block) {
        return;
    }
    *left -= 1;
    for name in ["href", "src"] {
        if let Some(address) = node.get("attrs").and_then(|attributes| attributes.get(name)).and_then(Value::as_str) {
            visit(address, at.key("attrs").key(name));
        }
    }
    for name in ["marks", "content"] {
        let Some(inner) = node.get(name).and_then(Value::as_array) else { continue };
        let at = at.key(name);
        for (place, inner) in inner.iter().enumerate() {
            visit_addresses(inner, &at.index(place), left, visit);
        }
    }
}

/// The kind of a node.
pub(super) fn kind_of(node: &Value) -> Option<NodeKind> {
    NodeKind::find(node.get("type")?.as_str()?)
}

/// Whether a document of accepted nodes shows nothing: no words, pictures, rules or blocks.
pub(super) fn is_blank(field: &RichTextType, node: &Value) -> bool {
    match kind_of(node) {
        Some(NodeKind::Text) => node["text"].as_str().is_none_or(shows_nothing),
        Some(NodeKind::Image | NodeKind::HorizontalRule) => false,
        Some(NodeKind::Block) => {
            as_block(node).is_none_or(|block| !block.enabled || !field.blocks.is_presented(block.values))
        }
        Some(
            NodeKind::Paragraph
            | NodeKind::Heading
            | NodeKind::BulletList
            | NodeKind::OrderedList
            | NodeKind::ListItem
            | NodeKind::Blockquote
            | NodeKind::CodeBlock
            | NodeKind::HardBreak
            | NodeKind::Table
            | NodeKind::TableRow
            | NodeKind::TableHeader
            | NodeKind::TableCell,
        )
        | None => top_level(node).iter().all(|node| is_blank(field, node)),
    }
}
