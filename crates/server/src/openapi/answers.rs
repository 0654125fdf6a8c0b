//! Makes exact what poem-openapi says of answers and bodies: which members are always there, which may be null, and that there are no others.

use serde_json::{Map, Value, json};

/// Components whose members may be left out of answers.
const LOOSE: [&str; 2] = ["Problem", "Fault"];

/// Every member of an answer is always there; what may be missing is null, and there are no members besides.
/// Poem-openapi tells optional members as absent ones and leaves objects open.
pub(super) fn close_answers(schemas: &mut Map<String, Value>) {
    for (name, schema) in schemas {
        let is_body = schema.get("additionalProperties") == Some(&Value::Bool(false));
        if is_body || schema.get("type").and_then(Value::as_str) != Some("object") {
            continue;
        }
        let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        let mut names = Vec::new();
        for (member, described) in properties {
            names.push(Value::String(member.clone()));
            simplify(described);
            if !LOOSE.contains(&name.as_str()) && !required.iter().any(|known| known == member) {
                make_nullable(described);
            }
        }
        if !LOOSE.contains(&name.as_str()) {
            schema["required"] = Value::Array(names);
        }
        schema["additionalProperties"] = false.into();
    }
}

/// Unknown members of bodies are refused.
pub(super) fn close_bodies(schemas: &mut Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(schema) = schemas.get_mut(*name) {
            schema["additionalProperties"] = false.into();
            let members = schema.get_mut("properties").and_then(Value::as_object_mut);
            for items in members.into_iter().flatten().filter_map(|(_, member)| member.get_mut("items")) {
                if items.get("properties").is_some() {
                    items["additionalProperties"] = false.into();
                }
            }
        }
    }
}

/// The same schema that also takes null.
fn make_nullable(schema: &mut Value) {
    if schema.get("$ref").is_some() {
        *schema = json!({ "allOf": [schema.take()] });
    }
    let Some(members) = schema.as_object_mut().filter(|members| !members.is_empty()) else { return };
    // OpenAPI 3.0 lets `nullable` count only beside a type; what has neither type nor reference takes any value, null too.
    if members.contains_key("allOf") {
        members.entry("type").or_insert_with(|| "object".into());
    }
    if members.contains_key("type") {
        members.insert("nullable".to_owned(), true.into());
    }
}

/// Poem-openapi writes a reference with a description as two schemas that both hold; the second says nothing more.
fn simplify(schema: &mut Value) {
    if let Some(all) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
        all.retain(|one| one.as_object().is_none_or(|members| members.keys().any(|key| key != "description")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_of_answers_are_always_there_and_null_where_they_may_be_missing() {
        let described = json!({
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": { "type": "string" },
                    "note": { "type": "string" },
                    "page": { "description": "a page", "allOf": [{ "$ref": "#/page" }, { "description": "a page" }] },
                    "owner": { "$ref": "#/owner" },
                    "anything": {},
                    "any_value": { "description": "any value" },
                },
            },
            "Fault": { "type": "object", "required": ["code"], "properties": { "code": { "type": "string" }, "params": { "type": "object" } } },
            "OneOrTheOther": { "anyOf": [{ "$ref": "#/a" }, { "$ref": "#/b" }] },
        });
        let Value::Object(mut schemas) = described.clone() else { unreachable!() };
        close_answers(&mut schemas);
        assert_eq!(
            schemas["Thing"],
            json!({
                "type": "object",
                "required": ["id", "note", "page", "owner", "anything", "any_value"],
                "properties": {
                    "id": { "type": "string" },
                    "note": { "type": "string", "nullable": true },
                    "page": { "type": "object", "nullable": true, "description": "a page", "allOf": [{ "$ref": "#/page" }] },
                    "owner": { "type": "object", "nullable": true, "allOf": [{ "$ref": "#/owner" }] },
                    "anything": {},
                    "any_value": { "description": "any value" },
                },
                "additionalProperties": false,
            })
        );
        assert_eq!(schemas["Fault"]["required"], json!(["code"]));
        assert_eq!(schemas["Fault"]["additionalProperties"], false);
        assert_eq!(schemas["OneOrTheOther"], described["OneOrTheOther"]);
    }
}
