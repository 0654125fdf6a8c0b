//! JSON Schemas of a blueprint's data: what editors may write, what the API answers.

use serde_json::{Map, Value, json};

use crate::{
    field_types::{answer_object, input_object},
    model::Blueprint,
    values::Language,
};

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Blueprint {
    /// JSON Schema (draft 2020-12) of the own values that an origin may hold. `null` is allowed everywhere; nothing is
    /// required, for `required` binds when publishing. Closed.
    pub fn input_schema(&self) -> Value {
        self.of_data(input_object(&self.fields, [], &[]))
    }

    /// JSON Schema (draft 2020-12) of `data` in answers: every public field, nothing else. Single values may be `null`,
    /// lists may be empty.
    pub fn answer_schema(&self) -> Value {
        self.of_data(answer_object(&self.fields, []))
    }

    fn of_data(&self, data: Map<String, Value>) -> Value {
        let mut schema = Map::from_iter([
            ("$schema".to_owned(), json!(DRAFT)),
            ("title".to_owned(), json!(self.label.get(Language::En))),
        ]);
        schema.extend(data);
        Value::Object(schema)
    }
}

/// The same schema in the dialect of OpenAPI 3.0: `nullable` for the type `null`, a list of one for `const`, no `$schema`.
/// Titles go to the descriptions: some generators name types by titles, so that two schemas of one title become one.
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
            ("title" | "description", _) => {
                out.insert("description".to_owned(), json!(description(keywords)));
            }
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

