//! Pieces that the schemas are made of.

use serde_json::{Value, json};

pub(super) fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

pub(super) fn list(items: Value, min: usize, max: usize) -> Value {
    json!({ "type": "array", "minItems": min, "maxItems": max, "items": items })
}

pub(super) fn words(words: &[&str]) -> Value {
    json!({ "enum": words })
}

pub(super) fn boolean(default: bool) -> Value {
    json!({ "type": "boolean", "default": default })
}

pub(super) fn with_default(mut schema: Value, default: Value) -> Value {
    if let Value::Object(map) = &mut schema {
        map.insert("default".to_owned(), default);
    }
    schema
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

/// The schema with a text for editors. Draft 7 passes over what stands beside `$ref`, so that one is wrapped.
pub(super) fn describe(schema: Value, text: &str) -> Value {
    let mut described = if schema.get("$ref").is_some() { json!({ "allOf": [schema] }) } else { schema };
    if let Value::Object(map) = &mut described {
        map.insert("description".to_owned(), json!(text));
    }
    described
}
