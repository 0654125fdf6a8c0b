//! References that today's types would show as they are written. The id of an entry or asset that is not public is never
//! answered, so what referred to one is not converted into a text.

use serde_json::{Map, Value};

use crate::{
    field_types::{FieldType, fields_by_way, refers_in_markdown},
    model::{Blueprint, Field, Found, LocaleRole, UNREADABLE},
    values::{AssetId, LinkTarget, Pointer},
};

/// A value that is not converted.
#[derive(Debug)]
pub(super) struct Withheld {
    pub(super) at: Pointer,
    pub(super) value: Value,
}

/// The values that referred to an entry or asset in the blueprint they were written under, and whose type is another
/// today. Where that blueprint is not known: the values that name one.
pub(super) fn withheld(
    before: Option<&Blueprint>,
    today: &Blueprint,
    role: &LocaleRole,
    values: &Map<String, Value>,
) -> Vec<Withheld> {
    let mut found = Vec::new();
    // Of a field that only the origin holds, all values are misfits already.
    for field in today.fields.iter().filter(|field| role.is_origin() || field.localizable) {
        let name = field.handle.as_str();
        if let Some(value) = values.get(name) {
            let before = before.and_then(|before| before.find_field(name));
            collect(before, field, value, &Pointer::root().key(name), &mut found);
        }
    }
    found
}

/// As deep as types hold fields, which is bounded.
fn collect(before: Option<&Field>, today: &Field, value: &Value, at: &Pointer, found: &mut Vec<Withheld>) {
    let Field { field_type, .. } = today;
    if let Some(before) = before.filter(|before| before.field_type.name() != field_type.name()) {
        if refers(before, value) && !(before.field_type.holds_ids() && field_type.holds_ids()) {
            found.push(Withheld { at: at.clone(), value: value.clone() });
        }
        return;
    }
    if before.is_none() && names_target(field_type, value) {
        found.push(Withheld { at: at.clone(), value: value.clone() });
        return;
    }
    let older = before.map(|before| before.field_type.inner_fields()).unwrap_or_default();
    for held in field_type.held(value) {
        let older = fields_by_way(&older, &held.way);
        let at = held.at.under(at);
        for field in held.fields {
            let name = field.handle.as_str();
            if let Some(value) = held.values.get(name) {
                let before = older.iter().find(|older| older.handle == field.handle);
                collect(before, field, value, &at.key(name), found);
            }
        }
    }
}

/// Whether a value of this field, or of one that it holds, points to an entry or asset, or is meant to: what an import
/// brought may name nothing.
fn refers(field: &Field, value: &Value) -> bool {
    let kind = field.field_type.kind();
    let is_unreadable = || kind.present(value) == UNREADABLE || (field.field_type.holds_ids() && !kind.is_empty(value));
    let mut references = Vec::new();
    let mut found = Found { field: &field.handle, references: &mut references };
    kind.collect_stored_references(value, &Pointer::root(), &mut found);
    !references.is_empty() || is_unreadable() || holds_reference(field, value)
}

fn holds_reference(field: &Field, value: &Value) -> bool {
    field.field_type.held(value).iter().any(|held| {
        held.fields.iter().any(|inner| held.values.get(inner.handle.as_str()).is_some_and(|value| refers(inner, value)))
    })
}

/// Whether a value of an unknown type names an entry or asset, and this type would show that.
fn names_target(field_type: &FieldType, value: &Value) -> bool {
    let resolves = matches!(
        field_type,
        FieldType::Reference(_) | FieldType::Asset(_) | FieldType::Link(_) | FieldType::Navigation(_)
    );
    // Links inside Markdown are resolved when they are answered.
    let shows_links = !matches!(field_type, FieldType::Markdown(_));
    // What a type holds is looked at field by field.
    !resolves
        && !field_type.holds_fields()
        && any_text(value, &|text| is_target(text) || (shows_links && refers_in_markdown(text)))
}

/// Whether a text is an id, or a link to an entry or asset.
fn is_target(text: &str) -> bool {
    let text = text.trim();
    text.parse::<AssetId>().is_ok()
        || matches!(LinkTarget::parse(text), Some(LinkTarget::Entry(_) | LinkTarget::Asset(_)))
}

/// As deep as the value, which is bounded.
fn any_text(value: &Value, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_wanted(text),
        Value::Array(items) => items.iter().any(|item| any_text(item, is_wanted)),
        Value::Object(members) => members.values().any(|member| any_text(member, is_wanted)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
