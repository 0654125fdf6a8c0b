//! Reads one mapping of a schema file key by key and gathers what is wrong.

use serde_json::Value;

use super::{
    json::to_json,
    names::name_of,
    nesting::Nesting,
    node::{Node, NodeKind},
    problems::{Problems, any_of, join},
    scalars::scalar_to_json,
};
use crate::values::{Handle, Label, NotAHandle};

/// One mapping that is read key by key. Each reader answers `None` for a key that is absent, and for one whose value is
/// wrong, which it has then told. Every key that was asked for is allowed; [`Keys::finish`] tells about the others.
#[derive(Debug)]
pub(crate) struct Keys<'a> {
    place: String,
    line: usize,
    entries: &'a [(Node, Node)],
    asked: Vec<String>,
    problems: &'a Problems,
    nesting: Nesting<'a>,
}

impl<'a> Keys<'a> {
    /// Starts on a node; tells when it is no mapping. `place` is its dotted place in the file.
    pub(crate) fn open(node: &'a Node, place: &str, problems: &'a Problems) -> Option<Self> {
        Self::open_within(node, place, problems, Nesting::default())
    }

    /// Like [`Keys::open`], for a mapping that stands inside a field, as do the mappings that are read through it.
    pub(crate) fn open_within(
        node: &'a Node,
        place: &str,
        problems: &'a Problems,
        nesting: Nesting<'a>,
    ) -> Option<Self> {
        match &node.kind {
            NodeKind::Mapping(entries) => {
                let place = place.to_owned();
                Some(Self { place, line: node.line, entries, asked: Vec::new(), problems, nesting })
            }
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                problems.add(node.line, place, "must be a mapping of keys to values");
                None
            }
        }
    }

    /// Whether the key stands here, whatever its value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Tells when the key is absent.
    pub(crate) fn expect(&mut self, key: &str) {
        if !self.has(key) {
            self.problem(key, "is missing");
        }
    }

    /// The value as it stands.
    pub(crate) fn node(&mut self, key: &str) -> Option<&'a Node> {
        if !self.asked.iter().any(|asked| asked == key) {
            self.asked.push(key.to_owned());
        }
        self.find(key).map(|(_, value)| value)
    }

    /// The value as JSON, by YAML 1.2.
    pub(crate) fn value(&mut self, key: &str) -> Option<Value> {
        let place = join(&self.place, key);
        self.node(key).map(|node| to_json(node, &place, self.problems))
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let node = self.node(key)?;
        self.read_text(node, &join(&self.place, key))
    }

    /// A handle.
    pub(crate) fn handle(&mut self, key: &str) -> Option<Handle> {
        let node = self.node(key)?;
        self.read_handle(node, &join(&self.place, key))
    }

    /// A whole number.
    pub(crate) fn integer(&mut self, key: &str) -> Option<i64> {
        let number = self.scalar(key).and_then(|value| value.as_i64());
        self.or_tell(key, number, "must be a whole number")
    }

    /// A count or limit of at least `min` and at most `max`.
    pub(crate) fn count(&mut self, key: &str, min: usize, max: usize) -> Option<usize> {
        let number = self.scalar(key).and_then(|value| value.as_u64()).and_then(|number| usize::try_from(number).ok());
        let number = number.filter(|number| (min..=max).contains(number));
        self.or_tell(key, number, &format!("must be a whole number from {min} to {max}"))
    }

    /// A number.
    pub(crate) fn number(&mut self, key: &str) -> Option<f64> {
        let number = self.scalar(key).and_then(|value| value.as_f64());
        self.or_tell(key, number, "must be a number")
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        let boolean = self.scalar(key).and_then(|value| value.as_bool());
        self.or_tell(key, boolean, "must be true or false")
    }

    /// A text in both languages, neither empty.
    pub(crate) fn label(&mut self, key: &str) -> Option<Label> {
        let mut keys = self.mapping(key)?;
        let mut in_language = |language: &str| {
            keys.expect(language);
            let text = keys.text(language)?;
            if text.trim().is_empty() {
                keys.problem(language, "must not be empty");
                return None;
            }
            Some(text)
        };
        let label = in_language("ar").zip(in_language("en")).map(|(ar, en)| Label { ar, en });
        keys.finish();
        label
    }

    /// A list of texts.
    pub(crate) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        self.items(key, "must be a list of texts", |keys, node, place| keys.read_text(node, place))
    }

    /// A list of handles.
    pub(crate) fn handles(&mut self, key: &str) -> Option<Vec<Handle>> {
        self.items(key, "must be a list of handles", |keys, node, place| keys.read_handle(node, place))
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let node = self.node(key)?;
        let found = words.iter().find(|(word, _)| node.as_text() == Some(*word)).map(|(_, meaning)| *meaning);
        let allowed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        self.or_tell(key, found, &format!("must be {}", any_of(&allowed)))
    }

    /// A mapping, to be read and finished by the caller.
    pub(crate) fn mapping(&mut self, key: &str) -> Option<Keys<'a>> {
        let node = self.node(key)?;
        Keys::open_within(node, &join(&self.place, key), self.problems, self.nesting)
    }

    /// The entries of a mapping as they stand; none when it is absent or wrong.
    pub(crate) fn mapping_node(&mut self, key: &str) -> &'a [(Node, Node)] {
        self.mapping(key).map(|keys| keys.entries).unwrap_or_default()
    }

    /// The items of a list as they stand, at most `max`; none when it is absent or wrong.
    pub(crate) fn list_nodes(&mut self, key: &str, min: usize, max: usize) -> &'a [Node] {
        let items = self.node(key).and_then(Node::as_sequence).filter(|items| (min..=max).contains(&items.len()));
        self.or_tell(key, items, &format!("must be a list of {min} to {max} items")).unwrap_or_default()
    }

    /// A list of mappings, each to be read and finished by the caller. Items that are none are told and left out.
    pub(crate) fn mappings(&mut self, key: &str) -> Option<Vec<Keys<'a>>> {
        let (problems, nesting) = (self.problems, self.nesting);
        self.items(key, "must be a list of mappings", |_, node, place| {
            Keys::open_within(node, place, problems, nesting)
        })
    }

    /// Like [`Keys::mappings`], each with a place by its handle: `blocks.quote`.
    pub(crate) fn named_mappings(&mut self, key: &str) -> Vec<Keys<'a>> {
        let (place, problems, nesting) = (join(&self.place, key), self.problems, self.nesting);
        let named = self.items(key, "must be a list of mappings", |_, node, numbered| {
            let place = name_of(node).map_or_else(|| numbered.to_owned(), |name| join(&place, name));
            Keys::open_within(node, &place, problems, nesting)
        });
        named.unwrap_or_default()
    }

    /// A value inside a key as JSON; mistakes are told under `inside`, such as `.value`.
    pub(crate) fn json_at(&self, node: &Node, key: &str, inside: &str) -> Value {
        to_json(node, &format!("{}{inside}", join(&self.place, key)), self.problems)
    }

    /// What stands around the mapping.
    pub(crate) fn nesting(&self) -> Nesting<'a> {
        self.nesting
    }

    /// Makes what is read inside private, if the field is; whether it or a field around it is.
    pub(crate) fn enter_private(&mut self, private: bool) -> bool {
        self.nesting.private |= private;
        self.nesting.private
    }

    /// Where mistakes are told.
    pub(crate) fn problems(&self) -> &'a Problems {
        self.problems
    }

    /// Tells what is wrong with a key (or, for the empty one, with the mapping), at its line.
    pub(crate) fn problem(&self, key: &str, what: impl Into<String>) {
        let line = self.find(key).map_or(self.line, |(name, _)| name.line);
        let place = if key.is_empty() { self.place.clone() } else { join(&self.place, key) };
        self.problems.add(line, place, what);
    }

    /// Tells what is wrong with a value inside a key, at that value's line; `inside` such as `[2]` or `.value`.
    pub(crate) fn problem_at(&self, node: &Node, key: &str, inside: &str, what: impl Into<String>) {
        self.problems.add(node.line, format!("{}{inside}", join(&self.place, key)), what);
    }

    /// The line of a key, else of the mapping.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.line, |(name, _)| name.line)
    }

    /// How many mistakes the file has so far.
    pub(crate) fn count_problems(&self) -> usize {
        self.problems.count()
    }

    /// The dotted place of the mapping.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Tells about keys that nobody asked for and keys that stand twice. To be called last.
    pub(crate) fn finish(self) {
        let mut seen: Vec<&str> = Vec::new();
        for (key, _) in self.entries {
            let Some(name) = key.as_text() else {
                self.problems.add(key.line, self.place.clone(), "has a key that is no text");
                continue;
            };
            if seen.contains(&name) {
                self.problems.add(key.line, join(&self.place, name), "stands twice");
            } else if !self.asked.iter().any(|asked| asked == name) {
                let what = format!("is not known here; allowed: {}", self.asked.join(", "));
                self.problems.add(key.line, join(&self.place, name), what);
            }
            seen.push(name);
        }
    }

    fn find(&self, key: &str) -> Option<&'a (Node, Node)> {
        self.entries.iter().find(|(name, _)| name.as_text() == Some(key))
    }

    /// The value of a scalar; null for one that is wrong, and for what is no scalar.
    fn scalar(&mut self, key: &str) -> Option<Value> {
        let node = self.node(key)?;
        match &node.kind {
            NodeKind::Scalar { text, plain } => scalar_to_json(text, *plain).ok(),
            NodeKind::Sequence(_) | NodeKind::Mapping(_) => None,
        }
    }

    fn or_tell<T>(&self, key: &str, found: Option<T>, what: &str) -> Option<T> {
        if found.is_none() && self.has(key) {
            self.problem(key, what);
        }
        found
    }

    fn read_text(&self, node: &Node, place: &str) -> Option<String> {
        match &node.kind {
            NodeKind::Scalar { text, plain } if matches!(scalar_to_json(text, *plain), Ok(Value::String(_))) => {
                Some(text.clone())
            }
            NodeKind::Scalar { text, plain: _ } if !text.is_empty() => {
                self.problems.add(
                    node.line,
                    place,
                    format!("must be text; put {text} in quotes if it is meant as text"),
                );
                None
            }
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                self.problems.add(node.line, place, "must be text");
                None
            }
        }
    }

    fn read_handle(&self, node: &Node, place: &str) -> Option<Handle> {
        let text = self.read_text(node, place)?;
        let handle = text.parse();
        if let Err(NotAHandle) = handle {
            self.problems.add(node.line, place, format!("{text:?} is {NotAHandle}"));
        }
        handle.ok()
    }

    /// Reads a list item by item; items that are wrong were told by `read` and are left out.
    fn items<T>(
        &mut self,
        key: &str,
        what: &str,
        mut read: impl FnMut(&mut Self, &'a Node, &str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let node = self.node(key)?;
        let NodeKind::Sequence(nodes) = &node.kind else {
            self.problem(key, what);
            return None;
        };
        let place = join(&self.place, key);
        let mut items = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            items.extend(read(self, node, &format!("{place}[{index}]")));
        }
        Some(items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    /// Reads the text as one mapping and tells the problems, one a line.
    fn told(text: &str, read: impl FnOnce(&mut Keys<'_>)) -> Vec<String> {
        let node = yaml::parse(text, &yaml::Budget::default()).unwrap();
        let problems = Problems::of("f.yaml");
        if let Some(mut keys) = Keys::open(&node, "fields.title", &problems) {
            read(&mut keys);
            keys.finish();
        }
        problems.into_list().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn readers_answer_what_stands_there() {
        let text =
            "n: -3\nf: 1.5\nb: true\nt: يوم\nl: { ar: أ, en: a }\nh: [a, b]\ns: ['1', x]\nv: [1, {k: ~}]\nc: 4\nw: two";
        let problems = told(text, |keys| {
            assert_eq!(keys.integer("n"), Some(-3));
            assert_eq!(keys.number("f"), Some(1.5));
            assert_eq!(keys.boolean("b"), Some(true));
            assert_eq!(keys.text("t").as_deref(), Some("يوم"));
            assert_eq!(keys.label("l"), Some(Label { ar: "أ".to_owned(), en: "a".to_owned() }));
            assert_eq!(keys.handles("h").unwrap().len(), 2);
            assert_eq!(keys.texts("s").unwrap(), ["1", "x"]);
            assert_eq!(keys.value("v"), Some(serde_json::json!([1, { "k": null }])));
            assert_eq!(keys.count("c", 1, 4), Some(4));
            assert_eq!(keys.word("w", &[("one", 1), ("two", 2)]), Some(2));
            assert_eq!(keys.text("absent"), None);
        });
        assert_eq!(problems, [""; 0]);
    }

    #[test]
    fn every_mistake_is_told_with_its_line() {
        let text = "n: 1.5\nb: yes\nt: 12\nl: { ar: '', fr: x }\nh: [a,\n  B]\nx: 1\nn: 2\nc: 9\nw: three\nm: []";
        let problems = told(text, |keys| {
            assert_eq!(keys.integer("n"), None);
            assert_eq!(keys.boolean("b"), None);
            assert_eq!(keys.text("t"), None);
            assert_eq!(keys.label("l"), None);
            assert_eq!(keys.handles("h").unwrap().len(), 1);
            assert_eq!(keys.count("c", 1, 4), None);
            assert_eq!(keys.word("w", &[("one", 1), ("two", 2)]), None);
            assert!(keys.mapping("m").is_none());
            keys.expect("label");
        });
        assert_eq!(
            problems,
            [
                "f.yaml:1: fields.title.n: must be a whole number",
                "f.yaml:2: fields.title.b: must be true or false",
                "f.yaml:3: fields.title.t: must be text; put 12 in quotes if it is meant as text",
                "f.yaml:4: fields.title.l.ar: must not be empty",
                "f.yaml:4: fields.title.l.en: is missing",
                "f.yaml:4: fields.title.l.fr: is not known here; allowed: ar, en",
                "f.yaml:6: fields.title.h[1]: \"B\" is not a handle: a small Latin letter, then at most 63 small letters, digits and underscores",
                "f.yaml:9: fields.title.c: must be a whole number from 1 to 4",
                "f.yaml:10: fields.title.w: must be one or two",
                "f.yaml:11: fields.title.m: must be a mapping of keys to values",
                "f.yaml:1: fields.title.label: is missing",
                "f.yaml:7: fields.title.x: is not known here; allowed: n, b, t, l, h, c, w, m",
                "f.yaml:8: fields.title.n: stands twice",
            ]
        );
    }
}
