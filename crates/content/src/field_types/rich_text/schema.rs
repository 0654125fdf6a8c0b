//! JSON Schemas of documents. Nodes of the document itself are told by kind; what stands deeper is an object.

use serde_json::{Map, Value, json};

use super::{
    declared::RichTextType,
    spelling::{NodeKind, Place},
};
use crate::field_types::containers::closed_object;

/// Schema of a document that is written, in any accepted spelling.
pub(super) fn input_schema(field: &RichTextType) -> Value {
    let names: Vec<&str> = top_level_kinds(field).flat_map(|kind| kind.names().iter().copied()).collect();
    let list = json!({"type": ["array", "null"], "items": {"type": "object"}});
    let nothing = json!({"type": ["array", "null"], "items": {}, "maxItems": 0});
    let node = closed(
        [
            ("type", json!({"type": "string", "enum": names})),
            ("attrs", json!({"type": ["object", "null"]})),
            ("content", list),
            ("marks", nothing.clone()),
        ],
        &["type"],
    );
    let block = closed(
        [
            ("type", json!({"type": "string", "enum": NodeKind::Block.names()})),
            (
                "attrs",
                closed(
                    [
                        ("id", json!({"type": "string"})),
                        ("enabled", json!({"type": "boolean"})),
                        ("values", field.blocks.input_schema(false)),
                    ],
                    &["values"],
                ),
            ),
            ("content", nothing.clone()),
            ("marks", nothing.clone()),
        ],
        &["type", "attrs"],
    );
    let items = one_of(field, node, block);
    closed(
        [
            ("type", json!({"type": "string", "const": "doc"})),
            ("content", json!({"type": ["array", "null"], "items": items})),
            ("attrs", nothing.clone()),
            ("marks", nothing),
        ],
        &["type"],
    )
}

/// Schema of what is answered: the HTML and the document. A node has only those members that say something.
pub(super) fn answer_schema(field: &RichTextType) -> Value {
    let names: Vec<&str> = top_level_kinds(field).map(NodeKind::name).collect();
    let node = closed(
        [
            ("type", json!({"type": "string", "enum": names})),
            ("attrs", json!({"type": "object"})),
            ("content", json!({"type": "array", "items": {"type": "object"}})),
        ],
        &["type"],
    );
    let attributes =
        closed([("id", json!({"type": "string"})), ("values", field.blocks.answer_schema(false))], &["id", "values"]);
    let block = closed(
        [("type", json!({"type": "string", "const": NodeKind::Block.name()})), ("attrs", attributes)],
        &["type", "attrs"],
    );
    let content = json!({"type": "array", "items": one_of(field, node, block)});
    let doc = closed([("type", json!({"type": "string", "const": "doc"})), ("content", content)], &["type", "content"]);
    closed([("html", json!({"type": "string"})), ("doc", doc)], &["html", "doc"])
}

fn one_of(field: &RichTextType, node: Value, block: Value) -> Value {
    if field.blocks.0.is_empty() { node } else { json!({"oneOf": [node, block]}) }
}

fn top_level_kinds(field: &RichTextType) -> impl Iterator<Item = NodeKind> {
    let may_stand = |kind: &NodeKind| *kind == NodeKind::Paragraph || field.nodes.contains(kind);
    NodeKind::fitting(Place::Document).filter(move |kind| may_stand(kind))
}

fn closed<const N: usize>(properties: [(&str, Value); N], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        properties.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    Value::Object(closed_object(properties, required))
}
