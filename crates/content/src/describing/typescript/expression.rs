//! JSON Schemas as expressions of TypeScript.

use diwan_arabic::is_direction_mark;
use serde_json::{Map, Value};

/// Any JSON, where a schema says nothing.
const ANY: &str = "JsonValue";
const INDENT: &str = "  ";

/// How schemas are written: the name of the type that a reference leads to.
pub(super) struct Writer<'a> {
    pub(super) name_of: &'a dyn Fn(&str) -> String,
}

/// A type, and whether it must stand in brackets before `[]`, `|` or `&`.
struct Expression {
    text: String,
    compound: bool,
}

impl Expression {
    fn simple(text: impl Into<String>) -> Self {
        Self { text: text.into(), compound: false }
    }

    fn bracketed(self) -> String {
        if self.compound { format!("({})", self.text) } else { self.text }
    }
}

impl Writer<'_> {
    /// The type of a schema in either dialect (2020-12, OpenAPI 3.0). `depth` is that of the line that it stands in.
    pub(super) fn expression(&self, schema: &Value, depth: usize) -> String {
        self.read(schema, depth).text
    }

    /// The members of an object, one a line with what is said of it, in braces.
    pub(super) fn object(&self, schema: &Value, depth: usize) -> String {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required = schema.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut members = Vec::new();
        for (name, property) in properties {
            let comment = comment(&said_of(property), depth + 1);
            let optional = if required.iter().any(|known| known == name) { "" } else { "?" };
            let written = self.expression(property, depth + 1);
            members.push(format!("{comment}{}{}{optional}: {written};\n", indent(depth + 1), property_name(name)));
        }
        format!("{{\n{}{}}}", members.concat(), indent(depth))
    }

    fn read(&self, schema: &Value, depth: usize) -> Expression {
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        let mut alternatives = self.alternatives(schema, depth);
        if nullable && !alternatives.iter().any(|one| one.text == "null" || one.text == ANY) {
            alternatives.push(Expression::simple("null"));
        }
        union(alternatives)
    }

    fn alternatives(&self, schema: &Value, depth: usize) -> Vec<Expression> {
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            return vec![Expression::simple((self.name_of)(target.rsplit('/').next().unwrap_or(target)))];
        }
        if let Some(value) = schema.get("const") {
            return vec![Expression::simple(value.to_string())];
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values.iter().map(|value| Expression::simple(value.to_string())).collect();
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(schemas) = schema.get(keyword).and_then(Value::as_array) {
                return schemas.iter().map(|schema| self.read(schema, depth)).collect();
            }
        }
        if let Some(schemas) = schema.get("allOf").and_then(Value::as_array) {
            return vec![self.intersection(schemas, depth)];
        }
        match schema.get("type") {
            Some(Value::Array(names)) => {
                names.iter().filter_map(Value::as_str).map(|name| self.of_type(name, schema, depth)).collect()
            }
            Some(Value::String(name)) => vec![self.of_type(name, schema, depth)],
            Some(_) | None => vec![Expression::simple(ANY)],
        }
    }

    fn of_type(&self, name: &str, schema: &Value, depth: usize) -> Expression {
        match name {
            "string" | "boolean" | "null" => Expression::simple(name),
            "integer" | "number" => Expression::simple("number"),
            "array" => {
                let items = schema.get("items").map_or(Expression::simple(ANY), |items| self.read(items, depth));
                Expression::simple(format!("{}[]", items.bracketed()))
            }
            "object" if schema.get("properties").is_some() => Expression::simple(self.object(schema, depth)),
            "object" => {
                let values = match schema.get("additionalProperties") {
                    Some(values @ Value::Object(_)) => self.read(values, depth).text,
                    Some(Value::Bool(false)) => "never".to_owned(),
                    Some(_) | None => ANY.to_owned(),
                };
                Expression::simple(format!("Record<string, {values}>"))
            }
            _ => Expression::simple(ANY),
        }
    }

    /// Schemas that say nothing but a text add nothing.
    fn intersection(&self, schemas: &[Value], depth: usize) -> Expression {
        let mut parts: Vec<Expression> = schemas.iter().map(|schema| self.read(schema, depth)).collect();
        parts.retain(|part| part.text != ANY);
        if parts.len() > 1 {
            let parts: Vec<String> = parts.into_iter().map(Expression::bracketed).collect();
            return Expression { text: parts.join(" & "), compound: true };
        }
        parts.pop().unwrap_or(Expression::simple(ANY))
    }
}

