//! The index that a request would need.

use super::plan::conditions;
use crate::{
    lists::filters::{Filter, FilterBy, Term, Test},
    model::{Comparable, SortBy, SortKey},
};

/// The index that would serve a request, as it would be declared: a text that is asked for (for only as the first does it
/// serve), what else equality names, one range, then the order. Nothing where no index could, because something is asked
/// that keys do not answer.
pub fn needed_index(filter: &Filter, order: &[SortKey]) -> Option<Vec<SortKey>> {
    let (mut texts, mut equal, mut ranges): (Vec<&SortBy>, Vec<&SortBy>, Vec<&SortBy>) = Default::default();
    for condition in conditions(filter) {
        let (by, place) = match condition {
            Filter::Term(Term { by: FilterBy::Part(by), test, .. }) => match test {
                Test::OneOf(values) if values.iter().any(|value| matches!(value, Comparable::Text(_))) => {
                    (by, &mut texts)
                }
                Test::StartsWith(_) => (by, &mut texts),
                Test::OneOf(_) => (by, &mut equal),
                Test::Below { .. } | Test::Above { .. } => (by, &mut ranges),
                Test::NoneOf(_) | Test::Contains(_) | Test::Exists(_) => return None,
            },
            Filter::PointsTo { by: FilterBy::Part(by), .. } => (by, &mut equal),
            Filter::Term(_) | Filter::All(_) | Filter::Any(_) | Filter::Hop(_) | Filter::PointsTo { .. } => {
                return None;
            }
        };
        if !place.contains(&by) {
            place.push(by);
        }
    }
    // A range is served only where the order begins with it.
    let in_order = ranges.iter().all(|range| order.first().is_none_or(|first| first.by == **range));
    if texts.len() > 1 || ranges.len() > 1 || !in_order {
        return None;
    }
    let mut needed: Vec<SortKey> = Vec::new();
    let steps = texts.into_iter().chain(equal).map(|by| SortKey { by: by.clone(), descending: false });
    let ranged =
        ranges.into_iter().filter(|_| order.is_empty()).map(|by| SortKey { by: by.clone(), descending: false });
    for key in steps.chain(order.iter().cloned()).chain(ranged) {
        if !needed.iter().any(|known| known.by == key.by) {
            needed.push(key);
        }
    }
    Some(needed)
}
