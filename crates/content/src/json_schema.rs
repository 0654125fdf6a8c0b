//! JSON Schemas of a blueprint's data: what editors may write, what the API answers.

use serde_json::{Map, Value, json};

use crate::{blueprint::Blueprint, field::Field, language::Language};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Blueprint {
    /// JSON Schema (draft 2020-12) of the own values that an origin may hold. `null` is allowed everywhere; nothing is
    /// required, for `required` binds when publishing. Closed.
    pub fn input_schema(&self) -> Value {
        let properties = self.fields.iter().map(|field| {
            let schema = nullable(field.field_type.kind().input_schema());
            (field.handle.to_string(), described(field, schema))
        });
        self.object_schema(properties.collect(), &[])
    }

    /// JSON Schema (draft 2020-12) of `data` in answers: every public field, nothing else. Single values may be `null`,
    /// lists may be empty.
    pub fn answer_schema(&self) -> Value {
        let properties = self.public_fields().map(|field| {
            let schema = field.field_type.kind().answer_schema();
            let schema = if schema["type"] == "array" { schema } else { nullable(schema) };
            (field.handle.to_string(), described(field, schema))
        });
        let required: Vec<&str> = self.public_fields().map(|field| field.handle.as_str()).collect();
        self.object_schema(properties.collect(), &required)
    }

    fn object_schema(&self, properties: Map<String, Value>, required: &[&str]) -> Value {
        let mut schema = json!({
            "$schema": DRAFT,
            "title": self.label.get(Language::En),
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
        schema
    }
}

/// The same schema in the dialect of OpenAPI 3.0: `nullable` for the type `null`, a list of one for `const`, no `$schema`.
pub fn to_openapi30(schema: &Value) -> Value {
    match schema {
        Value::Object(keywords) => Value::Object(openapi30_object(keywords)),
        Value::Array(schemas) => schemas.iter().map(to_openapi30).collect(),
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain.clone(),
    }
}

fn openapi30_object(keywords: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (keyword, value) in keywords {
        match (keyword.as_str(), value) {
            ("$schema", _) => {}
            ("const", value) => {
                out.insert("enum".to_owned(), json!([value]));
            }
            ("type", Value::Array(types)) => {
                let mut types: Vec<&Value> = types.iter().collect();
                let count = types.len();
                types.retain(|name| *name != "null");
                if types.len() < count {
                    out.insert("nullable".to_owned(), json!(true));
                }
                if let [only] = types.as_slice() {
                    out.insert("type".to_owned(), (*only).clone());
                }
            }
            // Here the keys are names of properties and the values of `enum` are data: neither are keywords.
            ("properties", Value::Object(properties)) => {
                let properties: Map<String, Value> =
                    properties.iter().map(|(name, schema)| (name.clone(), to_openapi30(schema))).collect();
                out.insert(keyword.clone(), Value::Object(properties));
            }
            ("enum" | "default" | "example", data) => {
                out.insert(keyword.clone(), data.clone());
            }
            (_, value) => {
                out.insert(keyword.clone(), to_openapi30(value));
            }
        }
    }
    out
}

/// The schema that also takes `null`.
fn nullable(mut schema: Value) -> Value {
    let json_type = schema["type"].clone();
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