fn union(mut alternatives: Vec<Expression>) -> Expression {
    let mut seen: Vec<String> = Vec::new();
    alternatives.retain(|one| {
        let is_new = !seen.contains(&one.text);
        seen.push(one.text.clone());
        is_new
    });
    if alternatives.len() > 1 {
        // A union inside of a union needs no brackets; an intersection reads better with them.
        let parts: Vec<String> = alternatives.into_iter().map(Expression::bracketed).collect();
        return Expression { text: parts.join(" | "), compound: true };
    }
    alternatives.pop().unwrap_or(Expression::simple("never"))
}

/// White space before a line.
pub(super) fn indent(depth: usize) -> String {
    INDENT.repeat(depth)
}

/// What a schema says of itself: its title and its description.
fn said_of(schema: &Value) -> String {
    let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str).unwrap_or_default();
    let (title, description) = (text("title"), text("description"));
    // A type's own name is said by the reference to it.
    match (title.is_empty(), description.is_empty()) {
        (true, _) => description.to_owned(),
        (false, true) => title.to_owned(),
        (false, false) => format!("{title}: {description}"),
    }
}

/// A comment for editors of code over a line at that depth; nothing for an empty text. Line ends, and what would end the
/// comment or turn the direction of the code beside it, are written otherwise.
pub(super) fn comment(text: &str, depth: usize) -> String {
    let text: String = text.chars().filter(|c| !is_direction_mark(*c)).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /");
    if text.is_empty() { String::new() } else { format!("{}/** {text} */\n", indent(depth)) }
}

/// Literals as a union; `never` of none.
pub(super) fn literals<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.map(|text| Value::from(text).to_string()).collect();
    if texts.is_empty() { "never".to_owned() } else { texts.join(" | ") }
}

/// A member's name, in quotes where it is no plain one.
fn property_name(name: &str) -> String {
    let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_plain { name.to_owned() } else { Value::from(name).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(schema: Value, expected: &str) {
        let writer = Writer { name_of: &|name| format!("T{name}") };
        assert_eq!(writer.expression(&schema, 0), expected);
    }

    #[test]
    fn scalars_and_literals() {
        check(json!({"type": "string", "format": "uuid"}), "string");
        check(json!({"type": ["integer", "null"]}), "number | null");
        check(json!({"type": ["string", "null"], "enum": ["a\"b", null]}), "\"a\\\"b\" | null");
        check(json!({"type": "string", "nullable": true, "enum": ["أ", null]}), "\"أ\" | null");
        check(json!({"const": "quote"}), "\"quote\"");
        check(json!({}), "JsonValue");
        check(json!({"nullable": true}), "JsonValue");
    }

    #[test]
    fn lists_and_maps() {
        check(json!({"type": "array", "items": {"type": ["string", "null"]}}), "(string | null)[]");
        check(json!({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}), "string[][]");
        check(json!({"type": "array"}), "JsonValue[]");
        check(
            json!({"type": "object", "additionalProperties": {"type": "array", "items": {"$ref": "#/x/Asset"}}}),
            "Record<string, TAsset[]>",
        );
        check(json!({"type": "object", "additionalProperties": {}}), "Record<string, JsonValue>");
        check(json!({"type": "object", "additionalProperties": false}), "Record<string, never>");
    }

    #[test]
    fn combinations() {
        let note = json!({"description": "Only a text."});
        check(json!({"allOf": [{"$ref": "#/x/Page"}, note], "nullable": true}), "TPage | null");
        check(json!({"allOf": [{"$ref": "#/x/A"}, {"$ref": "#/x/B"}]}), "TA & TB");
        check(
            json!({"anyOf": [{"$ref": "#/x/A"}, {"allOf": [{"$ref": "#/x/B"}, {"$ref": "#/x/C"}]}]}),
            "TA | (TB & TC)",
        );
        check(json!({"type": "array", "items": {"oneOf": [{"$ref": "#/x/A"}, {"$ref": "#/x/A"}]}}), "TA[]");
    }

    #[test]
    fn objects_have_a_line_for_each_member() {
        check(
            json!({
                "type": "object", "required": ["a"],
                "properties": {
                    "a": {"type": "string", "title": "A", "description": "end */ here\n\u{202e}now"},
                    "x-y": {"type": "object", "properties": {"b": {"type": "number"}}},
                },
            }),
            "{\n  /** A: end * / here now */\n  a: string;\n  \"x-y\"?: {\n    b?: number;\n  };\n}",
        );
    }
}