/// Title and description, each where it is there.
fn description(keywords: &Map<String, Value>) -> String {
    let texts = ["title", "description"].map(|keyword| keywords.get(keyword).and_then(Value::as_str));
    texts.into_iter().flatten().collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        field_types::testing::{blueprint, short_faults},
        model::{Data, LiveAsset, LiveEntry, LocaleRole, Lookup},
        presenting::{deliver, present, resolve},
        values::{AssetId, EntryId, Pointer},
    };

    fn every_type() -> Blueprint {
        blueprint(
            "- { handle: text, type: text, min_chars: 1, max_chars: 50, pattern: '^[^x]*$', localizable: true }
- { handle: textarea, type: textarea }
- { handle: markdown, type: markdown, localizable: true }
- { handle: integer, type: integer, min: -5, max: 5 }
- { handle: number, type: number, max: 1000 }
- { handle: boolean, type: boolean }
- { handle: date, type: date }
- { handle: datetime, type: datetime }
- { handle: one, type: select, max_items: 1, options: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: ب, en: B } }] }
- { handle: many, type: select, options: [{ value: a, label: { ar: أ, en: A } }, { value: b, label: { ar: ب, en: B } }] }
- { handle: list, type: list, max_items: 3 }
- { handle: reference, type: reference, max_items: 1 }
- { handle: references, type: reference }
- { handle: asset, type: asset, max_items: 1 }
- { handle: assets, type: asset }
- { handle: link, type: link, localizable: true }
- { handle: holy_day, type: date, hijri: true }
- { handle: session, type: datetime, hijri: true }
- { handle: span, type: date_range }
- { handle: term, type: date_range, open_ended: true, hijri: true }
- { handle: opens, type: time, max: 15:00 }
- { handle: tags, type: tags, max_chars: 20 }
- { handle: tariff, type: table }
- { handle: sample, type: code }
- { handle: query, type: code, languages: [sql] }
- { handle: facts, type: key_value, max_items: 5 }
- { handle: email, type: email }
- { handle: phone, type: phone }
- { handle: url, type: url }
- { handle: color, type: color }
- { handle: brand, type: color, options: [{ value: '#0a7d4f', label: { ar: أخضر, en: Green } }] }
- { handle: place, type: geo_point }
- { handle: extra, type: json }
- { handle: notes, type: textarea, private: true }",
        )
    }

    fn full() -> Value {
        const ID: &str = "6c5a7ac3-546c-4172-947a-231133096268";
        json!({
            "text": "أ", "textarea": "أ\nب", "markdown": "# أ", "integer": 3, "number": 2.5, "boolean": true, "date": "2026-01-31",
            "datetime": "2026-01-31T09:00:00+03:00", "one": "a", "many": ["b", "a"], "list": ["أ", "أ"], "reference": ID,
            "references": [ID], "asset": ID, "assets": [ID], "link": "entry:6c5a7ac3-546c-4172-947a-231133096268", "notes": "سر",
            "holy_day": "2024-03-11", "session": "2024-03-11T01:30:00+03:00", "span": {"from": "2026-01-01", "to": "2026-01-31"},
            "term": {"from": "2026-01-01", "to": null}, "opens": "08:30", "tags": ["أ", "ب"],
            "tariff": {"columns": ["أ"], "rows": [["1"], ["2"]]}, "sample": {"code": "x", "language": null},
            "query": {"code": "SELECT 1", "language": "sql"}, "facts": [{"key": "أ", "value": "ب"}], "email": "a@b.example",
            "phone": "+966501234567", "url": "https://a.example/ب", "color": "#0a7d4f80", "brand": "#0a7d4f",
            "place": {"latitude": 24.7, "longitude": 46.7}, "extra": {"a": [null, 1.5, {"b": "ج"}]},
        })
    }

    fn checked(schema: &Value, value: &Value) -> Vec<String> {
        assert!(jsonschema::draft202012::meta::is_valid(schema));
        let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect()
    }

    struct NothingLives;

    impl Lookup for NothingLives {
        fn entry(&self, _id: EntryId) -> Option<LiveEntry<'_>> {
            None
        }

        fn asset(&self, _id: AssetId) -> Option<LiveAsset<'_>> {
            None
        }
    }

    #[test]
    fn what_is_read_follows_the_input_schema_and_what_is_answered_the_other() {
        let blueprint = every_type();
        let (data, faults) = blueprint.read(&full(), &LocaleRole::Origin, &Pointer::root());
        assert_eq!(short_faults(&faults), Vec::<String>::new());
        assert_eq!(checked(&blueprint.input_schema(), &full()), Vec::<String>::new());
        let presented = present(&blueprint, &resolve(&blueprint, &data, None));
        assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(presented)), Vec::<String>::new());

        let empty: Map<String, Value> =
            full().as_object().unwrap().keys().map(|name| (name.clone(), Value::Null)).collect();
        let empty = Value::Object(empty);
        assert_eq!(checked(&blueprint.input_schema(), &empty), Vec::<String>::new());
        assert!(blueprint.read(&empty, &LocaleRole::Origin, &Pointer::root()).1.is_empty());
        let presented = present(&blueprint, &resolve(&blueprint, &Data::default(), None));
        assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(presented)), Vec::<String>::new());
    }

    #[test]
    fn examples_of_the_shipped_blueprints_follow_their_schemas() {
        let registry = crate::Registry::load(&crate::loading::testing::shipped()).unwrap();
        for blueprint in registry.blueprints() {
            for example in &blueprint.examples {
                let input = blueprint.input_schema();
                assert_eq!(checked(&input, example), Vec::<String>::new(), "{} {example}", blueprint.handle);
                let (data, faults) = blueprint.read(example, &LocaleRole::Origin, &Pointer::root());
                assert_eq!(short_faults(&faults), Vec::<String>::new(), "{} {example}", blueprint.handle);
                let presented = present(blueprint, &resolve(blueprint, &blueprint.with_defaults(data), None));
                let delivered = deliver(blueprint, presented, &NothingLives).data;
                assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(delivered)), Vec::<String>::new());
            }
        }
    }

    #[test]
    fn both_schemas_are_closed_and_know_what_is_private() {
        let blueprint = every_type();
        assert_eq!(checked(&blueprint.input_schema(), &json!({"unknown": 1})).len(), 1);
        let mut answer = present(&blueprint, &resolve(&blueprint, &Data::default(), None));
        answer.insert("notes".to_owned(), json!(null));
        assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(answer)).len(), 1);
        assert!(blueprint.answer_schema().to_string().find("notes").is_none());
    }

    #[test]
    fn openapi_has_its_own_way_to_say_null() {
        let schema = json!({
            "$schema": DRAFT,
            "title": "Thing",
            "properties": {
                "title": {"type": "string", "title": "Title", "description": "what people read"},
                "type": {"type": ["string", "null"], "enum": ["a", null]},
                "const": {"const": 1},
                "list": {"type": "array", "items": {"type": ["object", "null"], "properties": {"href": {"type": ["string", "null"]}}}},
            },
        });
        let expected = json!({
            "description": "Thing",
            "properties": {
                "title": {"type": "string", "description": "Title: what people read"},
                "type": {"type": "string", "nullable": true, "enum": ["a", null]},
                "const": {"enum": [1]},
                "list": {"type": "array", "items": {"type": "object", "nullable": true, "properties": {"href": {"type": "string", "nullable": true}}}},
            },
        });
        assert_eq!(to_openapi30(&schema), expected);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,8}".prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            prop::sample::select(vec![
                "a",
                "b",
                "2026-01-31",
                "2026-01-31T09:00:00+03:00",
                "6c5a7ac3-546c-4172-947a-231133096268",
                "entry:x",
                "https://a.example",
                "asset:6c5a7ac3-546c-4172-947a-231133096268",
                "[a](entry:6c5a7ac3-546c-4172-947a-231133096268)",
                " أ\u{a0}ب",
                "08:30",
                "+966 (0)50 123 4567",
                "٠٥٠١٢٣٤٥٦٧",
                "a@B.example",
                "#0A7D4F",
                "sql",
            ])
            .prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z]{0,3}", inner, 0..4)
                    .prop_map(|map| map.into_iter().collect::<Value>()),
            ]
        })
    }

    fn any_values() -> impl Strategy<Value = Value> {
        let names: Vec<String> = full().as_object().unwrap().keys().cloned().chain(["unknown".to_owned()]).collect();
        prop::collection::btree_map(prop::sample::select(names), any_json(), 0..8)
            .prop_map(|map| map.into_iter().collect())
    }

    proptest! {
        #[test]
        fn any_json_is_read_without_panic_and_what_is_kept_follows_both_schemas(written in any_values(), other in any_json()) {
            let blueprint = every_type();
            blueprint.read(&other, &LocaleRole::Origin, &Pointer::root());
            let (data, faults) = blueprint.read(&written, &LocaleRole::Origin, &Pointer::root());
            if faults.is_empty() {
                let kept = Value::Object(data.as_map().clone());
                let (again, faults) = blueprint.read(&kept, &LocaleRole::Origin, &Pointer::root());
                prop_assert!(faults.is_empty(), "what is kept is taken again");
                prop_assert_eq!(again, data.clone(), "and stays as it is");
                prop_assert_eq!(checked(&blueprint.input_schema(), &written), Vec::<String>::new());
            }
            let presented = present(&blueprint, &resolve(&blueprint, &data, None));
            prop_assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(presented)), Vec::<String>::new());
        }

        #[test]
        fn whatever_is_stored_is_answered_by_the_schema(own in any_values(), origin in any_values()) {
            let blueprint = every_type();
            let (own, origin) = (own.as_object().unwrap().clone(), origin.as_object().unwrap().clone());
            let resolved = resolve(&blueprint, &Data::from_checked(own), Some(&Data::from_checked(origin)));
            blueprint.references(&resolved, &Pointer::root());
            blueprint.publish_faults(&resolved, &Pointer::root());
            let delivered = deliver(&blueprint, present(&blueprint, &resolved), &NothingLives);
            prop_assert_eq!(checked(&blueprint.answer_schema(), &Value::Object(delivered.data)), Vec::<String>::new());
        }
    }
}
