//! Reads blueprints.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    examples::check_examples,
    fields::{FieldDraft, load_field, name_of, place_of},
    fieldsets::{Fieldsets, MAX_FIELDS, fields_of_use},
    files::Source,
    keys::Keys,
    problems::Problems,
};
use crate::{
    blueprint::{Blueprint, Group},
    field::Field,
    handle::Handle,
    hash::ContentHash,
    language::Label,
    yaml::Node,
};

/// Most groups and examples of a blueprint.
const MAX_GROUPS: usize = 50;
const MAX_EXAMPLES: usize = 50;

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
            fields,
            examples: self.examples.clone(),
        })
    }
}

/// Reads all blueprints.
pub(super) fn load_blueprints<'a>(
    sources: impl Iterator<Item = &'a Source>,
    fieldsets: &Fieldsets<'_>,
) -> BlueprintDrafts<'a> {
    sources.map(|source| (source.name.clone(), load_blueprint(source, fieldsets))).collect()
}

fn load_blueprint<'a>(source: &'a Source, fieldsets: &Fieldsets<'_>) -> BlueprintDraft<'a> {
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
    keys.finish();
    draft.complete = !nodes.is_empty();
    for (index, node) in nodes.iter().enumerate() {
        add_field(&mut draft, node, index, fieldsets);
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

fn add_field(draft: &mut BlueprintDraft<'_>, node: &Node, index: usize, fieldsets: &Fieldsets<'_>) {
    let place = place_of(node, index);
    let Some(keys) = Keys::open(node, &place, draft.problems) else {
        draft.complete = false;
        return;
    };
    if !keys.has("use") {
        return add_own_field(draft, node, keys);
    }
    let Some(nodes) = fields_of_use(keys, fieldsets, node.line) else {
        draft.complete = false;
        return;
    };
    for (inner, node) in nodes.iter().enumerate() {
        if let Some(keys) = Keys::open(node, &place_of(node, inner), draft.problems) {
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

/// Hash of what decides about values: names, types, limits and rules, not labels, help, groups, examples or comments.
fn hash_of(fields: &[Field]) -> ContentHash {
    let meaning: Vec<Value> = fields
        .iter()
        .map(|field| {
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
            } = field;
            let kind = field_type.kind();
            json!([
                handle,
                kind.name(),
                kind.describe(),
                required,
                localizable,
                filterable,
                searchable,
                private,
                default
            ])
        })
        .collect();
    ContentHash::of_parts(&[b"blueprint-1", Value::Array(meaning).to_string().as_bytes()])
}
