//! The values of a localization through its origin.

use serde_json::{Map, Value};

use crate::model::{Blueprint, Data};

/// Every field of the blueprint with its value, `null` when it has none. Absent inherits from the origin, `null` empties, a
/// value overrides; what is not localizable always comes from the origin. The origin itself has none (`None`).
pub fn resolve(blueprint: &Blueprint, own: &Data, origin: Option<&Data>) -> Map<String, Value> {
    let mut resolved = Map::with_capacity(blueprint.fields.len());
    for field in &blueprint.fields {
        let handle = field.handle.as_str();
        let value = match origin {
            None => own.find(handle),
            Some(origin) if field.localizable => own.find(handle).or_else(|| origin.find(handle)),
            Some(origin) => origin.find(handle),
        };
        resolved.insert(handle.to_owned(), value.cloned().unwrap_or(Value::Null));
    }
    resolved
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::{blueprint, data};

    #[test]
    fn absent_inherits_null_empties_and_a_value_overrides() {
        let blueprint = blueprint(
            "- { handle: a, type: text, localizable: true }
- { handle: b, type: text, localizable: true }
- { handle: c, type: text, localizable: true }
- { handle: d, type: text }
- { handle: e, type: text }",
        );
        let origin = data(json!({"a": "أ", "b": "ب", "c": "ج", "d": "د"}));
        let own = data(json!({"a": "A", "b": null, "d": "D", "gone": 1}));
        let resolved = resolve(&blueprint, &own, Some(&origin));
        assert_eq!(Value::Object(resolved), json!({"a": "A", "b": null, "c": "ج", "d": "د", "e": null}));
        let resolved = resolve(&blueprint, &own, None);
        assert_eq!(Value::Object(resolved), json!({"a": "A", "b": null, "c": null, "d": "D", "e": null}));
    }
}
