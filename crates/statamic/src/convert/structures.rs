//! Values that are mappings, or lists of mappings: the format's own shapes as the fields' ones.

use diwan_content::{TimeZone, yaml::NodeKind};
use serde_json::{Value, json};

use super::{Fit, FitNote, Fitted, Given, scalars, times};

/// A span of days, of `start` and `end`.
pub(super) fn date_range(given: Given<'_>, zone: &TimeZone) -> Fit {
    let (Some(start), end) = (member(given, "start"), member(given, "end")) else {
        return Err("has no start".to_owned());
    };
    let from = times::date(start, zone)?;
    let to = match end.filter(|end| !end.value.is_null()) {
        Some(end) => times::date(end, zone)?,
        None => Fitted { value: Value::Null, notes: Vec::new() },
    };
    let mut notes = vec![FitNote::from("start and end became from and to")];
    notes.extend(from.notes.into_iter().chain(to.notes));
    Ok(Fitted { value: json!({"from": from.value, "to": to.value}), notes })
}

/// A document: a list of nodes, whose sets are blocks.
pub(super) fn rich_text(given: Given<'_>) -> Fit {
    if given.value.as_array().is_some_and(Vec::is_empty) {
        return Fitted::changed(Value::Null, "the empty text became nothing");
    }
    match given.value {
        Value::Array(nodes) => {
            Fitted::changed(json!({"type": "doc", "content": nodes}), "the list of nodes became a document")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            Fitted::same(given.value)
        }
    }
}

/// A table: a list of rows, each with its `cells`. The format has no names of columns, so they stay empty.
pub(super) fn table(given: Given<'_>) -> Fit {
    let mut rows = Vec::new();
    for row in items(given).ok_or("is no table")? {
        let mut cells = Vec::new();
        for cell in member(row, "cells").and_then(items).ok_or("is no table")? {
            // An empty cell is written as nothing.
            cells.push(if cell.value.is_null() { json!("") } else { scalars::text(cell)?.value });
        }
        rows.push(cells);
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    for row in &mut rows {
        row.resize(columns, json!(""));
    }
    if columns == 0 {
        return Fitted::changed(Value::Null, "the empty table became nothing");
    }
    Fitted::changed(json!({"columns": vec![""; columns], "rows": rows}), "the columns have no names there")
}

/// Source text: alone, or as `code` with its `mode`.
pub(super) fn code(given: Given<'_>) -> Fit {
    let Some(code) = member(given, "code") else {
        let code = scalars::text(given)?.value;
        return Fitted::changed(json!({"code": code, "language": null}), "became code of no language");
    };
    let language = match member(given, "mode").filter(|mode| !mode.value.is_null()) {
        Some(mode) => scalars::text(mode)?.value,
        None => Value::Null,
    };
    Fitted::changed(json!({"code": scalars::text(code)?.value, "language": language}), "mode became language")
}

/// Pairs: a mapping of texts.
pub(super) fn key_value(given: Given<'_>) -> Fit {
    let mut pairs = Vec::new();
    for (key, value) in members(given).ok_or("is no mapping")? {
        let value = if value.value.is_null() { json!("") } else { scalars::text(value)?.value };
        pairs.push(json!({"key": key, "value": value}));
    }
    Fitted::changed(Value::Array(pairs), "the mapping became a list of pairs")
}

/// A place, of `lat` and `lng` or their long names.
pub(super) fn geo_point(given: Given<'_>) -> Fit {
    let find = |names: &[&str]| names.iter().find_map(|name| member(given, name)).ok_or("is no place");
    let latitude = scalars::number(find(&["latitude", "lat"])?)?;
    let longitude = scalars::number(find(&["longitude", "lng", "lon", "long"])?)?;
    let notes = latitude.notes.into_iter().chain(longitude.notes).collect();
    Ok(Fitted { value: json!({"latitude": latitude.value, "longitude": longitude.value}), notes })
}

fn member<'a>(given: Given<'a>, name: &str) -> Option<Given<'a>> {
    members(given)?.into_iter().find(|(key, _)| *key == name).map(|(_, member)| member)
}

/// The members of a mapping with their names as the format takes them, in order.
pub(super) fn members<'a>(given: Given<'a>) -> Option<Vec<(&'a str, Given<'a>)>> {
    let (Value::Object(values), NodeKind::Mapping(nodes)) = (given.value, &given.node.kind) else { return None };
    // Both were made from the same mapping: equal lengths say that no key stood twice.
    if values.len() != nodes.len() {
        return None;
    }
    let pairs = values.iter().zip(nodes);
    Some(pairs.map(|((key, value), (_, node))| (key.as_str(), Given { node, value })).collect())
}

