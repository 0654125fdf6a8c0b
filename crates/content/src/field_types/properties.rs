//! What must hold of every field type, for any value.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::field_type::FieldType;
use crate::{
    field_types::testing::{
        blueprint, needed_keys, short_faults,
        values::{any_json, changed, leaves, values_of},
    },
    markup::check_harmless,
    model::{Blueprint, Data, LiveAsset, LiveEntry, LocaleRole, Lookup},
    presenting::{deliver, present, presented_references, search_texts},
    reading::compare,
    values::{AssetId, AssetKind, EntryId, Pointer, PublicPath},
};

/// A blueprint of a field of every type, and of those that hold fields within one another.
fn every_type() -> Blueprint {
    let mut fields = String::new();
    for name in FieldType::names() {
        let keys = needed_keys(name);
        let keys = if keys.is_empty() { String::new() } else { format!("\n  {keys}") };
        fields.push_str(&format!("- handle: {name}\n  type: {name}{keys}\n"));
    }
    fields.push_str(NESTED);
    blueprint(&fields)
}

const NESTED: &str = "- handle: page
  type: blocks
  blocks:
    - handle: text
      label: { ar: أ, en: A }
      fields:
        - handle: body
          type: rich_text
          label: { ar: أ, en: A }
          required: true
          searchable: 1
          blocks:
            - handle: offices
              label: { ar: أ, en: A }
              fields:
                - handle: rows
                  type: grid
                  label: { ar: أ, en: A }
                  fields:
                    - { handle: closed, type: boolean, label: { ar: أ, en: A } }
                    - { handle: manager, type: reference, max_items: 1, required: true, label: { ar: أ, en: A }, unless: { closed: true } }
                    - { handle: photos, type: asset, label: { ar: أ, en: A } }
                    - { handle: secret, type: text, private: true, label: { ar: أ, en: A } }
    - handle: contact
      label: { ar: أ, en: A }
      fields:
        - handle: details
          type: group
          label: { ar: أ, en: A }
          fields:
            - { handle: mail, type: email, label: { ar: أ, en: A }, required: true }
            - { handle: more, type: link, label: { ar: أ, en: A } }
";

/// What lives does so by the last bit of its id.
struct HalfLives(PublicPath);

impl Lookup for HalfLives {
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>> {
        let entry = LiveEntry { collection: "departments", path: Some(&self.0), title: "أ", in_locale: true };
        id.0.as_u128().is_multiple_of(2).then_some(entry)
    }

    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>> {
        let asset = LiveAsset { kind: Some(AssetKind::Document), url: "/v1/assets/a", name: "a.pdf" };
        id.0.as_u128().is_multiple_of(2).then_some(asset)
    }
}

struct Schemas {
    blueprint: Blueprint,
    input: jsonschema::Validator,
    answer: jsonschema::Validator,
}

impl Schemas {
    fn new() -> Self {
        let blueprint = every_type();
        let make = |schema: Value| {
            assert!(jsonschema::draft202012::meta::is_valid(&schema));
            jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
        };
        let (input, answer) = (make(blueprint.input_schema()), make(blueprint.answer_schema()));
        Self { blueprint, input, answer }
    }

    /// Stored values are presented, looked at and answered as the schema says, and no HTML in the answer can harm.
    fn check_answer(&self, values: &Map<String, Value>) {
        let blueprint = &self.blueprint;
        blueprint.references(values, &Pointer::root());
        blueprint.publish_faults(values, &Pointer::root());
        let presented = present(blueprint, values);
        search_texts(blueprint, &presented);
        presented_references(blueprint, &presented);
        let lookup = HalfLives(PublicPath::from_stored("/department/الموازنة".to_owned()));
        let answered = Value::Object(deliver(blueprint, presented, &lookup).data);
        check_valid(&self.answer, &answered);
        check_html(&answered);
        assert!(!answered.to_string().contains("secret"), "{answered}");
    }
}

fn check_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert_eq!(errors, [""; 0], "{value}");
}

