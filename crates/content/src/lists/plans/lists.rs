//! The lists of stored keys: one for each declared index, and one more for an index that begins with a text.

use crate::{
    lists::filters::Subject,
    model::{Blueprint, Collection, Filtering, SortBy, SortKey},
    values::{Handle, KeyPart, Locale, encode_key},
};

/// A list of stored keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyList {
    /// What its keys consist of, before the entry's id.
    pub parts: Vec<ListPart>,
}

/// One part of the keys of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPart {
    /// Of what.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
    /// How it stands in the key.
    pub kind: PartKind,
}

/// How a part stands in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// As the value itself: it serves equality, ranges and order.
    Value,
    /// As the collation key of a text: it serves order. Texts that readers take for one have different keys.
    Collated,
    /// As the folded text: it serves equality and beginnings.
    Folded,
    /// As one of many values: it serves equality. An entry has a key for each of its values, and none without any.
    Element,
}

/// Names of an order as in declarations and queries: `-published_at,title`.
pub fn order_name(order: &[SortKey]) -> String {
    let names: Vec<String> = order.iter().map(ToString::to_string).collect();
    names.join(",")
}

/// Parts of keys as the order in which they stand.
pub(crate) fn sort_keys(parts: &[ListPart]) -> Vec<SortKey> {
    parts.iter().map(|part| SortKey { by: part.by.clone(), descending: part.descending }).collect()
}

/// Most parts of a key. With texts of 256 bytes it stays below what PostgreSQL takes in an index, some 2,700 bytes.
const MAX_PARTS: usize = 6;

/// The lists of a collection, those of declared indexes in their order first.
///
/// Behind what is declared, keys go on with the default order: so `[kind]` serves the entries of a kind in that order, and
/// what is equal stands in it.
///
/// An index that begins with a filterable text has a second list that begins with the folded text, for equality: the order
/// of a language parts spellings that filters take for one.
pub fn key_lists(collection: &Collection, blueprints: &[&Blueprint]) -> Vec<KeyList> {
    let mut lists: Vec<KeyList> = Vec::with_capacity(collection.indexes.len());
    for index in &collection.indexes {
        let behind = collection.sort.iter().filter(|key| index.iter().all(|step| step.by != key.by));
        let parts = index
            .iter()
            .chain(behind)
            .take(MAX_PARTS)
            .map(|SortKey { by, descending }| ListPart {
                by: by.clone(),
                descending: *descending,
                kind: kind_of(by, blueprints),
            })
            .collect();
        lists.push(KeyList { parts });
    }
    let mut folded: Vec<KeyList> = Vec::new();
    for list in &lists {
        let Some(first) = list.parts.first() else { continue };
        if first.kind != PartKind::Collated || !is_filterable(&first.by, blueprints) {
            continue;
        }
        let mut list = list.clone();
        list.parts[0].kind = PartKind::Folded;
        list.parts[0].descending = false;
        if !folded.contains(&list) {
            folded.push(list);
        }
    }
    lists.extend(folded);
    lists
}

/// The keys of an entry in all lists of its collection, each with the name of its list.
pub fn list_keys(collection: &Collection, blueprints: &[&Blueprint], subject: &Subject<'_>) -> Vec<(String, Vec<u8>)> {
    let mut keys = Vec::new();
    for list in key_lists(collection, blueprints) {
        let name = list.name(&collection.handle, subject.locale);
        keys.extend(list.keys(subject).into_iter().map(|key| (name.clone(), key)));
    }
    keys
}

impl KeyList {
    /// The name under which its keys are stored.
    pub fn name(&self, collection: &Handle, locale: &Locale) -> String {
        let mut name = format!("{collection}:{locale}:");
        for (place, ListPart { by, descending, kind }) in self.parts.iter().enumerate() {
            if place > 0 {
                name.push(',');
            }
            if *kind == PartKind::Folded {
                name.push('=');
            }
            if *descending {
                name.push('-');
            }
            name.push_str(by.as_str());
        }
        name
    }

    /// Every order in which a run of its keys may stand: what is left of its parts behind those that a run has in common.
    pub fn orders(&self) -> impl Iterator<Item = Vec<SortKey>> + '_ {
        (0..self.parts.len()).map(|common| sort_keys(&self.parts[common..]))
    }

    /// One key, or one for each of many values. At most one part has many.
    fn keys(&self, subject: &Subject<'_>) -> Vec<Vec<u8>> {
        let mut rows: Vec<Vec<(KeyPart, bool)>> = vec![Vec::new()];
        for ListPart { by, descending, kind } in &self.parts {
            let parts = match kind {
                PartKind::Folded => vec![subject.folded_part(by)],
                PartKind::Value | PartKind::Collated | PartKind::Element => subject.key_parts(by),
            };
            rows = rows
                .into_iter()
                .flat_map(|row| {
                    parts.iter().map(move |part| {
                        let mut row = row.clone();
                        row.push((part.clone(), *descending));
                        row
                    })
                })
                .collect();
        }
        rows.iter().map(|row| encode_key(row, subject.entry.0)).collect()
    }
}

/// How a field or system name stands in keys. Blueprints of a collection agree on it, which loading checks.
fn kind_of(by: &SortBy, blueprints: &[&Blueprint]) -> PartKind {
    match by {
        SortBy::Field(handle) => {
            let field = blueprints.iter().find_map(|blueprint| blueprint.find_field(handle.as_str()));
            match field {
                Some(field) if field.field_type.many_valued() => PartKind::Element,
                Some(field) if field.field_type.filtering() == Filtering::Text => PartKind::Collated,
                Some(_) | None => PartKind::Value,
            }
        }
        SortBy::Slug => PartKind::Collated,
        SortBy::Department
        | SortBy::Parent
        | SortBy::Blueprint
        | SortBy::Date
        | SortBy::PublishedAt
        | SortBy::FirstPublishedAt
        | SortBy::Rank => PartKind::Value,
    }
}

/// Whether filters may name it in every blueprint.
fn is_filterable(by: &SortBy, blueprints: &[&Blueprint]) -> bool {
    match by {
        SortBy::Field(handle) => blueprints
            .iter()
            .all(|blueprint| blueprint.find_field(handle.as_str()).is_some_and(|field| field.filterable)),
        SortBy::Rank => false,
        SortBy::Slug
        | SortBy::Department
        | SortBy::Parent
        | SortBy::Blueprint
        | SortBy::Date
        | SortBy::PublishedAt
        | SortBy::FirstPublishedAt => true,
    }
}
