//! From documents of accepted nodes to HTML, which is sanitised after.

use serde_json::Value;

use super::{
    normal::{as_block, kind_of, top_level},
    spelling::{MarkKind, NodeKind},
};

/// The HTML of a document. Links stay as they are written; a block is an empty element that names it.
pub(super) fn to_html(doc: &Value) -> String {
    let mut html = String::new();
    push_nodes(&mut html, top_level(doc));
    html
}

/// Writes nodes that stand beside one another. A mark that neighbours share is one element around them.
fn push_nodes(html: &mut String, nodes: &[Value]) {
    let mut open: Vec<&Value> = Vec::new();
    for node in nodes {
        let marks = node.get("marks").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let shared = open.iter().zip(marks).take_while(|(open, mark)| **open == *mark).count();
        close_marks(html, &mut open, shared);
        for mark in &marks[shared..] {
            open_mark(html, mark);
            open.push(mark);
        }
        push_node(html, node);
    }
    close_marks(html, &mut open, 0);
}

fn open_mark(html: &mut String, mark: &Value) {
    let Some(kind) = mark_of(mark) else { return };
    push(html, ["<", kind.element()]);
    if kind == MarkKind::Link {
        push_attributes(html, mark, &[("href", "href"), ("title", "title")]);
    }
    html.push('>');
}

fn close_marks(html: &mut String, open: &mut Vec<&Value>, keep: usize) {
    while open.len() > keep {
        if let Some(kind) = open.pop().and_then(mark_of) {
            push(html, ["</", kind.element(), ">"]);
        }
    }
}

fn mark_of(mark: &Value) -> Option<MarkKind> {
    MarkKind::find(mark.get("type")?.as_str()?)
}

/// As deep as the document, which its reader bounds.
fn push_node(html: &mut String, node: &Value) {
    const TEXT: &[(&str, &str)] = &[("dir", "dir"), ("lang", "lang"), ("textAlign", "align")];
    const AROUND: &[(&str, &str)] = &[("dir", "dir"), ("lang", "lang")];
    const CELL: &[(&str, &str)] = &[("colspan", "colspan"), ("rowspan", "rowspan"), ("dir", "dir"), ("lang", "lang")];
    let Some(kind) = kind_of(node) else { return };
    let heading;
    let (before, attributes, after): (&str, &[(&str, &str)], &str) = match kind {
        NodeKind::Text => return push_escaped(html, node["text"].as_str().unwrap_or_default()),
        NodeKind::HardBreak => return html.push_str("<br>"),
        NodeKind::HorizontalRule => return html.push_str("<hr>\n"),
        NodeKind::Image => {
            html.push_str("<img");
            push_attributes(html, node, &[("src", "src"), ("alt", "alt"), ("title", "title")]);
            return html.push('>');
        }
        NodeKind::Block => {
            if let Some(block) = as_block(node) {
                html.push_str("<div data-block=\"");
                push_escaped(html, block.id);
                html.push_str("\"></div>\n");
            }
            return;
        }
        NodeKind::CodeBlock => {
            html.push_str("<pre><code>");
            push_nodes(html, top_level(node));
            return html.push_str("</code></pre>\n");
        }
        NodeKind::Table => {
            html.push_str("<table");
            push_attributes(html, node, AROUND);
            html.push_str("><tbody>");
            push_nodes(html, top_level(node));
            return html.push_str("</tbody></table>\n");
        }
        NodeKind::Heading => {
            heading =
                format!("h{}", node["attrs"]["level"].as_u64().filter(|level| (1..=6).contains(level)).unwrap_or(2));
            (heading.as_str(), TEXT, "\n")
        }
        NodeKind::Paragraph => ("p", TEXT, "\n"),
        NodeKind::BulletList => ("ul", AROUND, "\n"),
        NodeKind::OrderedList => ("ol", &[("start", "start"), ("dir", "dir"), ("lang", "lang")], "\n"),
        NodeKind::ListItem => ("li", AROUND, ""),
        NodeKind::Blockquote => ("blockquote", AROUND, "\n"),
        NodeKind::TableRow => ("tr", &[], ""),
        NodeKind::TableHeader => ("th", CELL, ""),
        NodeKind::TableCell => ("td", CELL, ""),
    };
    push(html, ["<", before]);
    push_attributes(html, node, attributes);
    html.push('>');
    push_nodes(html, top_level(node));
    push(html, ["</", before, ">", after]);
}

/// Writes the attributes that are set, each by its name in HTML.
fn push_attributes(html: &mut String, holder: &Value, names: &[(&str, &str)]) {
    for (name, in_html) in names {
        let text = match holder.get("attrs").and_then(|attributes| attributes.get(name)) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => continue,
        };
        push(html, [" ", in_html, "=\""]);
        push_escaped(html, &text);
        html.push('"');
    }
}

fn push_escaped(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}

fn push<const N: usize>(html: &mut String, pieces: [&str; N]) {
    html.extend(pieces);
}
