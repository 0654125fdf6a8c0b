//! Reads blueprints.

use super::{
    conditions::check_conditions,
    drafts::{BlueprintDraft, BlueprintDrafts},
    examples::check_examples,
    fields::{MAX_FIELDS, load_field},
    fieldsets::fields_of_use,
};
use crate::{
    loading::files::Source,
    model::{Field, Group},
    values::{Handle, Label},
    yaml::{Files, Keys, Nesting, Node, name_of, place_of},
};

/// Most groups and examples of a blueprint.
const MAX_GROUPS: usize = 50;
const MAX_EXAMPLES: usize = 50;

/// Most fields of a blueprint at all depths.
const MAX_ALL_FIELDS: usize = 1_000;

/// Reads all blueprints.
pub(crate) fn load_blueprints<'a>(sources: impl Iterator<Item = &'a Source>, files: Files<'_>) -> BlueprintDrafts<'a> {
    sources.map(|source| (source.name.clone(), load_blueprint(source, files))).collect()
}

pub(crate) fn load_blueprint<'a>(source: &'a Source, files: Files<'_>) -> BlueprintDraft<'a> {
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
    let inner = field.field_type.inner_fields();
    1 + inner.into_iter().flat_map(|(_, fields)| fields).map(count_fields).sum::<usize>()
}
