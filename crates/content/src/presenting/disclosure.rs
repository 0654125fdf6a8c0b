//! What publishing data again would make public that was private when they were written.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    field_types::fields_by_way,
    model::{Blueprint, Data, Field},
};

/// Fields that hold a value and that are public today, but were private in the blueprint that the data were written under;
/// inner fields with the names of those around them, such as `rows.remark`.
pub fn disclosed_fields(data: &Data, written_under: &Blueprint, today: &Blueprint) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for field in today.public_fields() {
        let (name, value) = (field.handle.as_str(), data.find(field.handle.as_str()));
        if let (Some(before), Some(value)) = (written_under.find_field(name), value.filter(|value| !value.is_null())) {
            collect(before, field, &[value], name, &mut found);
        }
    }
    found
}

/// Goes as deep as types hold fields, which is bounded.
fn collect(before: &Field, today: &Field, values: &[&Value], name: &str, found: &mut BTreeSet<String>) {
    if values.is_empty() {
        return;
    }
    if before.private {
        found.insert(name.to_owned());
        return;
    }
    let held_before = before.field_type.inner_fields();
    for (way, fields) in today.field_type.inner_fields() {
        let older = fields_by_way(&held_before, &way);
        for field in fields.iter().filter(|field| !field.private) {
            let Some(before) = older.iter().find(|older| older.handle == field.handle) else { continue };
            let mut inside = Vec::new();
            values.iter().for_each(|value| members(value, field.handle.as_str(), &mut inside));
            collect(before, field, &inside, &format!("{name}.{}", field.handle), found);
        }
    }
}

/// The values of members of that name at any depth.
fn members<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| members(item, name, found)),
        Value::Object(object) => {
            for (member, inner) in object {
                if member == name && !inner.is_null() {
                    found.push(inner);
                } else {
                    members(inner, name, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::blueprint;

    #[test]
    fn private_values_that_publishing_would_show_are_found() {
        let fields = |private: bool| {
            blueprint(&format!(
                "- {{ handle: note, type: text, private: {private} }}
- {{ handle: empty, type: text, private: {private} }}
- {{ handle: open, type: text }}
- {{ handle: rows, type: grid, fields: [{{ handle: n, type: text, label: {{ ar: أ, en: A }} }}, {{ handle: remark, type: text, private: {private}, label: {{ ar: أ, en: A }} }}] }}"
            ))
        };
        let data = json!({
            "note": "سر", "empty": null, "open": "علن", "rows": [{ "id": "a", "n": "1" }, { "id": "b", "remark": "سر" }],
        });
        let data = Data::from_checked(data.as_object().unwrap().clone());
        let (before, today) = (fields(true), fields(false));
        let found = disclosed_fields(&data, &before, &today);
        assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), ["note", "rows.remark"]);
        assert!(disclosed_fields(&data, &today, &today).is_empty());
        assert!(disclosed_fields(&data, &today, &before).is_empty());
    }
}
