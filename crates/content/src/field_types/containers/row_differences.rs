//! How lists of rows differ: which rows came, went, moved or changed.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::rows::{items_of, row_ids};
use crate::{
    model::{FieldKind, InnerChange, InnerDifference},
    values::Pointer,
};

/// Tells how two stored values inside a field differ.
pub(crate) fn compare_values(
    kind: &dyn FieldKind,
    from: Option<&Value>,
    to: Option<&Value>,
    at: &Pointer,
    differences: &mut Vec<InnerDifference>,
) {
    let Some(difference) = InnerDifference::of_members(from, to, at) else { return };
    if differences.len() >= InnerDifference::MAX {
        return;
    }
    let told = from.zip(to).is_some_and(|(from, to)| kind.compare(from, to, at, differences));
    if !told {
        differences.push(difference);
    }
}

/// Rows with their places.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    rows: Vec<Value>,
    places: Vec<Pointer>,
}

impl Rows {
    /// The items of a list; none where it is no list.
    pub(crate) fn of(value: &Value, at: &Pointer) -> Self {
        let rows = items_of(value).to_vec();
        let places = (0..rows.len()).map(|place| at.index(place)).collect();
        Self { rows, places }
    }

    /// One more at the end.
    pub(crate) fn push(&mut self, row: Value, place: Pointer) {
        self.rows.push(row);
        self.places.push(place);
    }
}

/// Tells how two lists of rows differ, by the ids of the rows; `compare_row` tells what changed inside one. Of the rows that
/// both have, those that must move so that the others may stay count as moved: the fewest.
pub(crate) fn compare_rows(
    from: &Rows,
    to: &Rows,
    differences: &mut Vec<InnerDifference>,
    compare_row: impl Fn(&Map<String, Value>, &Map<String, Value>, &Pointer, &mut Vec<InnerDifference>),
) {
    let (ids_before, ids_after) = (row_ids(&from.rows), row_ids(&to.rows));
    let place_before: HashMap<&str, usize> =
        ids_before.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
    for ((id, row), pointer) in ids_before.iter().zip(&from.rows).zip(&from.places) {
        if !ids_after.contains(id) {
            let (pointer, change) = (pointer.clone(), InnerChange::Removed);
            differences.push(InnerDifference { pointer, change, from: Some(row.clone()), to: None });
        }
    }
    let common: Vec<usize> = ids_after.iter().filter_map(|id| place_before.get(id.as_str()).copied()).collect();
    let staying = longest_rise(&common);
    for (place, ((id, row), at)) in ids_after.iter().zip(&to.rows).zip(&to.places).enumerate() {
        let Some(&earlier) = place_before.get(id.as_str()) else {
            let (pointer, change) = (at.clone(), InnerChange::Added);
            differences.push(InnerDifference { pointer, change, from: None, to: Some(row.clone()) });
            continue;
        };
        if !staying.contains(&earlier) {
            let (from, to) = (Some(json!(earlier)), Some(json!(place)));
            differences.push(InnerDifference { pointer: at.clone(), change: InnerChange::Moved, from, to });
        }
        match (&from.rows[earlier], row) {
            (Value::Object(before), Value::Object(after)) => compare_row(before, after, at, differences),
            (before, after) => differences.extend(InnerDifference::of_members(Some(before), Some(after), at)),
        }
    }
}

/// A longest rising run of distinct numbers, in order.
fn longest_rise(numbers: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (place, number) in numbers.iter().enumerate() {
        let before = (0..place).filter(|&earlier| numbers[earlier] < *number).max_by_key(|&earlier| best[earlier].0);
        best.push((before.map_or(1, |earlier| best[earlier].0 + 1), before));
    }
    let mut at = (0..numbers.len()).max_by_key(|&place| best[place].0);
    let mut rise = Vec::new();
    while let Some(place) = at {
        rise.push(numbers[place]);
        at = best[place].1;
    }
    rise.reverse();
    rise
}
