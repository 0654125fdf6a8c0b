//! YAML as a tree whose nodes know their line and whether they were quoted, read within a budget.
//!
//! Decides nothing about what a scalar means: blueprints follow YAML 1.2, files of other systems follow other rules, so
//! each reader looks at the text and at [`NodeKind::Scalar::plain`]. Duplicate keys and merge keys (`<<`) are kept as they
//! stand. Anchors and aliases are put in; what they add counts against the budget.

use saphyr_parser::{Parser, ScanError, StrInput};

use super::{
    builder::Builder,
    node::{Budget, Node, NodeKind, YamlError, error},
};

/// Reads one document. An empty one is a plain empty scalar.
pub fn parse(text: &str, budget: &Budget) -> Result<Node, YamlError> {
    if text.len() > budget.max_bytes {
        return Err(YamlError { line: 1, column: 1, message: format!("is longer than {} bytes", budget.max_bytes) });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    refuse_control_characters(text)?;
    let mut builder = Builder::new(*budget);
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_error(&error))?;
        builder.take(event, span)?;
    }
    Ok(builder.into_root().unwrap_or(Node { line: 1, column: 1, kind: empty() }))
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
