//! Documents of rich text out of any bytes.

use serde_json::{Map, Value, json};

/// Deeper than any document may be.
const MAX_DEPTH: usize = 64;
const NODES: [&str; 16] = [
    "paragraph",
    "heading",
    "blockquote",
    "bulletList",
    "orderedList",
    "listItem",
    "codeBlock",
    "image",
    "table",
    "tableRow",
    "tableHeader",
    "tableCell",
    "hardBreak",
    "horizontalRule",
    "block",
    "script",
];
const TEXTS: [&str; 4] = ["نص", "<script>x</script>", "\" onload=x &amp;", "a\u{0}\u{202e}b"];
const ADDRESSES: [&str; 4] = [
    "https://gov.example/a?b=1&c=2",
    "entry:cf05fd7c-0367-4741-bdfc-12ec4cec803f",
    "asset:cf05fd7c-0367-4741-bdfc-12ec4cec803f",
    "java\tscript:alert(\"<1>\")",
];
const MARKS: [&str; 4] = ["bold", "code", "link", "superscript"];

/// A document of which each byte says what comes next: a node that opens, one that closes, a text, a text with a mark.
pub(super) fn spelt_document(bytes: &[u8]) -> Value {
    let mut open = vec![Node { node: json!({ "type": "doc" }), content: Vec::new() }];
    for (place, byte) in bytes.iter().copied().enumerate() {
        let (low, high) = (usize::from(byte % 16), usize::from(byte / 16 % 4));
        match byte {
            0..=0x3F if open.len() > MAX_DEPTH => {}
            0..=0x3F => open.push(Node { node: opened(NODES[low], high, place), content: Vec::new() }),
            0x40..=0x7F if open.len() > 1 => close(&mut open),
            0x40..=0x7F => {}
            0x80..=0xFF => {
                let mut text = json!({ "type": "text", "text": TEXTS[low % 4] });
                if byte >= 0xC0 {
                    text["marks"] = json!([mark(MARKS[low / 4], ADDRESSES[high])]);
                }
                if let Some(parent) = open.last_mut() {
                    parent.content.push(text);
                }
            }
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop().map_or(Value::Null, Node::whole)
}

/// A node whose content is still coming.
struct Node {
    node: Value,
    content: Vec<Value>,
}

impl Node {
    fn whole(self) -> Value {
        let Self { mut node, content } = self;
        if !content.is_empty() {
            node["content"] = Value::Array(content);
        }
        node
    }
}

/// Puts the last node into the one before.
fn close(open: &mut Vec<Node>) {
    let Some(last) = open.pop() else { return };
    if let Some(parent) = open.last_mut() {
        parent.content.push(last.whole());
    }
}

fn opened(kind: &str, variant: usize, place: usize) -> Value {
    let attributes = match kind {
        "heading" => json!({ "level": variant + 1, "dir": "rtl" }),
        "orderedList" => json!({ "start": variant }),
        "codeBlock" => json!({ "language": "rust" }),
        "image" => json!({ "src": ADDRESSES[variant], "alt": TEXTS[variant] }),
        "tableHeader" => json!({ "rowspan": variant }),
        "tableCell" => json!({ "colspan": variant }),
        "block" => {
            let kind = if variant == 3 { "other" } else { "note" };
            json!({ "id": format!("b{place}"), "values": { "type": kind, "text": TEXTS[variant] } })
        }
        "script" => json!({ "src": ADDRESSES[variant] }),
        _ => return json!({ "type": kind }),
    };
    json!({ "type": kind, "attrs": attributes })
}

fn mark(kind: &str, address: &str) -> Value {
    let mut mark = Map::from_iter([("type".to_owned(), json!(kind))]);
    if kind == "link" {
        mark.insert("attrs".to_owned(), json!({ "href": address }));
    }
    Value::Object(mark)
}
