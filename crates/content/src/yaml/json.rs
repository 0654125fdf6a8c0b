//! YAML nodes as JSON values, with every mistake at its line.

use serde_json::{Map, Value};

use super::{
    node::{Node, NodeKind},
    problems::{Problems, join},
    scalars::scalar_to_json,
};

/// The value of a node. Mistakes inside are told under `place`, and what is wrong becomes null.
pub(crate) fn to_json(node: &Node, place: &str, problems: &Problems) -> Value {
    match &node.kind {
        NodeKind::Scalar { text, plain } => scalar_to_json(text, *plain).unwrap_or_else(|what| {
            problems.add(node.line, place, what);
            Value::Null
        }),
        NodeKind::Sequence(items) => {
            let item = |(index, item)| to_json(item, &format!("{place}[{index}]"), problems);
            Value::Array(items.iter().enumerate().map(item).collect())
        }
        NodeKind::Mapping(entries) => {
            let mut map = Map::new();
            for (key, value) in entries {
                let Some(name) = key.as_text() else {
                    problems.add(key.line, place, "has a key that is no text");
                    continue;
                };
                let value = to_json(value, &join(place, name), problems);
                if map.insert(name.to_owned(), value).is_some() {
                    problems.add(key.line, join(place, name), "stands twice");
                }
            }
            Value::Object(map)
        }
    }
}