pub(super) fn items<'a>(given: Given<'a>) -> Option<Vec<Given<'a>>> {
    let (Value::Array(values), NodeKind::Sequence(nodes)) = (given.value, &given.node.kind) else { return None };
    (values.len() == nodes.len()).then(|| values.iter().zip(nodes).map(|(value, node)| Given { node, value }).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{
        testing::registry,
        tests::{notes, thing},
    };

    /// What lines of front matter become, and what is said of them.
    #[track_caller]
    fn check(lines: &str, expected: Value, told: &[&str]) {
        let converted = thing(&format!("{lines}\n"));
        assert_eq!(
            (converted.values.clone(), notes(&converted)),
            (expected, told.iter().map(|t| (*t).to_owned()).collect())
        );
        let registry = registry();
        let blueprint = registry.find_blueprint("things").unwrap();
        let role = diwan_content::LocaleRole::Origin;
        let (_, faults) = blueprint.read(&converted.values, &role, &diwan_content::Pointer::root());
        assert_eq!(faults, [], "{lines}");
    }

    #[test]
    fn a_list_of_nodes_becomes_a_document() {
        let set = json!({"type": "set", "attrs": {"id": "s1", "values": {"type": "quote", "text": "نص"}}});
        check(
            "story:\n  - { type: paragraph, content: [{ type: text, text: أ }] }\n  - { type: set, attrs: { id: s1, values: { type: quote, text: نص } } }",
            json!({"story": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "أ"}]}, set]}}),
            &["3: story: the list of nodes became a document"],
        );
        check("story: []", json!({"story": null}), &["3: story: the empty text became nothing"]);
    }

    #[test]
    fn mappings_become_the_shapes_of_fields() {
        check(
            "span: { start: '2022-06-21', end: '2022-06-22' }",
            json!({"span": {"from": "2022-06-21", "to": "2022-06-22"}}),
            &["3: span: start and end became from and to"],
        );
        check(
            "span: { start: '2022-06-21', end: ~ }",
            json!({"span": {"from": "2022-06-21", "to": null}}),
            &["3: span: start and end became from and to"],
        );
        check(
            "tariff:\n  - cells: [رسم, 100]\n  - cells: [ختم]",
            json!({"tariff": {"columns": ["", ""], "rows": [["رسم", "100"], ["ختم", ""]]}}),
            &["3: tariff: the columns have no names there"],
        );
        check("tariff: []", json!({"tariff": null}), &["3: tariff: the empty table became nothing"]);
        check(
            "sample: { code: 'a', mode: php }",
            json!({"sample": {"code": "a", "language": "php"}}),
            &["3: sample: mode became language"],
        );
        check(
            "sample: 'a'",
            json!({"sample": {"code": "a", "language": null}}),
            &["3: sample: became code of no language"],
        );
        check(
            "facts: { المدة: يوم, الرسم: 10 }",
            json!({"facts": [{"key": "المدة", "value": "يوم"}, {"key": "الرسم", "value": "10"}]}),
            &["3: facts: the mapping became a list of pairs"],
        );
        check("place: { lat: 24.5, lng: 46 }", json!({"place": {"latitude": 24.5, "longitude": 46}}), &[]);
        check("extra: { a: [1, x] }", json!({"extra": {"a": [1, "x"]}}), &[]);
        check("tags: [أ, ب]\nopens: '08:30'", json!({"tags": ["أ", "ب"], "opens": "08:30"}), &[]);
    }

    #[test]
    fn what_has_another_shape_is_kept_beside_the_data() {
        for (line, why) in [
            ("span: '2022-06-21'", "span: has no start: \"2022-06-21\""),
            ("tariff: text", "tariff: is no table: \"text\""),
            ("tariff: [{ rows: [] }]", "tariff: is no table: [{\"rows\":[]}]"),
            ("facts: [a]", "facts: is no mapping: [\"a\"]"),
            ("place: [24.5, 46]", "place: is no place: [24.5,46]"),
            ("place: { lat: 91, lng: 0 }", "place: The maximum is 90: {\"lat\":91,\"lng\":0}"),
            (
                "mobile: call us",
                "mobile: The value must be one telephone number of 3 to 15 digits. An international number starts with + and has at least 7 digits: \"call us\"",
            ),
        ] {
            let converted = thing(&format!("{line}\n"));
            assert_eq!(converted.values, json!({}), "{line}");
            assert_eq!(notes(&converted), [format!("3: {why}; kept beside the data")], "{line}");
            assert!(converted.foreign.contains_key("keys"), "{line}");
        }
    }
}
