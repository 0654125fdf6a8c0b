//! Trees of YAML as values.

use std::collections::HashMap;

use diwan_content::yaml::{Node, NodeKind};
use serde_json::{Map, Value};

use crate::{front_matter::shorten, scalar::scalar};

/// One key of a mapping after merge keys are resolved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'a> {
    pub(crate) key: &'a Node,
    pub(crate) name: &'a str,
    pub(crate) value: &'a Node,
}

/// Something wrong in the YAML: its line there and what.
pub(crate) type Fault = (usize, String);

/// The value of a node. Faults go to the list, and what is faulty becomes null.
pub(crate) fn to_value(node: &Node, faults: &mut Vec<Fault>) -> Value {
    match &node.kind {
        NodeKind::Scalar { text, plain } => scalar(text, *plain).unwrap_or_else(|what| {
            faults.push((node.line, what));
            Value::Null
        }),
        NodeKind::Sequence(items) => items.iter().map(|item| to_value(item, faults)).collect(),
        NodeKind::Mapping(pairs) => {
            let mut map = Map::new();
            for Entry { key: _, name, value } in entries(pairs, faults) {
                map.insert(name.to_owned(), to_value(value, faults));
            }
            Value::Object(map)
        }
    }
}

/// Keys of a mapping in their order. `<<` puts in the keys of another mapping, or of several, where the mapping itself does
/// not say otherwise. A key that stands twice is a fault, as it is to Statamic.
pub(crate) fn entries<'a>(pairs: &'a [(Node, Node)], faults: &mut Vec<Fault>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut places: HashMap<&'a str, Place> = HashMap::new();
    for (key, value) in pairs {
        let NodeKind::Scalar { text: name, plain } = &key.kind else {
            faults.push((key.line, "a key must be a text".to_owned()));
            continue;
        };
        let entry = Entry { key, name, value };
        if *plain && name == "<<" {
            for merged in merged_entries(value, faults) {
                if !places.contains_key(merged.name) {
                    places.insert(merged.name, Place { index: entries.len(), merged: true });
                    entries.push(merged);
                }
            }
            continue;
        }
        match places.get_mut(name.as_str()) {
            Some(place) if place.merged => {
                place.merged = false;
                entries[place.index] = entry;
            }
            Some(_) => faults.push((key.line, format!("the key `{}` stands twice", shorten(name)))),
            None => {
                places.insert(name, Place { index: entries.len(), merged: false });
                entries.push(entry);
            }
        }
    }
    entries
}

struct Place {
    index: usize,
    merged: bool,
}

fn merged_entries<'a>(value: &'a Node, faults: &mut Vec<Fault>) -> Vec<Entry<'a>> {
    let mappings = match &value.kind {
        NodeKind::Sequence(items) => items.as_slice(),
        NodeKind::Mapping(_) | NodeKind::Scalar { .. } => std::slice::from_ref(value),
    };
    let mut merged = Vec::new();
    for mapping in mappings {
        match mapping.as_mapping() {
            Some(pairs) => merged.extend(entries(pairs, faults)),
            None => faults.push((mapping.line, "`<<` must name a mapping".to_owned())),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use diwan_content::yaml::{Budget, parse};
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> (Value, Vec<Fault>) {
        let mut faults = Vec::new();
        let value = to_value(&parse(text, &Budget::default()).unwrap(), &mut faults);
        (value, faults)
    }

    #[test]
    fn anchors_and_merge_keys_are_put_in() {
        let text = "base: &base {a: 1, b: 2}\nmore: &more {b: 3, c: 4}\nx:\n  b: 9\n  <<: *base\ny:\n  <<: [*base, *more]\n  a: no\n";
        let (value, faults) = read(text);
        assert_eq!(value["x"], json!({"b": 9, "a": 1}));
        assert_eq!(value["y"].to_string(), r#"{"a":"no","b":2,"c":4}"#);
        assert_eq!(faults, []);
    }

    #[test]
    fn values_keep_order_and_types() {
        let (value, faults) = read("z: [1, '1', ~, {k: yes}]\na: |\n  line\n\n12: twelve\n");
        assert_eq!(value.to_string(), r#"{"z":[1,"1",null,{"k":"yes"}],"a":"line\n","12":"twelve"}"#);
        assert_eq!(faults, []);
    }

    #[test]
    fn faults_are_told_with_their_lines() {
        let (_, faults) = read("a: 1\nb: 2022-02-30\n<<: 3\n[x]: 1\na: 2\n");
        let lines: Vec<usize> = faults.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5, 2]);
        assert_eq!(faults[2].1, "the key `a` stands twice");
    }
}
