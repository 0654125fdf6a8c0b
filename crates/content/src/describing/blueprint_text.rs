//! A blueprint as a text that can be kept and read again alone.

use serde_json::{Map, Value, json};

use crate::{
    field_types::FieldType,
    model::{Blueprint, Field},
};

impl Blueprint {
    /// The blueprint in the format of its file, as compact JSON (which is YAML): fieldsets are put in and every limit is
    /// written out, so that [`Blueprint::from_text`] reads it without another file. The hash of what it reads is that of
    /// this blueprint. Examples are left out.
    pub fn to_text(&self) -> String {
        let Self { handle, label, groups, fields, examples: _, hash: _, shape: _ } = self;
        let mut text = Map::from_iter([("handle".to_owned(), json!(handle)), ("label".to_owned(), json!(label))]);
        if !groups.is_empty() {
            let groups = groups.iter().map(|group| json!({ "handle": group.handle, "label": group.label }));
            text.insert("groups".to_owned(), groups.collect());
        }
        text.insert("fields".to_owned(), written_fields(fields));
        Value::Object(text).to_string()
    }
}

fn written_fields(fields: &[Field]) -> Value {
    fields.iter().map(written_field).collect()
}

/// A field by the keys of its file; those that say nothing are left out.
fn written_field(field: &Field) -> Value {
    let Field {
        handle,
        field_type,
        group,
        label,
        help,
        required,
        localizable,
        filterable,
        searchable,
        private,
        default,
        conditions,
    } = field;
    let mut keys =
        Map::from_iter([("handle".to_owned(), json!(handle)), ("type".to_owned(), json!(field_type.name()))]);
    keys.insert("label".to_owned(), json!(label));
    for (name, value) in [
        ("group", json!(group)),
        ("help", json!(help)),
        ("searchable", json!(searchable)),
        ("default", json!(default)),
        ("if", conditions.describe_when()),
        ("unless", conditions.describe_unless()),
    ] {
        if !value.is_null() {
            keys.insert(name.to_owned(), value);
        }
    }
    let switches =
        [("required", required), ("localizable", localizable), ("filterable", filterable), ("private", private)];
    keys.extend(switches.into_iter().filter(|(_, on)| **on).map(|(name, _)| (name.to_owned(), json!(true))));
    keys.extend(written_constraints(field_type));
    Value::Object(keys)
}

/// The constraints of a type, with the fields that it holds as they are written, not as they are described.
fn written_constraints(field_type: &FieldType) -> Map<String, Value> {
    let mut constraints = field_type.kind().declared();
    let mut inner = field_type.inner_fields().into_iter().map(|(_, fields)| written_fields(fields));
    if let Some(fields) = constraints.get_mut("fields") {
        *fields = inner.next().unwrap_or_default();
    } else if let Some(Value::Array(blocks)) = constraints.get_mut("blocks") {
        for (block, fields) in blocks.iter_mut().zip(inner) {
            block["fields"] = fields;
        }
    }
    constraints
}

#[cfg(test)]
mod tests {
    use crate::{
        field_types::{FieldType, testing::needed_keys},
        loading::testing::{registry, shipped},
        model::{Blueprint, Registry},
    };

    fn check(blueprint: &Blueprint) {
        let text = blueprint.to_text();
        let read = Blueprint::from_text(&blueprint.handle, &text).unwrap();
        assert_eq!((read.hash, read.describe()), (blueprint.hash, blueprint.describe()), "{text}");
        assert_eq!(read.to_text(), text);
    }

    #[test]
    fn the_text_of_a_blueprint_is_read_alone() {
        for blueprint in Registry::load(&shipped()).unwrap().blueprints() {
            check(blueprint);
        }
    }

    #[test]
    fn every_type_is_written_and_read_again() {
        let mut text = "handle: all\nlabel: { ar: أ, en: A }\nfields:\n".to_owned();
        for name in FieldType::names() {
            text.push_str(&format!(
                "  - handle: {name}_field\n    type: {name}\n    label: {{ ar: أ, en: A }}\n    required: {}\n",
                name == "text"
            ));
            text.push_str(&format!("    {}\n", needed_keys(name)));
        }
        text.push_str(
            "  - { handle: code, type: text, label: { ar: أ, en: A }, pattern: '^[\"\\\\a-z]+: #$', default: 'no: #', required: true }
  - { handle: n, type: number, label: { ar: أ, en: A }, min: -0.5, max: 1000, default: 12, filterable: true }
  - { handle: day, type: date, label: { ar: أ, en: A }, min: 2026-01-01, default: 2026-02-03, hijri: true }
  - { handle: at, type: time, label: { ar: أ, en: A }, max: 15:00, private: true }
  - { handle: to, type: reference, label: { ar: أ, en: A }, collections: [all], reverse: users }
  - handle: parts
    type: blocks
    label: { ar: أ, en: A }
    blocks:
      - { handle: one, label: { ar: أ, en: A }, fields: [{ use: seo }, { handle: x, type: json, label: { ar: أ, en: A }, if: { hidden: true } }] }
      - { handle: two, label: { ar: أ, en: A }, fields: [{ handle: e, type: reference, collections: [all], label: { ar: أ, en: A } }] }
",
        );
        let seo = "handle: seo\nlabel: { ar: أ, en: A }\nfields: [{ handle: hidden, type: boolean, label: { ar: أ, en: A } }]\n";
        let collection = "handle: all\nkind: list\nlabel: { ar: أ, en: A }\nblueprints: [all]\nlocales: [ar]\ntitle_field: text_field\nowner: required\nsort: [text_field]\n";
        let files =
            [("blueprints/all.yaml", text.as_str()), ("fieldsets/seo.yaml", seo), ("collections/all.yaml", collection)];
        check(registry(&files).find_blueprint("all").unwrap());
    }

    #[test]
    fn a_text_that_is_no_blueprint_says_why() {
        let handle = "news".parse().unwrap();
        for text in
            ["", "[]", "{\"handle\": \"other\"}", "{\"handle\": \"news\", \"fields\": [{\"type\": \"new_type\"}]}"]
        {
            assert!(!Blueprint::from_text(&handle, text).unwrap_err().is_empty(), "{text}");
        }
    }
}
