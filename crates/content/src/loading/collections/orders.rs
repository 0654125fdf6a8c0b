//! Reads the orders of a collection: its default order and its indexes.

use crate::{
    loading::blueprints::BlueprintDraft,
    model::{CollectionKind, SortBy, SortKey},
    values::Handle,
    yaml::{Keys, Node},
};

/// Most indexes of a collection, the default order included: each costs a row per published localization.
const MAX_INDEXES: usize = 16;
/// Most steps of an order.
const MAX_STEPS: usize = 4;

/// Names of the entry itself, besides fields.
const OWN_NAMES: &str =
    "department, date, published_at, first_published_at, rank, and in indexes parent, slug, blueprint";

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To sort by: one short value an entry.
    Sort,
    /// To be stored: also what filters ask for.
    Index,
}

/// What orders are checked against.
pub(crate) struct Surroundings<'a> {
    pub(crate) blueprints: &'a [&'a BlueprintDraft<'a>],
    pub(crate) dated: bool,
    pub(crate) kind: Option<CollectionKind>,
}

/// Reads the default order; empty when nothing of it could be read. A single entry needs none.
pub(crate) fn load_sort(keys: &mut Keys<'_>, around: &Surroundings<'_>) -> Vec<SortKey> {
    if !keys.has("sort") {
        if around.kind.is_some_and(CollectionKind::is_single) {
            // Asked for, so that it may stand there all the same.
            keys.node("sort");
            return vec![SortKey { by: SortBy::PublishedAt, descending: true }];
        }
        keys.expect("sort");
    }
    let steps = keys.list_nodes("sort", 1, MAX_STEPS);
    load_order(keys, "sort", "", steps, around, Purpose::Sort)
}

/// Reads the indexes. The default order is the first of them, whether it stands in the file or not.
pub(crate) fn load_indexes(keys: &mut Keys<'_>, around: &Surroundings<'_>, sort: &[SortKey]) -> Vec<Vec<SortKey>> {
    let mut indexes = vec![sort.to_vec()];
    let mut seen: Vec<Vec<SortKey>> = Vec::new();
    for (index, node) in keys.list_nodes("indexes", 0, MAX_INDEXES).iter().enumerate() {
        let inside = format!("[{index}]");
        let steps = node.as_sequence().filter(|steps| (1..=MAX_STEPS).contains(&steps.len()));
        let Some(steps) = steps else {
            keys.problem_at(node, "indexes", &inside, format!("must be a list of 1 to {MAX_STEPS} items"));
            continue;
        };
        let before = keys.count_problems();
        let order = load_order(keys, "indexes", &inside, steps, around, Purpose::Index);
        if keys.count_problems() > before {
            continue;
        }
        if order.iter().filter(|step| holds_many(step, around)).count() > 1 {
            keys.problem_at(node, "indexes", &inside, "must hold at most one field with many values");
        }
        if seen.contains(&order) {
            keys.problem_at(node, "indexes", &inside, "stands twice");
        }
        if !indexes.contains(&order) {
            indexes.push(order.clone());
        }
        seen.push(order);
    }
    if indexes.len() > MAX_INDEXES {
        keys.problem(
            "indexes",
            format!("must be at most {MAX_INDEXES} with the default order, which is always one of them"),
        );
    }
    indexes
}

fn load_order(
    keys: &Keys<'_>,
    key: &str,
    inside: &str,
    steps: &[Node],
    around: &Surroundings<'_>,
    purpose: Purpose,
) -> Vec<SortKey> {
    let mut order: Vec<SortKey> = Vec::new();
    for (index, node) in steps.iter().enumerate() {
        let inside = format!("{inside}[{index}]");
        let text = node.as_text().unwrap_or_default();
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        match sort_by(name, around, purpose) {
            Ok(by) if order.iter().any(|earlier| earlier.by == by) => {
                keys.problem_at(node, key, &inside, format!("{name} stands twice in one order"));
            }
            Ok(by) => order.push(SortKey { by, descending }),
            Err(problems) => {
                for what in problems {
                    keys.problem_at(node, key, &inside, what);
                }
            }
        }
    }
    order
}

