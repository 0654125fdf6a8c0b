//! Values that are objects of a few fixed members.

use serde_json::{Map, Value, json};

use crate::{faults::FaultCode, model::Reading};

/// The members of an object by the given names, `null` for those that are absent. Tells what is no object and members of
/// other names; `None` then.
pub(crate) fn read_members<'v, const N: usize>(
    value: &'v Value,
    names: [&str; N],
    reading: &mut Reading<'_>,
) -> Option<[&'v Value; N]> {
    let Value::Object(members) = value else {
        reading.wrong_type("object");
        return None;
    };
    let mut known = true;
    for unknown in members.keys().filter(|name| !names.contains(&name.as_str())) {
        reading.member(unknown).fault_with(FaultCode::UnknownField, "allowed", names.to_vec());
        known = false;
    }
    known.then(|| names.map(|name| members.get(name).unwrap_or(&Value::Null)))
}

/// JSON Schema of a written object: these members and no others.
pub(crate) fn written_object<const N: usize>(members: [(&str, Value); N], required: &[&str]) -> Value {
    let properties: Map<String, Value> = members.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// JSON Schema of an answered object: exactly these members.
pub(crate) fn answered_object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let names: Vec<String> = members.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    written_object(members, &names)
}

/// The schema of a type that may be `null` inside of an object.
pub(crate) fn or_null(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    if let Some(options) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        options.push(Value::Null);
    }
    schema
}

/// Whether a stored value is no object, or one whose members are all absent or null.
pub(crate) fn has_no_members(value: &Value) -> bool {
    value.as_object().is_none_or(|members| members.values().all(Value::is_null))
}
