//! What filters and orders of a collection may name. A name that may not be read is not among them.

use super::subject::FilterBy;
use crate::{
    model::{Blueprint, Collection, Filtering, SortBy},
    values::Handle,
};

/// A name that filters may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterName {
    /// What it names.
    pub by: FilterBy,
    /// How its values are compared.
    pub filtering: Filtering,
}

/// What filters of a collection may name: the entry's own facts, and the fields that are public and filterable in each
/// blueprint that has them. A field whose kinds of values differ between blueprints is left out. A field named `slug`
/// stands for itself.
pub fn filter_names(collection: &Collection, blueprints: &[&Blueprint]) -> Vec<FilterName> {
    let has_slug = blueprints.iter().any(|blueprint| blueprint.find_field(SortBy::Slug.as_str()).is_some());
    let part = |by, filtering| FilterName { by: FilterBy::Part(by), filtering };
    let handles = collection.blueprints.iter().map(ToString::to_string).collect();
    let mut names = vec![
        FilterName { by: FilterBy::Id, filtering: Filtering::Id },
        part(SortBy::Department, Filtering::Id),
        part(SortBy::Blueprint, Filtering::Option(handles)),
        part(SortBy::PublishedAt, Filtering::Time),
        part(SortBy::FirstPublishedAt, Filtering::Time),
    ];
    if !has_slug {
        names.push(part(SortBy::Slug, Filtering::Text));
    }
    if collection.is_tree() {
        names.push(part(SortBy::Parent, Filtering::Id));
    }
    if collection.dated {
        names.push(part(SortBy::Date, Filtering::Date));
    }
    let mut fields: Vec<FilterName> = Vec::new();
    let mut unlike: Vec<FilterBy> = Vec::new();
    for field in blueprints.iter().flat_map(|blueprint| blueprint.public_fields()).filter(|field| field.filterable) {
        let name = FilterName {
            by: FilterBy::Part(SortBy::Field(field.handle.clone())),
            filtering: field.field_type.filtering(),
        };
        merge(&mut fields, name, &mut unlike);
    }
    fields.retain(|name| !unlike.contains(&name.by));
    names.extend(fields);
    names
}

/// What filters may name behind a reference: what every collection that it may point to and that has the name compares in
/// the same way.
pub fn names_behind<'a>(targets: impl IntoIterator<Item = (&'a Collection, Vec<&'a Blueprint>)>) -> Vec<FilterName> {
    let (mut names, mut unlike) = (Vec::new(), Vec::new());
    for (collection, blueprints) in targets {
        for name in filter_names(collection, &blueprints) {
            merge(&mut names, name, &mut unlike);
        }
    }
    names.retain(|name| !unlike.contains(&name.by));
    names
}

/// What lists of a collection can be sorted by: what has one short value in every entry.
pub fn sort_names(collection: &Collection, blueprints: &[&Blueprint]) -> Vec<SortBy> {
    let mut allowed = vec![SortBy::PublishedAt, SortBy::FirstPublishedAt, SortBy::Department];
    if collection.dated {
        allowed.push(SortBy::Date);
    }
    if collection.is_tree() {
        allowed.push(SortBy::Rank);
    }
    let Some((first, others)) = blueprints.split_first() else { return allowed };
    let in_all = |handle: &Handle| {
        others.iter().all(|other| {
            other.find_field(handle.as_str()).is_some_and(|field| !field.private && field.field_type.sortable())
        })
    };
    let fields = first.public_fields().filter(|field| field.field_type.sortable() && in_all(&field.handle));
    allowed.extend(fields.map(|field| SortBy::Field(field.handle.clone())));
    allowed
}

fn merge(names: &mut Vec<FilterName>, name: FilterName, unlike: &mut Vec<FilterBy>) {
    let Some(known) = names.iter_mut().find(|known| known.by == name.by) else {
        return names.push(name);
    };
    if !known.filtering.agrees_with(&name.filtering) {
        return unlike.push(name.by);
    }
    known.filtering.widen(name.filtering);
}
