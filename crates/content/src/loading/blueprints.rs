//! Reads blueprints.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    conditions::check_conditions,
    examples::check_examples,
    fields::{FieldDraft, load_field, name_of, place_of},
    fieldsets::{MAX_FIELDS, fields_of_use},
    files::Source,
    keys::Keys,
    nesting::{Files, Nesting},
    problems::Problems,
};
use crate::{
    blueprint::{Blueprint, Group},
    field::Field,
    handle::Handle,
    hash::ContentHash,
    language::Label,
    shape::shape_of,
    yaml::Node,
};

/// Most groups and examples of a blueprint.
const MAX_GROUPS: usize = 50;
const MAX_EXAMPLES: usize = 50;

/// Most fields of a blueprint at all depths.
const MAX_ALL_FIELDS: usize = 1_000;

/// A blueprint as far as it could be read.
#[derive(Debug)]
pub(super) struct BlueprintDraft<'a> {
    pub(super) problems: &'a Problems,
    pub(super) fields: Vec<FieldDraft>,
    /// Names of all fields, also of broken ones.
    pub(super) declared: Vec<Handle>,
    /// All names are known: no fieldset is broken, no field without a name.
    pub(super) complete: bool,
    pub(super) name: Handle,
    label: Option<Label>,
    groups: Vec<Group>,
    examples: Vec<Value>,
}

/// Blueprints by name.
pub(super) type BlueprintDrafts<'a> = BTreeMap<Handle, BlueprintDraft<'a>>;

impl BlueprintDraft<'_> {
    /// The field of that name, if it could be read.
    pub(super) fn find_field(&self, handle: &Handle) -> Option<&FieldDraft> {
        self.fields.iter().find(|draft| draft.field.handle == *handle)
    }

    /// The blueprint, of what could be read.
    pub(super) fn build(&self) -> Option<Blueprint> {
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

/// Reads all blueprints.
pub(super) fn load_blueprints<'a>(sources: impl Iterator<Item = &'a Source>, files: Files<'_>) -> BlueprintDrafts<'a> {
    sources.map(|source| (source.name.clone(), load_blueprint(source, files))).collect()
}

pub(super) fn load_blueprint<'a>(source: &'a Source, files: Files<'_>) -> BlueprintDraft<'a> {
    let problems = &source.problems;
    let mut draft = BlueprintDraft {
        problems,
        fields: Vec::new(),
        declared: Vec::new(),
        complete: false,
        name: source.name.clone(),
        label: None,
        groups: Vec::new(),
        examples: Vec::new(),
    };
    let Some(mut keys) = Keys::open(&source.root, "", problems) else { return draft };
    source.read_handle(&mut keys);
    for key in ["label", "fields"] {
        keys.expect(key);
    }
    draft.label = keys.label("label");
    draft.groups = load_groups(&mut keys);
    let nodes = keys.list_nodes("fields", 1, MAX_FIELDS);
    let examples = keys.list_nodes("examples", 0, MAX_EXAMPLES);
    let fields_line = keys.line_of("fields");
    keys.finish();
    draft.complete = !nodes.is_empty();
    for (index, node) in nodes.iter().enumerate() {
        add_field(&mut draft, node, index, files);
    }
    check_conditions(&draft.fields, draft.complete.then_some(draft.declared.as_slice()), problems);
    let count = draft.fields.iter().map(|draft| count_fields(&draft.field)).sum::<usize>();
    if count > MAX_ALL_FIELDS {
        let what = format!("hold {count} fields with those inside of fields; at most {MAX_ALL_FIELDS} are allowed");
        problems.add(fields_line, "fields", what);
    }
    draft.examples = check_examples(&draft, examples);
    draft
}

fn load_groups(keys: &mut Keys<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    if keys.list_nodes("groups", 0, MAX_GROUPS).is_empty() {
        return groups;
    }
    for mut group in keys.mappings("groups").unwrap_or_default() {
        group.expect("handle");
        group.expect("label");
        let (handle, label) = (group.handle("handle"), group.label("label"));
        if let Some(handle) = handle {
            if groups.iter().any(|earlier| earlier.handle == handle) {
                group.problem("handle", format!("{handle} stands twice"));
            }
            // A group without a label is told, and known all the same to the fields that name it.
            let label = label.unwrap_or_else(|| Label { ar: String::new(), en: String::new() });
            groups.push(Group { handle, label });
        }
        group.finish();
    }
    groups
}

fn add_field(draft: &mut BlueprintDraft<'_>, node: &Node, index: usize, files: Files<'_>) {
    let place = place_of(node, index);
    let nesting = Nesting { files: Some(files), ..Nesting::default() };
    let Some(keys) = Keys::open_within(node, &place, draft.problems, nesting) else {
        draft.complete = false;
        return;
    };
    if !keys.has("use") {
        return add_own_field(draft, node, keys);
    }
    let Some(nodes) = fields_of_use(keys, files.fieldsets, node.line) else {
        draft.complete = false;
        return;
    };
    for (inner, node) in nodes.iter().enumerate() {
        if let Some(keys) = Keys::open_within(node, &place_of(node, inner), draft.problems, nesting) {
            add_own_field(draft, node, keys);
        }
    }
}

fn add_own_field(draft: &mut BlueprintDraft<'_>, node: &Node, keys: Keys<'_>) {
    match name_of(node).map(str::parse::<Handle>) {
        Some(Ok(name)) if draft.declared.contains(&name) => {
            return draft.problems.add(node.line, keys.place(), "stands twice; each field needs a handle of its own");
        }
        Some(Ok(name)) => draft.declared.push(name),
        Some(Err(_)) | None => draft.complete = false,
    }
    if draft.declared.len() > MAX_FIELDS {
        let what = format!("is one field too many; a blueprint has at most {MAX_FIELDS}, those of fieldsets included");
        return draft.problems.add(node.line, keys.place(), what);
    }
    draft.fields.extend(load_field(keys, Some(&draft.groups), draft.problems));
}

/// The field and all that it holds.
fn count_fields(field: &Field) -> usize {
    let inner = field.field_type.kind().inner_fields();
    1 + inner.into_iter().flat_map(|(_, fields)| fields).map(count_fields).sum::<usize>()
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
    for (place, fields) in kind.inner_fields() {
        meaning.push(json!([place, fields.iter().map(meaning_of).collect::<Vec<_>>()]));
    }
    Value::Array(meaning)
}
