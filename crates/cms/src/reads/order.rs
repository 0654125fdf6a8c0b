//! Orders that a list may be asked for.

use diwan_content::{Blueprint, Collection, Fault, FaultCode, Handle, Pointer, SortBy, SortKey};

/// Most steps of an order.
const MAX_STEPS: usize = 4;

/// Reads `-published_at,title`, or tells what a list of this collection can be sorted by. A field that may not be read is
/// answered like one that does not exist.
pub(super) fn read_order(
    text: &str,
    collection: &Collection,
    blueprints: &[&Blueprint],
) -> Result<Vec<SortKey>, Fault> {
    let allowed = sortable(collection, blueprints);
    let refused = || {
        let mut names: Vec<String> = allowed.iter().map(|by| by.as_str().to_owned()).collect();
        names.sort();
        Fault::new(Pointer::root().key("sort"), FaultCode::NotAllowedHere).with("allowed", names)
    };
    let mut order = Vec::new();
    for step in text.split(',') {
        let (name, descending) = step.strip_prefix('-').map_or((step, false), |name| (name, true));
        let by = allowed.iter().find(|by| by.as_str() == name).ok_or_else(refused)?;
        if order.iter().any(|key: &SortKey| key.by == *by) || order.len() == MAX_STEPS {
            return Err(refused());
        }
        order.push(SortKey { by: by.clone(), descending });
    }
    Ok(order)
}

fn sortable(collection: &Collection, blueprints: &[&Blueprint]) -> Vec<SortBy> {
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
