//! Reads one field.

use serde_json::{Map, Value};

use super::drafts::FieldDraft;
use crate::{
    field_types::FieldType,
    model::{Blueprint, Conditions, Field, Filtering, Group, LocaleRole},
    values::{ContentHash, Handle, Label, Language, Pointer},
    yaml::{Keys, Problems},
};

/// Most fields of a fieldset or blueprint.
pub(crate) const MAX_FIELDS: usize = 200;

/// Names that queries use for the entry itself, so that no field may have them.
pub(crate) const RESERVED: [&str; 14] = [
    "and",
    "blueprint",
    "collection",
    "date",
    "department",
    "first_published_at",
    "id",
    "locale",
    "not",
    "or",
    "parent",
    "path",
    "published_at",
    "rank",
];

/// Reads one field. `groups` are those of the blueprint; fields of a fieldset have none of their own.
pub(crate) fn load_field(mut keys: Keys<'_>, groups: Option<&[Group]>, problems: &Problems) -> Option<FieldDraft> {
    let before = problems.count();
    for key in ["handle", "label"] {
        keys.expect(key);
    }
    let handle = keys.handle("handle");
    if groups.is_some() && handle.as_ref().is_some_and(|handle| RESERVED.contains(&handle.as_str())) {
        keys.problem("handle", format!("must not be one of the entry's own names: {}", RESERVED.join(", ")));
    }
    let is_inner = keys.nesting().depth > 0;
    if is_inner {
        refuse_outer_keys(&mut keys);
    }
    let group = groups.and_then(|groups| read_group(&mut keys, groups));
    let label = keys.label("label");
    let help = keys.label("help");
    let required = keys.boolean("required").unwrap_or(false);
    let localizable = !is_inner && keys.boolean("localizable").unwrap_or(false);
    let filterable = !is_inner && keys.boolean("filterable").unwrap_or(false);
    let searchable = keys.count("searchable", 1, 10).and_then(|weight| u8::try_from(weight).ok());
    let private = keys.boolean("private").unwrap_or(false);
    let default = keys.value("default");
    let conditions = Conditions::parse(&mut keys);
    let is_private = keys.enter_private(private);
    let field_type = FieldType::parse(&mut keys);
    refuse_private_uses(&keys, is_private, searchable, filterable);
    if let (Some(field_type), Some(_)) = (&field_type, searchable)
        && !field_type.kind().holds_words()
    {
        let what = if field_type.inner_fields().is_empty() {
            format!("is only for fields that hold words, and {} does not", field_type.name())
        } else {
            "belongs to the fields inside it".to_owned()
        };
        keys.problem("searchable", what);
    }
    if let Some(field_type) = &field_type
        && filterable
        && field_type.filtering() == Filtering::None
    {
        keys.problem("filterable", format!("is not for fields of the type {}", field_type.name()));
    }
    let (collections_line, reverse_line) = (keys.line_of("collections"), keys.line_of("reverse"));
    let (if_line, unless_line) = (keys.line_of("if"), keys.line_of("unless"));
    let (default_line, place) = (keys.line_of("default"), keys.place().to_owned());
    keys.finish();
    let mut field = Field {
        handle: handle?,
        field_type: field_type?,
        group,
        label: label?,
        help,
        required,
        localizable,
        searchable,
        filterable,
        private,
        default,
        conditions,
    };
    if problems.count() == before {
        read_default(&mut field, default_line, &format!("{place}.default"), problems);
    }
    let sound = problems.count() == before;
    Some(FieldDraft { field, sound, place, if_line, unless_line, collections_line, reverse_line })
}

fn read_group(keys: &mut Keys<'_>, groups: &[Group]) -> Option<Handle> {
    let group = keys.handle("group")?;
    if groups.iter().any(|known| known.handle == group) {
        return Some(group);
    }
    let known: Vec<_> = groups.iter().map(|group| group.handle.as_str()).collect();
    let what = if known.is_empty() {
        "names a group, but the blueprint has no groups".to_owned()
    } else {
        format!("names no group of the blueprint; there are: {}", known.join(", "))
    };
    keys.problem("group", what);
    None
}

fn refuse_private_uses(keys: &Keys<'_>, private: bool, searchable: Option<u8>, filterable: bool) {
    if private && searchable.is_some() {
        keys.problem("searchable", "is not allowed for a private field: a hit would tell what it holds");
    }
    if private && filterable {
        keys.problem("filterable", "is not allowed for a private field: a filter would tell what it holds");
    }
}

/// Keys that only a field of the blueprint itself may have.
fn refuse_outer_keys(keys: &mut Keys<'_>) {
    for key in ["group", "localizable", "filterable"] {
        if keys.has(key) {
            keys.node(key);
            keys.problem(key, "belongs to the field of the blueprint that holds this one");
        }
    }
}

/// A default must be a value that an editor could save; it is kept as it would be saved.
fn read_default(field: &mut Field, line: usize, place: &str, problems: &Problems) {
    let Some(default) = &field.default else { return };
    if default.is_null() {
        problems.add(line, place, "must be a value; a field without a default starts empty");
        return;
    }
    let alone = Blueprint {
        handle: field.handle.clone(),
        label: Label { ar: String::new(), en: String::new() },
        groups: Vec::new(),
        fields: vec![field.clone()],
        examples: Vec::new(),
        hash: ContentHash::of(b""),
        shape: ContentHash::of(b""),
    };
    let values: Map<String, Value> = [(field.handle.to_string(), default.clone())].into_iter().collect();
    let (data, faults) = alone.read(&Value::Object(values), &LocaleRole::Origin, &Pointer::root());
    let too_little = alone.publish_faults(data.as_map(), &Pointer::root());
    for fault in faults.into_iter().chain(too_little.into_iter().filter(|_| !data.as_map().is_empty())) {
        problems.add(line, place, fault.text(Language::En));
    }
    field.default = data.find(field.handle.as_str()).cloned();
}
