//! A tree of YAML: values with their places.

use serde_json::{Map, Value};

use super::scalars::scalar_to_json;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What stands there.
    pub kind: NodeKind,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// One text.
    Scalar {
        /// The text after quotes and escapes are taken away.
        text: String,
        /// Neither quoted nor a block nor tagged as a string: `12` may be a number, an empty text is "nothing".
        plain: bool,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in their order, duplicate keys included.
    Mapping(Vec<(Node, Node)>),
}

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct YamlError {
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, in English.
    pub message: String,
}

/// How much one text may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the text; also of all scalars together once aliases are put in.
    pub max_bytes: usize,
    /// Lists and mappings within one another.
    pub max_depth: usize,
    /// Nodes, copies for anchors and aliases included.
    pub max_nodes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { max_bytes: 1024 * 1024, max_depth: 64, max_nodes: 100_000 }
    }
}

impl Node {
    /// The text of a scalar, however it is written.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            NodeKind::Scalar { text, plain: _ } => Some(text),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => None,
        }
    }

    /// The items of a list.
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            NodeKind::Sequence(items) => Some(items),
            NodeKind::Scalar { .. } | NodeKind::Mapping(_) => None,
        }
    }

    /// The value as JSON, by the core schema of YAML 1.2.
    ///
    /// # Errors
    /// The first key that is no text or stands twice, and the first number that does not fit.
    pub fn to_json(&self) -> Result<Value, YamlError> {
        let wrong = |node: &Self, message: String| YamlError { line: node.line, column: node.column, message };
        match &self.kind {
            NodeKind::Scalar { text, plain } => {
                scalar_to_json(text, *plain).map_err(|what| wrong(self, what.to_owned()))
            }
            NodeKind::Sequence(items) => items.iter().map(Self::to_json).collect(),
            NodeKind::Mapping(entries) => {
                let mut map = Map::new();
                for (key, value) in entries {
                    let name = key.as_text().ok_or_else(|| wrong(key, "a key is no text".to_owned()))?;
                    if map.insert(name.to_owned(), value.to_json()?).is_some() {
                        return Err(wrong(key, format!("{name} stands twice")));
                    }
                }
                Ok(Value::Object(map))
            }
        }
    }

    /// The keys and values of a mapping.
    pub fn as_mapping(&self) -> Option<&[(Node, Node)]> {
        match &self.kind {
            NodeKind::Mapping(entries) => Some(entries),
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => None,
        }
    }
}

/// An error at a place.
pub(super) fn error(line: usize, column: usize, message: impl Into<String>) -> YamlError {
    YamlError { line, column, message: message.into() }
}