fn sort_by(name: &str, around: &Surroundings<'_>, purpose: Purpose) -> Result<SortBy, Vec<String>> {
    let by = match name {
        "department" => SortBy::Department,
        "date" => SortBy::Date,
        "published_at" => SortBy::PublishedAt,
        "first_published_at" => SortBy::FirstPublishedAt,
        "rank" => SortBy::Rank,
        "parent" => SortBy::Parent,
        "blueprint" => SortBy::Blueprint,
        // A field may have this name, and then it is meant.
        "slug" if around.blueprints.iter().all(|blueprint| !declares(blueprint, name)) => SortBy::Slug,
        _ => match name.parse() {
            Ok(handle) => SortBy::Field(handle),
            Err(_) => return Err(vec!["must be a name to sort by, with - before it for the largest first".to_owned()]),
        },
    };
    let problems = match &by {
        SortBy::Date if !around.dated => vec!["date is only for collections with dated: true".to_owned()],
        SortBy::Rank | SortBy::Parent if around.kind.is_some_and(|kind| !kind.has_parents()) => {
            vec![format!("{name} is only for trees and taxonomies")]
        }
        SortBy::Parent | SortBy::Slug | SortBy::Blueprint if purpose == Purpose::Sort => {
            vec![format!("{name} is only for indexes, where filters use it")]
        }
        SortBy::Field(handle) => check_field(handle, around, purpose),
        SortBy::Department
        | SortBy::Date
        | SortBy::PublishedAt
        | SortBy::FirstPublishedAt
        | SortBy::Rank
        | SortBy::Parent
        | SortBy::Slug
        | SortBy::Blueprint => Vec::new(),
    };
    if problems.is_empty() { Ok(by) } else { Err(problems) }
}

fn declares(blueprint: &BlueprintDraft<'_>, name: &str) -> bool {
    blueprint.declared.iter().any(|handle| handle.as_str() == name)
}

fn holds_many(step: &SortKey, around: &Surroundings<'_>) -> bool {
    let Some(handle) = step.by.field() else { return false };
    around.blueprints.iter().filter_map(|b| b.find_field(handle)).any(|draft| draft.field.field_type.many_valued())
}

/// A field to sort by stands in every blueprint with the same type, is public and has one short value. An index may also
/// hold what only filters use: references, and many values.
fn check_field(handle: &Handle, around: &Surroundings<'_>, purpose: Purpose) -> Vec<String> {
    let mut problems = Vec::new();
    let mut first_type: Option<(&'static str, bool)> = None;
    for blueprint in around.blueprints {
        let name = &blueprint.name;
        let Some(draft) = blueprint.find_field(handle) else {
            if blueprint.complete && !blueprint.declared.contains(handle) {
                problems
                    .push(format!("the blueprint {name} has no field {handle}; besides fields there are: {OWN_NAMES}"));
            }
            continue;
        };
        let field_type = &draft.field.field_type;
        if draft.field.private {
            problems.push(format!("{handle} is private in the blueprint {name}; its order would tell what it holds"));
        }
        if !field_type.sortable() {
            if purpose == Purpose::Sort || !field_type.indexable() {
                let what = "of a type that has no order, or holds many values";
                problems.push(format!("{handle} is {what} in the blueprint {name}"));
            } else if !draft.field.filterable {
                let what = "is not filterable, so that nothing would use it";
                problems.push(format!("{handle} {what} in the blueprint {name}"));
            }
        }
        let this_type = (field_type.name(), field_type.many_valued());
        if *first_type.get_or_insert(this_type) != this_type {
            problems.push(format!("{handle} must have the same type in all blueprints of the collection"));
        }
    }
    problems
}
