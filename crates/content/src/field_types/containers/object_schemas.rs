//! JSON Schemas of objects of fields: as they are written and as they are answered.

use serde_json::{Map, Value, json};

use crate::{model::Field, values::Language};

/// Schema of an object of fields that is written. `own` are members besides the fields.
pub(crate) fn input_object<'a>(
    fields: &[Field],
    own: impl IntoIterator<Item = (&'a str, Value)>,
    required: &[&str],
) -> Map<String, Value> {
    let mut properties: Map<String, Value> = own.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    for field in fields {
        let schema = nullable(field.field_type.kind().input_schema());
        properties.insert(field.handle.to_string(), described(field, schema));
    }
    closed_object(properties, required)
}

/// Schema of an object of fields that is answered: the public ones, each of them. `own` are members besides the fields.
pub(crate) fn answer_object<'a>(
    fields: &[Field],
    own: impl IntoIterator<Item = (&'a str, Value)>,
) -> Map<String, Value> {
    let mut properties: Map<String, Value> = own.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    for field in fields.iter().filter(|field| !field.private) {
        let schema = field.field_type.kind().answer_schema();
        let schema = if schema["type"] == "array" { schema } else { nullable(schema) };
        properties.insert(field.handle.to_string(), described(field, schema));
    }
    let required: Vec<String> = properties.keys().cloned().collect();
    let required: Vec<&str> = required.iter().map(String::as_str).collect();
    closed_object(properties, &required)
}

/// Schema of an object without other members.
pub(crate) fn closed_object(properties: Map<String, Value>, required: &[&str]) -> Map<String, Value> {
    let mut schema = Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("additionalProperties".to_owned(), json!(false)),
    ]);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

/// The schema that also takes `null`.
fn nullable(mut schema: Value) -> Value {
    // A schema without a type takes everything.
    let Some(json_type) = schema.get("type").cloned() else { return schema };
    schema["type"] = json!([json_type, "null"]);
    if let Some(options) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        options.push(Value::Null);
    }
    schema
}

fn described(field: &Field, mut schema: Value) -> Value {
    schema["title"] = json!(field.label.get(Language::En));
    if let Some(help) = &field.help {
        schema["description"] = json!(help.get(Language::En));
    }
    schema
}
