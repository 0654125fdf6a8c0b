//! Compares files with one another: references name collections, reverse names are unique, paths do not collide.

use crate::{
    field_types::{FieldType, ReferenceType},
    loading::{
        blueprints::{BlueprintDrafts, RESERVED},
        collections::CollectionDrafts,
    },
    model::Field,
    values::Handle,
};

/// Checks that references name collections that exist, and that each reverse name means one thing on each entry.
pub(crate) fn check_references(blueprints: &BlueprintDrafts<'_>, collections: &CollectionDrafts<'_>) {
    let mut taken: Vec<(&Handle, &Handle, &Handle, &Handle)> = Vec::new();
    for (name, blueprint) in blueprints {
        for draft in &blueprint.fields {
            let field = &draft.field.handle;
            for unknown in named_collections(&draft.field)
                .into_iter()
                .flatten()
                .filter(|target| !collections.contains_key(*target))
            {
                let known: Vec<_> = collections.keys().map(Handle::as_str).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let what = format!("there is no collection {unknown}; there are: {known}");
                blueprint.problems.add(draft.collections_line, format!("fields.{field}.collections"), what);
            }
            let Some(reference) = as_reference(&draft.field) else { continue };
            let Some(reverse) = &reference.reverse else { continue };
            if RESERVED.contains(&reverse.as_str()) {
                let what = format!("must not be one of the entry's own names: {}", RESERVED.join(", "));
                blueprint.problems.add(draft.reverse_line, format!("fields.{field}.reverse"), what);
            }
            for target in targets(reference, collections) {
                let earlier = taken.iter().find(|(other, taken, ..)| *other == target && *taken == reverse);
                let what = match earlier {
                    Some((_, _, blueprint, field)) => Some(format!(
                        "entries of {target} have {reverse} already, from {field} of the blueprint {blueprint}"
                    )),
                    None => field_of_target(target, reverse, blueprints, collections).map(|blueprint| {
                        format!("entries of {target} have a field {reverse} of their own (blueprint {blueprint})")
                    }),
                };
                if let Some(what) = what {
                    blueprint.problems.add(draft.reverse_line, format!("fields.{field}.reverse"), what);
                }
                taken.push((target, reverse, name, field));
            }
        }
    }
}

/// Checks that no two collections make the same paths in one locale.
pub(crate) fn check_patterns(collections: &CollectionDrafts<'_>) {
    let mut taken = Vec::new();
    for (name, draft) in collections {
        for (locale, pattern, line) in &draft.patterns {
            let earlier = taken.iter().find(|(_, other_locale, other)| *other_locale == locale && *other == pattern);
            if let Some((other, ..)) = earlier {
                let what = format!("is the pattern of {other} too; their entries would take each other's paths");
                draft.problems.add(*line, format!("path.{locale}"), what);
            }
            taken.push((name, locale, pattern));
        }
    }
}

/// The collections that a field says its targets are of.
fn named_collections(field: &Field) -> Option<&Vec<Handle>> {
    if let FieldType::Navigation(navigation) = &field.field_type {
        return navigation.collections.as_ref();
    }
    as_reference(field).and_then(|reference| reference.collections.as_ref())
}

fn as_reference(field: &Field) -> Option<&ReferenceType> {
    if let FieldType::Reference(reference) = &field.field_type { Some(reference) } else { None }
}

/// Collections that a reference may point to: the named ones that exist, else all.
fn targets<'a>(reference: &'a ReferenceType, collections: &'a CollectionDrafts<'_>) -> Vec<&'a Handle> {
    match &reference.collections {
        Some(named) => collections.keys().filter(|handle| named.contains(handle)).collect(),
        None => collections.keys().collect(),
    }
}

fn field_of_target<'a>(
    target: &Handle,
    name: &Handle,
    blueprints: &'a BlueprintDrafts<'_>,
    collections: &CollectionDrafts<'_>,
) -> Option<&'a Handle> {
    let used = &collections.get(target)?.blueprints;
    blueprints
        .iter()
        .find(|(handle, draft)| used.contains(handle) && draft.declared.contains(name))
        .map(|(handle, _)| handle)
}
