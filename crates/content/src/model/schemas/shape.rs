//! What of a blueprint decides how values are answered, ordered and filtered: not labels, not limits.

use serde_json::{Map, Value, json};

use super::field::Field;
use crate::values::ContentHash;

/// Constraints that bind what is written and change nothing about what is answered, and fields, which are looked at one by
/// one.
const WITHOUT_EFFECT: [&str; 15] = [
    "accept",
    "blocks",
    "collections",
    "fields",
    "max",
    "max_bytes",
    "max_chars",
    "max_columns",
    "max_depth",
    "max_rows",
    "min",
    "min_chars",
    "min_items",
    "pattern",
    "reverse",
];

/// Hash of the shape of all fields. Values that were presented under a blueprint of the same shape are answered as they are.
pub(crate) fn shape_of(fields: &[Field]) -> ContentHash {
    let shapes: Vec<Value> = fields.iter().map(field_shape).collect();
    ContentHash::of_parts(&[b"shape-1", Value::Array(shapes).to_string().as_bytes()])
}

/// Whether both fields answer every value alike.
pub(crate) fn have_one_shape(a: &Field, b: &Field) -> bool {
    field_shape(a) == field_shape(b)
}

fn field_shape(field: &Field) -> Value {
    let kind = field.field_type.kind();
    let constraints: Map<String, Value> = kind
        .describe()
        .into_iter()
        .filter_map(|(name, value)| {
            let value = shaping(&name, value)?;
            Some((name, value))
        })
        .collect();
    let conditions = (!field.conditions.is_empty())
        .then(|| json!([field.conditions.describe_when(), field.conditions.describe_unless()]));
    let inner: Vec<Value> = field
        .field_type
        .inner_fields()
        .into_iter()
        .map(|(place, fields)| json!([place, fields.iter().map(field_shape).collect::<Vec<_>>()]))
        .collect();
    json!([field.handle, kind.name(), constraints, field.private, conditions, inner])
}

/// What of a constraint has an effect on answers; `None` where nothing has.
fn shaping(name: &str, value: Value) -> Option<Value> {
    match name {
        name if WITHOUT_EFFECT.contains(&name) => None,
        // One value or a list.
        "max_items" => Some(json!(value != 1)),
        "options" => Some(value.as_array()?.iter().map(|option| option["value"].clone()).collect()),
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use crate::field_types::testing::blueprint;

    fn shape(fields: &str) -> crate::ContentHash {
        super::shape_of(&blueprint(fields).fields)
    }

    #[test]
    fn labels_and_limits_do_not_change_the_shape() {
        let option = |label: &str| {
            format!("- {{ handle: a, type: select, options: [{{ value: x, label: {{ ar: {label}, en: A }} }}] }}")
        };
        assert_eq!(shape(&option("أ")), shape(&option("ب")));
        assert_eq!(
            shape("- { handle: a, type: text, max_chars: 5 }"),
            shape("- { handle: a, type: text, required: true }")
        );
        assert_eq!(
            shape("- { handle: a, type: asset, max_items: 2 }"),
            shape("- { handle: a, type: asset, max_items: 3 }")
        );
    }

    #[test]
    fn types_options_and_fields_do() {
        let before = shape("- { handle: a, type: select, options: [{ value: x, label: { ar: أ, en: A } }] }");
        for after in [
            "- { handle: b, type: select, options: [{ value: x, label: { ar: أ, en: A } }] }",
            "- { handle: a, type: select, options: [{ value: y, label: { ar: أ, en: A } }] }",
            "- { handle: a, type: select, max_items: 1, options: [{ value: x, label: { ar: أ, en: A } }] }",
            "- { handle: a, type: select, private: true, options: [{ value: x, label: { ar: أ, en: A } }] }",
            "- { handle: a, type: text }",
            "- { handle: a, type: group, fields: [{ handle: b, type: text, label: { ar: أ, en: A } }] }",
        ] {
            assert_ne!(shape(after), before, "{after}");
        }
    }
}
