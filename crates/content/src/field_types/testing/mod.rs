//! What the tests of fields share: small blueprints, and checks that read like tables.

pub(crate) mod values;

use serde_json::Value;

use crate::{
    faults::Fault,
    field_types::field_type::FieldType,
    model::{
        Blueprint, Comparable, Conditions, Data, Delivery, Field, Found, LiveAsset, LiveEntry, Lookup, Reference,
        ReferenceTarget, shape_of,
    },
    values::{AssetId, AssetKind, ContentHash, EntryId, KeyPart, Label, Pointer, PublicPath},
    yaml::{self, Keys, Problems},
};

/// A field type from its keys in YAML.
pub(crate) fn field(text: &str) -> FieldType {
    let (field, problems) = parse(text);
    assert_eq!(problems, Vec::<String>::new());
    field.unwrap()
}

/// The keys lead to a problem that ends so.
pub(crate) fn check_problem(text: &str, what: &str) {
    let (_, problems) = parse(text);
    assert!(problems.iter().any(|problem| problem.ends_with(what)), "{problems:?}");
}

fn parse(text: &str) -> (Option<FieldType>, Vec<String>) {
    let node = yaml::parse(text, &yaml::Budget::default()).unwrap();
    let problems = Problems::of("test.yaml");
    let mut keys = Keys::open(&node, "f", &problems).unwrap();
    let field = FieldType::parse(&mut keys);
    (field, problems.into_list().iter().map(ToString::to_string).collect())
}

/// A blueprint from its fields in YAML; labels are made up.
pub(crate) fn blueprint(fields_text: &str) -> Blueprint {
    let node = yaml::parse(fields_text, &yaml::Budget::default()).unwrap();
    let yaml::NodeKind::Sequence(nodes) = &node.kind else { panic!("not a list") };
    let problems = Problems::of("test.yaml");
    let label = |text: &str| Label { ar: text.to_owned(), en: text.to_owned() };
    let mut fields = Vec::new();
    for node in nodes {
        let mut keys = Keys::open(node, "", &problems).unwrap();
        let handle = keys.handle("handle").unwrap();
        fields.push(Field {
            field_type: FieldType::parse(&mut keys).unwrap(),
            group: None,
            label: label(handle.as_str()),
            help: None,
            required: keys.boolean("required").unwrap_or(false),
            localizable: keys.boolean("localizable").unwrap_or(false),
            filterable: false,
            searchable: keys.integer("searchable").map(|weight| weight.try_into().unwrap()),
            private: keys.boolean("private").unwrap_or(false),
            default: keys.value("default"),
            conditions: Conditions::parse(&mut keys),
            handle,
        });
        keys.finish();
    }
    assert_eq!(problems.into_list(), []);
    Blueprint {
        handle: "test".parse().unwrap(),
        label: label("test"),
        groups: Vec::new(),
        hash: ContentHash::of(fields_text.as_bytes()),
        shape: shape_of(&fields),
        fields,
        examples: Vec::new(),
    }
}

/// Own values as they would be stored.
pub(crate) fn data(values: Value) -> Data {
    Data::from_stored(&values.to_string()).unwrap()
}

/// Faults as `pointer code`.
pub(crate) fn short_faults(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code.as_str())).collect()
}

/// The value is taken without a fault and kept so.
pub(crate) fn check_read(field: &FieldType, value: Value, kept: Value) {
    let mut faults = Vec::new();
    let read = field.read(&value, None, Pointer::root().key("f"), &mut faults);
    assert_eq!((read, short_faults(&faults)), (Some(kept), Vec::new()));
}

/// The value has exactly those faults.
pub(crate) fn check_faults(field: &FieldType, value: Value, expected: &[&str]) {
    let mut faults = Vec::new();
    field.read(&value, None, Pointer::root().key("f"), &mut faults);
    assert_eq!(short_faults(&faults), expected, "{value}");
}

/// The faults of a value where another stood before.
pub(crate) fn faults_after(field: &FieldType, value: Value, before: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    field.read(&value, Some(before), Pointer::root().key("f"), &mut faults);
    short_faults(&faults)
}

/// The stored value is published so.
pub(crate) fn check_present(field: &FieldType, value: Value, expected: Value) {
    assert_eq!(field.kind().present(&value), expected);
}

