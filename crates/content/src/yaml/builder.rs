//! The tree as it is built from the events of the parser, within a budget.

use std::collections::HashMap;

use saphyr_parser::{Event, ScalarStyle, Span, Tag};

use super::node::{Budget, Node, NodeKind, YamlError, error};

/// Builds the tree from events without recursion.
#[derive(Default)]
pub(super) struct Builder {
    budget: Budget,
    nodes: usize,
    bytes: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    documents: usize,
}

/// A list or mapping that has begun.
struct Open {
    line: usize,
    column: usize,
    anchor: usize,
    children: Children,
}

enum Children {
    Items(Vec<Node>),
    Entries { done: Vec<(Node, Node)>, key: Option<Node> },
}

impl Builder {
    /// Nothing yet; what is built may cost so much.
    pub(super) fn new(budget: Budget) -> Self {
        Self { budget, ..Self::default() }
    }

    /// The document, if there was one.
    pub(super) fn into_root(self) -> Option<Node> {
        self.root
    }

    /// The next event and where it stands.
    pub(super) fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let (line, column) = (span.start.line().max(1), span.start.col() + 1);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 { Err(error(line, column, "only one document is allowed")) } else { Ok(()) }
            }
            Event::Scalar(text, style, anchor, tag) => {
                let tagged_text = is_text_tag(tag.as_deref()).map_err(|what| error(line, column, what))?;
                let plain = matches!(style, ScalarStyle::Plain) && !tagged_text;
                let node = Node { line, column, kind: NodeKind::Scalar { text: text.into_owned(), plain } };
                self.count(&node, line, column)?;
                self.place(node, anchor)
            }
            Event::Alias(anchor) => {
                let Some(target) = self.anchors.get(&anchor) else {
                    return Err(error(line, column, "the alias stands within its own anchor or names none"));
                };
                let mut node = target.clone();
                (node.line, node.column) = (line, column);
                self.count(&node, line, column)?;
                self.place(node, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(line, column, anchor, tag.as_deref(), Children::Items(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(line, column, anchor, tag.as_deref(), Children::Entries { done: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
        }
    }

    fn begin(
        &mut self,
        line: usize,
        column: usize,
        anchor: usize,
        tag: Option<&Tag>,
        children: Children,
    ) -> Result<(), YamlError> {
        is_text_tag(tag).map_err(|what| error(line, column, what))?;
        self.open.push(Open { line, column, anchor, children });
        self.nodes += 1;
        self.check(line, column, self.open.len())
    }

    fn end(&mut self) -> Result<(), YamlError> {
        let Some(Open { line, column, anchor, children }) = self.open.pop() else { return Ok(()) };
        let kind = match children {
            Children::Items(items) => NodeKind::Sequence(items),
            Children::Entries { done, key: _ } => NodeKind::Mapping(done),
        };
        self.place(Node { line, column, kind }, anchor)
    }

    fn place(&mut self, node: Node, anchor: usize) -> Result<(), YamlError> {
        if anchor > 0 {
            self.count(&node, node.line, node.column)?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut().map(|open| &mut open.children) {
            None => self.root = Some(node),
            Some(Children::Items(items)) => items.push(node),
            Some(Children::Entries { done, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => done.push((key, node)),
            },
        }
        Ok(())
    }

    /// Adds a finished node, alias targets with all that hangs on them, to what was spent.
    fn count(&mut self, node: &Node, line: usize, column: usize) -> Result<(), YamlError> {
        let mut depth = self.open.len();
        let mut level = vec![node];
        while !level.is_empty() {
            let mut next = Vec::new();
            let mut has_container = false;
            for node in level {
                self.nodes += 1;
                match &node.kind {
                    NodeKind::Scalar { text, plain: _ } => self.bytes += text.len(),
                    NodeKind::Sequence(items) => {
                        has_container = true;
                        next.extend(items);
                    }
                    NodeKind::Mapping(entries) => {
                        has_container = true;
                        next.extend(entries.iter().flat_map(|(key, value)| [key, value]));
                    }
                }
            }
            depth += usize::from(has_container);
            self.check(line, column, depth)?;
            level = next;
        }
        Ok(())
    }

    fn check(&self, line: usize, column: usize, depth: usize) -> Result<(), YamlError> {
        let Budget { max_bytes, max_depth, max_nodes } = self.budget;
        if depth > max_depth {
            return Err(error(line, column, format!("is nested deeper than {max_depth} levels")));
        }
        if self.nodes > max_nodes {
            return Err(error(line, column, format!("has more than {max_nodes} values, aliases put in")));
        }
        if self.bytes > max_bytes {
            return Err(error(line, column, format!("has more than {max_bytes} bytes of text, aliases put in")));
        }
        Ok(())
    }
}

/// Whether the tag says "a string"; the other tags of YAML's core change nothing, foreign ones are refused.
fn is_text_tag(tag: Option<&Tag>) -> Result<bool, String> {
    let Some(tag) = tag else { return Ok(false) };
    let core = tag.is_yaml_core_schema() || tag.handle == "!!";
    match tag.suffix.as_str() {
        "str" if core => Ok(true),
        "int" | "float" | "bool" | "null" | "seq" | "map" if core => Ok(false),
        "!" if tag.handle.is_empty() => Ok(true),
        "" if tag.handle == "!" => Ok(true),
        _ => Err(format!("the tag {tag} is not understood")),
    }
}
