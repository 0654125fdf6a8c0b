//! Rich text: a ProseMirror document with declared blocks inside.
//!
//! Stored in one spelling, that of Tiptap (`bulletList`, `bold`); the names of ProseMirror's own schemas (`bullet_list`,
//! `strong`) are taken too. Only nodes, marks and attributes of closed sets are taken. Published as `{html, doc}`: the
//! document as front ends may render it, and HTML that is made of it and sanitised as Markdown is. A block stands in the
//! HTML as `<div data-block="<id>"></div>`, in the document with its values.

mod attributes;
mod declared;
mod deliver;
mod html;
mod marks;
mod normal;
mod present;
mod read;
mod schema;
mod spelling;

use diwan_arabic::{html_to_text, is_blank as shows_nothing};
use serde_json::{Map, Value, json};

pub use self::declared::RichTextType;
use self::{
    deliver::deliver_doc,
    html::to_html,
    normal::{Block, as_block, block_pointer, blocks_of, for_each_address, is_blank, top_level},
    present::present_doc,
    read::{kept_doc, read_doc},
    spelling::{MarkKind, NodeKind},
};
use crate::{
    faults::Fault,
    field_types::{
        containers::{Rows, compare_rows},
        holding::{BlockKinds, Held, HoldsFields},
        rules::TextRules,
    },
    markup::{collect_links, deliver_html, sanitise},
    model::{
        Delivery, Field, FieldKind, Found, InnerChange, InnerDifference, Reading, Reference, ReferenceKind,
        ReferenceTarget,
    },
    values::{Handle, LinkTarget, Pointer},
    yaml::Keys,
};

impl RichTextType {
    /// Most characters where the blueprint does not say.
    const DEFAULT_MAX_CHARS: usize = 200_000;

    /// Names of nodes that a blueprint can choose from.
    pub(crate) fn node_names() -> impl Iterator<Item = &'static str> {
        NodeKind::CHOSEN.into_iter().map(NodeKind::name)
    }

    /// Names of marks that a blueprint can choose from.
    pub(crate) fn mark_names() -> impl Iterator<Item = &'static str> {
        MarkKind::ALL.into_iter().map(MarkKind::name)
    }

    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let nodes = chosen(keys, "nodes", &NodeKind::CHOSEN, NodeKind::name);
        let marks = chosen(keys, "marks", &MarkKind::ALL, MarkKind::name);
        let blocks = BlockKinds::parse(keys);
        let max_chars = keys.count("max_chars", 1, TextRules::MAX_CHARS).unwrap_or(Self::DEFAULT_MAX_CHARS);
        Self { nodes, marks, blocks, max_chars }
    }
}

/// Reads a list of names; all where the key is absent.
fn chosen<T: Copy + PartialEq>(keys: &mut Keys<'_>, key: &str, all: &[T], name_of: fn(T) -> &'static str) -> Vec<T> {
    let Some(names) = keys.texts(key) else { return all.to_vec() };
    let mut chosen = Vec::new();
    for name in &names {
        match all.iter().find(|known| name_of(**known) == name) {
            Some(known) if chosen.contains(known) => keys.problem(key, format!("{name} stands twice")),
            Some(known) => chosen.push(*known),
            None => {
                let allowed: Vec<&str> = all.iter().map(|known| name_of(*known)).collect();
                keys.problem(key, format!("{name} cannot be chosen; allowed: {}", allowed.join(", ")));
            }
        }
    }
    chosen
}

fn html_of(presented: &Value) -> Option<&str> {
    presented.get("html").and_then(Value::as_str)
}

