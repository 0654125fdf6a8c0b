//! From what is kept of a stored document to what is published of it.

use serde_json::{Value, json};

use super::{
    declared::RichTextType,
    normal::{as_block, top_level},
    spelling::NodeKind,
};

/// The document with its blocks in their published form; blocks that are not shown are left out.
pub(super) fn present_doc(field: &RichTextType, doc: &Value) -> Value {
    let mut content = Vec::new();
    for node in top_level(doc) {
        let Some(block) = as_block(node) else {
            content.push(node.clone());
            continue;
        };
        let values = field.blocks.present(block.values).filter(|_| block.enabled);
        content.extend(values.map(|values| block_node(block.id, Value::Object(values))));
    }
    json!({"type": "doc", "content": content})
}

/// A block as it is published and answered.
pub(super) fn block_node(id: &str, values: Value) -> Value {
    json!({"type": NodeKind::Block.name(), "attrs": {"id": id, "values": values}})
}
