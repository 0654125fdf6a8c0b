//! Fields and blueprints as far as they could be read.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    model::{Blueprint, Field, Group, shape_of},
    values::{ContentHash, Handle, Label},
    yaml::Problems,
};

/// A field with the lines that later checks speak of.
#[derive(Debug)]
pub(crate) struct FieldDraft {
    pub(crate) field: Field,
    /// Nothing was wrong with it.
    pub(crate) sound: bool,
    /// Its dotted place in the file.
    pub(crate) place: String,
    pub(crate) if_line: usize,
    pub(crate) unless_line: usize,
    pub(crate) collections_line: usize,
    pub(crate) reverse_line: usize,
}

/// A blueprint as far as it could be read.
#[derive(Debug)]
pub(crate) struct BlueprintDraft<'a> {
    pub(crate) problems: &'a Problems,
    pub(crate) fields: Vec<FieldDraft>,
    /// Names of all fields, also of broken ones.
    pub(crate) declared: Vec<Handle>,
    /// All names are known: no fieldset is broken, no field without a name.
    pub(crate) complete: bool,
    pub(crate) name: Handle,
    pub(crate) label: Option<Label>,
    pub(crate) groups: Vec<Group>,
    pub(crate) examples: Vec<Value>,
}

/// Blueprints by name.
pub(crate) type BlueprintDrafts<'a> = BTreeMap<Handle, BlueprintDraft<'a>>;

impl BlueprintDraft<'_> {
    /// The field of that name, if it could be read.
    pub(crate) fn find_field(&self, handle: &Handle) -> Option<&FieldDraft> {
        self.fields.iter().find(|draft| draft.field.handle == *handle)
    }

    /// The blueprint, of what could be read.
    pub(crate) fn build(&self) -> Option<Blueprint> {
        let fields: Vec<Field> = self.fields.iter().map(|draft| draft.field.clone()).collect();
        Some(Blueprint {
            handle: self.name.clone(),
            label: self.label.clone()?,
            groups: self.groups.clone(),
            hash: hash_of(&fields),
            shape: shape_of(&fields),
            fields,
            examples: self.examples.clone(),
        })
    }
}

/// Hash of what decides about values: names, types, limits, rules and conditions, not labels, help, groups, examples or
/// comments.
fn hash_of(fields: &[Field]) -> ContentHash {
    let meaning: Vec<Value> = fields.iter().map(meaning_of).collect();
    ContentHash::of_parts(&[b"blueprint-1", Value::Array(meaning).to_string().as_bytes()])
}

fn meaning_of(field: &Field) -> Value {
    let Field {
        handle,
        field_type,
        group: _,
        label: _,
        help: _,
        required,
        localizable,
        filterable,
        searchable,
        private,
        default,
        conditions,
    } = field;
    let kind = field_type.kind();
    let mut constraints = kind.describe();
    for key in ["fields", "blocks"] {
        constraints.remove(key);
    }
    let mut meaning = vec![
        json!(handle),
        json!(kind.name()),
        json!(constraints),
        json!(required),
        json!(localizable),
        json!(filterable),
        json!(searchable),
        json!(private),
        json!(default),
    ];
    // What a field does not have leaves no trace, so that hashes of older blueprints stay.
    if !conditions.is_empty() {
        meaning.push(json!([conditions.describe_when(), conditions.describe_unless()]));
    }
    for (place, fields) in field_type.inner_fields() {
        meaning.push(json!([place, fields.iter().map(meaning_of).collect::<Vec<_>>()]));
    }
    Value::Array(meaning)
}