impl FieldKind for RichTextType {
    fn name(&self) -> &'static str {
        "rich_text"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        read_doc(self, value, reading)
    }

    fn is_empty(&self, value: &Value) -> bool {
        is_blank(self, &kept_doc(self, value))
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        for (place, block) in blocks_of(value) {
            if block.enabled {
                self.blocks.publish_faults(block.values, &block_pointer(at, place), faults);
            }
        }
    }

    fn present(&self, value: &Value) -> Value {
        let doc = kept_doc(self, value);
        if is_blank(self, &doc) {
            return Value::Null;
        }
        let doc = present_doc(self, &doc);
        json!({"html": sanitise(&to_html(&doc)), "doc": doc})
    }

    fn collect_references(&self, presented: &Value, at: &Pointer, found: &mut Found<'_>) {
        collect_text_links(html_of(presented).unwrap_or_default(), at, found);
        let Some(doc) = presented.get("doc") else { return };
        for (place, block) in blocks_of(doc) {
            self.blocks.collect_presented(block.values, &block_pointer(&at.key("doc"), place), found);
        }
    }

    fn collect_stored_references(&self, value: &Value, at: &Pointer, found: &mut Found<'_>) {
        for_each_address(value, at, &mut |address, at| {
            let target = match LinkTarget::parse(address) {
                Some(LinkTarget::Entry(id)) => ReferenceTarget::Entry(id),
                Some(LinkTarget::Asset(id)) => ReferenceTarget::Asset(id),
                Some(LinkTarget::Url) | None => return,
            };
            found.references.push(text_reference(at, target, found.field));
        });
        for (place, block) in blocks_of(value) {
            self.blocks.collect_stored(block.values, &block_pointer(at, place), found);
        }
    }

    fn deliver(&self, presented: &mut Value, at: &Pointer, delivery: &mut Delivery<'_>) {
        let Some(html) = html_of(presented) else {
            *presented = Value::Null;
            return;
        };
        let html = deliver_html(html, &at.key("html"), delivery).unwrap_or_else(|| html.to_owned());
        let doc = deliver_doc(self, presented.get("doc").unwrap_or(&Value::Null), &at.key("doc"), delivery);
        *presented = json!({"html": html, "doc": doc});
    }

    fn holds_words(&self) -> bool {
        true
    }

    fn search_text(&self, presented: &Value) -> Option<String> {
        html_of(presented).map(|html| html_to_text(html).text)
    }

    fn collect_search_texts(&self, presented: &Value, weight: Option<u8>, texts: &mut Vec<(u8, String)>) {
        let text = weight.zip(self.search_text(presented)).filter(|(_, text)| !shows_nothing(text));
        texts.extend(text);
        for (_, block) in presented.get("doc").into_iter().flat_map(blocks_of) {
            self.blocks.collect_search_texts(block.values, texts);
        }
    }

    fn compare(&self, from: &Value, to: &Value, at: &Pointer, differences: &mut Vec<InnerDifference>) -> bool {
        let (before, after) = (kept_doc(self, from), kept_doc(self, to));
        if without_values(&before) != without_values(&after) {
            let text = |doc: &Value| Some(json!(html_to_text(&sanitise(&to_html(doc))).text));
            let (from, to) = (text(&before), text(&after));
            differences.push(InnerDifference { pointer: at.clone(), change: InnerChange::Changed, from, to });
        }
        compare_rows(&rows_of(&before, at), &rows_of(&after, at), differences, |from, to, at, differences| {
            self.blocks.compare(from, to, at, differences);
        });
        true
    }

    fn input_schema(&self) -> Value {
        schema::input_schema(self)
    }

    fn answer_schema(&self) -> Value {
        schema::answer_schema(self)
    }

    fn describe(&self) -> Map<String, Value> {
        let nodes: Vec<&str> = self.nodes.iter().map(|node| node.name()).collect();
        let marks: Vec<&str> = self.marks.iter().map(|mark| mark.name()).collect();
        let mut described = Map::from_iter([
            ("max_chars".to_owned(), json!(self.max_chars)),
            ("nodes".to_owned(), json!(nodes)),
            ("marks".to_owned(), json!(marks)),
        ]);
        if !self.blocks.0.is_empty() {
            described.insert("blocks".to_owned(), json!(self.blocks.describe()));
        }
        described
    }
}

impl HoldsFields for RichTextType {
    fn convert_inside(&self, mut value: Value, convert: &dyn Fn(&Field, Value) -> Value) -> Value {
        for node in value.get_mut("content").and_then(Value::as_array_mut).into_iter().flatten() {
            if as_block(node).is_some()
                && let Some(Value::Object(values)) = node.get_mut("attrs").and_then(|attrs| attrs.get_mut("values"))
            {
                self.blocks.convert_inside(values, convert);
            }
        }
        value
    }

    fn held<'f, 'v>(&'f self, value: &'v Value) -> Vec<Held<'f, 'v>> {
        // Presented documents are beside their HTML.
        let (doc, at) = match value.get("doc") {
            Some(doc) => (doc, Pointer::root().key("doc")),
            None => (value, Pointer::root()),
        };
        let held =
            |(place, block): (usize, Block<'v>)| self.blocks.held(block.values, block_pointer(&at, place), block.id);
        blocks_of(doc).into_iter().filter_map(held).collect()
    }

    fn inner_fields(&self) -> Vec<(String, &[Field])> {
        self.blocks.inner_fields()
    }
}

fn collect_text_links(html: &str, at: &Pointer, found: &mut Found<'_>) {
    for target in collect_links(html) {
        found.references.push(text_reference(at.clone(), target, found.field));
    }
}

fn text_reference(pointer: Pointer, target: ReferenceTarget, field: &Handle) -> Reference {
    Reference { pointer, field: field.clone(), target, collections: None, accept: None, kind: ReferenceKind::Text }
}

/// The document with blocks that are nothing but their ids: what its text is, and where blocks stand in it.
fn without_values(doc: &Value) -> Vec<Value> {
    let bare = |node: &Value| match node.pointer("/attrs/values") {
        Some(_) => json!({"type": node["type"], "attrs": {"id": node["attrs"]["id"]}}),
        None => node.clone(),
    };
    top_level(doc).iter().map(bare).collect()
}

/// The blocks of a stored document as rows.
fn rows_of(doc: &Value, at: &Pointer) -> Rows {
    let mut rows = Rows::default();
    for (place, block) in blocks_of(doc) {
        let mut row = block.values.clone();
        row.insert("id".to_owned(), json!(block.id));
        if !block.enabled {
            row.insert("enabled".to_owned(), json!(false));
        }
        rows.push(Value::Object(row), block_pointer(at, place));
    }
    rows
}

#[cfg(test)]
mod tests;
