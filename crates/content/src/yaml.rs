//! YAML as a tree whose nodes know their line and whether they were quoted, read within a budget.
//!
//! Decides nothing about what a scalar means: blueprints follow YAML 1.2, files of other systems follow other rules, so
//! each reader looks at the text and at [`NodeKind::Scalar::plain`]. Duplicate keys and merge keys (`<<`) are kept as they
//! stand. Anchors and aliases are put in; what they add counts against the budget.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use serde_json::{Map, Value};

use crate::loading::scalar_to_json;

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

/// Reads one document. An empty one is a plain empty scalar.
pub fn parse(text: &str, budget: &Budget) -> Result<Node, YamlError> {
    if text.len() > budget.max_bytes {
        return Err(YamlError { line: 1, column: 1, message: format!("is longer than {} bytes", budget.max_bytes) });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_control_characters(text)?;
    let mut builder = Builder { budget: *budget, ..Builder::default() };
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_error(&error))?;
        builder.take(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node { line: 1, column: 1, kind: empty() }))
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

/// Builds the tree from events without recursion.
#[derive(Default)]
struct Builder {
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
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
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

/// YAML allows no control characters, and the scanner would take NUL for the end of the text.
fn refuse_control_characters(text: &str) -> Result<(), YamlError> {
    for (index, line) in text.split('\n').enumerate() {
        let found = line.chars().position(|c| c.is_control() && !matches!(c, '\t' | '\r' | '\u{85}'));
        if let Some(place) = found {
            return Err(error(index + 1, place + 1, "control characters are not allowed"));
        }
    }
    Ok(())
}

fn empty() -> NodeKind {
    NodeKind::Scalar { text: String::new(), plain: true }
}

fn error(line: usize, column: usize, message: impl Into<String>) -> YamlError {
    YamlError { line, column, message: message.into() }
}

fn scan_error(error: &ScanError) -> YamlError {
    let marker = error.marker();
    YamlError { line: marker.line().max(1), column: marker.col() + 1, message: format!("is no YAML: {}", error.info()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree in short: `'quoted'`, plain, `[…]`, `{…}`.
    fn short(node: &Node) -> String {
        match &node.kind {
            NodeKind::Scalar { text, plain: true } => text.clone(),
            NodeKind::Scalar { text, plain: false } => format!("'{text}'"),
            NodeKind::Sequence(items) => format!("[{}]", items.iter().map(short).collect::<Vec<_>>().join(" ")),
            NodeKind::Mapping(entries) => {
                format!(
                    "{{{}}}",
                    entries.iter().map(|(k, v)| format!("{}: {}", short(k), short(v))).collect::<Vec<_>>().join(" ")
                )
            }
        }
    }

    fn read(text: &str) -> String {
        match parse(text, &Budget::default()) {
            Ok(node) => short(&node),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_tree_keeps_order_quotes_and_duplicates() {
        let cases = [
            ("", ""),
            ("# nothing\n", ""),
            ("\u{feff}a: 1", "{a: 1}"),
            ("---\na: 1\n", "{a: 1}"),
            ("a: 'b'\nc: \"d\\n\"\ne: !!str 12", "{a: 'b' c: 'd\n' e: '12'}"),
            ("a: 1\na: 2", "{a: 1 a: 2}"),
            ("a:\nb: |\n  x\n  y\n", "{a:  b: 'x\ny\n'}"),
            ("- [1, {x: y}]\n-\n- ~", "[[1 {x: y}]  ~]"),
            ("a: &x [1]\nb: *x\n<<: {c: d}", "{a: [1] b: [1] <<: {c: d}}"),
            ("عنوان: الموازنة العامة", "{عنوان: الموازنة العامة}"),
        ];
        for (text, tree) in cases {
            assert_eq!(read(text), tree, "{text}");
        }
    }

    #[test]
    fn nodes_know_their_place() {
        let node = parse("a: 1\nب:\n  - x\n  - {y: z}\n", &Budget::default()).unwrap();
        let entries = node.as_mapping().unwrap();
        assert_eq!((entries[1].0.line, entries[1].0.column), (2, 1));
        let items = entries[1].1.as_sequence().unwrap();
        assert_eq!((items[1].line, items[1].column), (4, 5));
    }

    #[test]
    fn what_is_no_single_harmless_document_is_refused_with_its_place() {
        let cases = [
            ("a: 1\n---\nb: 2\n", "2:1: only one document is allowed"),
            ("a: b\0c", "1:5: control characters are not allowed"),
            ("a: 1\nb: !php/object x", "2:4: the tag !php/object is not understood"),
            ("a: &x [*x]", "1:8: the alias stands within its own anchor or names none"),
        ];
        for (text, message) in cases {
            assert_eq!(read(text), message, "{text}");
        }
        for broken in ["a: [1", "a: 'b", "a: b: c", "\tx: 1\n y", "*nobody", "{a: 1]", "a\n b: c", "%YAML 9\n"] {
            let message = read(broken);
            assert!(message.contains(": is no YAML: "), "{broken}: {message}");
        }
    }

    #[test]
    fn bombs_end_at_the_budget() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let alias = format!("*a{}", n - 1);
            bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![alias; 10].join(", ")));
        }
        assert!(read(&bomb).ends_with("has more than 100000 values, aliases put in"));
        let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(50_000), vec!["*a"; 50].join(", "));
        assert!(read(&long).ends_with("has more than 1048576 bytes of text, aliases put in"));
        assert!(read(&"- ".repeat(100)).ends_with("is nested deeper than 64 levels"));
        assert!(
            read(&"[".repeat(100_000)).contains("nested deeper") || read(&"[".repeat(100_000)).contains("is no YAML")
        );
        assert!(read(&"{a: ".repeat(300_000)).ends_with("is longer than 1048576 bytes"));
        let mut tower = "a0: &a0 [x]\n".to_owned();
        for n in 1..80 {
            tower.push_str(&format!("a{n}: &a{n} [*a{}]\n", n - 1));
        }
        assert!(read(&tower).ends_with("is nested deeper than 64 levels"));
    }
}