/// The stored value is answered so where only what ends in `268` or `f11` is public, and those places are listed.
pub(crate) fn check_deliver(field: &FieldType, value: Value, expected: Value, unresolved: &[&str]) {
    let lookup = TestLookup(PublicPath::from_stored("/department/الموازنة".to_owned()));
    let mut delivery = Delivery { lookup: &lookup, unresolved: Vec::new() };
    let mut presented = field.kind().present(&value);
    field.kind().deliver(&mut presented, &Pointer::root().key("f"), &mut delivery);
    let listed: Vec<String> =
        delivery.unresolved.iter().map(|u| format!("{} {}", u.pointer, u.reason.as_str())).collect();
    assert_eq!((presented, listed), (expected, unresolved.iter().map(|s| (*s).to_owned()).collect()));
}

/// What a stored value points to, as `pointer kind id`.
pub(crate) fn references(field: &FieldType, value: Value) -> Vec<String> {
    let mut references = Vec::new();
    let handle = "f".parse().unwrap();
    let mut found = Found { field: &handle, references: &mut references };
    field.kind().collect_references(&field.kind().present(&value), &Pointer::root().key("f"), &mut found);
    references.iter().map(short_reference).collect()
}

/// What a stored value points to in its own places, as `pointer kind id`.
pub(crate) fn stored_references(field: &FieldType, value: Value) -> Vec<String> {
    let mut references = Vec::new();
    let handle = "f".parse().unwrap();
    let mut found = Found { field: &handle, references: &mut references };
    field.kind().collect_stored_references(&value, &Pointer::root().key("f"), &mut found);
    references.iter().map(short_reference).collect()
}

fn short_reference(reference: &Reference) -> String {
    match reference.target {
        ReferenceTarget::Entry(id) => format!("{} entry {id}", reference.pointer),
        ReferenceTarget::Asset(id) => format!("{} asset {id}", reference.pointer),
    }
}

/// The value as it is read; it has no faults.
pub(crate) fn read_value(field: &FieldType, value: Value) -> Value {
    let mut faults = Vec::new();
    let read = field.read(&value, None, Pointer::root().key("f"), &mut faults);
    assert_eq!(short_faults(&faults), Vec::<String>::new());
    read.unwrap()
}

/// Whether the value is taken without a fault and kept so.
pub(crate) fn reads(field: &FieldType, value: &Value) -> bool {
    let mut faults = Vec::new();
    field.read(value, None, Pointer::root(), &mut faults).as_ref() == Some(value) && faults.is_empty()
}

/// What stands against publishing a stored value.
pub(crate) fn publish_faults_of(field: &FieldType, value: Value) -> Vec<String> {
    let mut faults = Vec::new();
    if !field.kind().is_empty(&value) {
        field.kind().publish_faults(&value, &Pointer::root().key("f"), &mut faults);
    }
    short_faults(&faults)
}

/// The texts that search reads of a stored value, by weight, where the field itself has none.
pub(crate) fn search_texts_of(field: &FieldType, value: Value) -> Vec<(u8, String)> {
    let mut texts = Vec::new();
    field.kind().collect_search_texts(&field.kind().present(&value), None, &mut texts);
    texts
}

/// Keys that a field of a type must have besides the type.
pub(crate) fn needed_keys(name: &str) -> &'static str {
    match name {
        "select" => "options: [{ value: a, label: { ar: أ, en: A } }]",
        "group" | "grid" => "fields: [{ handle: a, type: text, label: { ar: أ, en: A } }]",
        "blocks" => {
            "blocks: [{ handle: b, label: { ar: ب, en: B }, fields: [{ handle: a, type: text, label: { ar: أ, en: A } }] }]"
        }
        _ => "",
    }
}

/// The part of a sort key in Arabic.
pub(crate) fn key_part(field: &FieldType, presented: Value) -> KeyPart {
    field.key_part(&presented, &"ar".parse().unwrap())
}

/// What filters compare of a presented value.
pub(crate) fn comparables(field: &FieldType, presented: Value) -> Vec<Comparable> {
    field.comparables(&presented)
}

/// How many keys a presented value has in an index.
pub(crate) fn count_keys(field: &FieldType, presented: Value) -> usize {
    field.key_parts(&presented, &"ar".parse().unwrap()).len()
}

struct TestLookup(PublicPath);

impl Lookup for TestLookup {
    fn entry(&self, id: EntryId) -> Option<LiveEntry<'_>> {
        id.to_string().ends_with("268").then_some(LiveEntry {
            collection: "departments",
            path: Some(&self.0),
            title: "الموازنة",
            in_locale: true,
        })
    }

    fn asset(&self, id: AssetId) -> Option<LiveAsset<'_>> {
        let kind = Some(AssetKind::Document);
        id.to_string().ends_with("f11").then_some(LiveAsset { kind, url: "/v1/assets/a/file", name: "file.pdf" })
    }
}