fn check_html(value: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(html)) = members.get("html") {
                check_harmless(html);
            }
            // JSON fields hold anything, markup too, and are no markup.
            members.iter().filter(|(name, _)| *name != "json").for_each(|(_, member)| check_html(member));
        }
        Value::Array(items) => items.iter().for_each(check_html),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn read(blueprint: &Blueprint, values: &Value) -> (Data, Vec<String>) {
    let (data, faults) = blueprint.read(values, &LocaleRole::Origin, &Pointer::root());
    (data, short_faults(&faults))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_kept_and_answered(values in values_of(&every_type().fields)) {
        let schemas = Schemas::new();
        let written = Value::Object(values.clone());
        let (data, faults) = read(&schemas.blueprint, &written);
        prop_assert_eq!(faults, Vec::<String>::new());
        prop_assert_eq!(Value::Object(data.as_map().clone()), written.clone());
        check_valid(&schemas.input, &written);
        schemas.check_answer(&values);
        prop_assert_eq!(compare(&schemas.blueprint, &data, &data), []);
    }

    #[test]
    fn what_is_nearly_right_is_refused_or_taken_and_answered_in_any_case(
        values in values_of(&every_type().fields),
        at: prop::sample::Index,
        other in any_json(),
    ) {
        let schemas = Schemas::new();
        let before = Data::from_checked(values.clone());
        let written = changed(Value::Object(values), at, other);
        let (data, faults) = read(&schemas.blueprint, &written);
        if faults.is_empty() {
            check_valid(&schemas.input, &written);
            let kept = Value::Object(data.as_map().clone());
            prop_assert_eq!(read(&schemas.blueprint, &kept), (data.clone(), Vec::new()));
        }
        compare(&schemas.blueprint, &before, &data);
        if let Value::Object(stored) = &written {
            schemas.check_answer(stored);
        }
    }
}

/// A text that no field, member or attribute takes.
const BROKEN: &str = "\u{1}";

fn break_leaf(value: &mut Value, place: &str) {
    *value.pointer_mut(place).unwrap() = json!(BROKEN);
}

/// Whether a text of one of the generated documents points to an entry or asset.
fn points_somewhere(text: &str) -> bool {
    let id = text.strip_prefix("entry:").or_else(|| text.strip_prefix("asset:")).unwrap_or(text);
    id.parse::<EntryId>().is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn the_fault_of_a_broken_leaf_is_at_its_place(values in values_of(&every_type().fields), at: prop::sample::Index) {
        let mut written = Value::Object(values);
        let places = leaves(&written);
        prop_assume!(!places.is_empty());
        let place = &places[at.index(places.len())];
        break_leaf(&mut written, place);
        let (_, faults) = every_type().read(&written, &LocaleRole::Origin, &Pointer::root());
        let found: Vec<&str> = faults.iter().map(|fault| fault.pointer.as_str()).collect();
        prop_assert_eq!(found, [place.as_str()], "{}", written);
    }

    #[test]
    fn a_reference_is_at_its_place_whatever_else_is_broken(
        values in values_of(&every_type().fields),
        breaks in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
    ) {
        let mut written = Value::Object(values);
        for at in breaks {
            // Where the type of a block or node is broken, nobody knows what is in it.
            let places: Vec<String> = leaves(&written).into_iter().filter(|place| !place.ends_with("/type")).collect();
            prop_assume!(!places.is_empty());
            break_leaf(&mut written, &places[at.index(places.len())]);
        }
        let role = LocaleRole::Origin;
        let found = every_type().written_references(&written, &role, &Pointer::root());
        let mut found: Vec<String> = found.iter().map(|reference| reference.pointer.to_string()).collect();
        let is_reference = |place: &String| {
            let text = written.pointer(place).and_then(Value::as_str);
            // JSON may hold what looks like an id and points nowhere.
            !place.starts_with("/json") && text.is_some_and(points_somewhere)
        };
        let mut expected: Vec<String> = leaves(&written).into_iter().filter(is_reference).collect();
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected, "{}", written);
    }
}

#[test]
fn the_blueprint_of_every_type_is_whole() {
    let blueprint = every_type();
    assert_eq!(blueprint.fields.len(), FieldType::names().count() + 1);
    let (_, faults) = read(&blueprint, &json!({}));
    assert_eq!(faults, [""; 0]);
}
