//! What changed from one revision to another.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    blueprint::Blueprint,
    canonical::canonical_members,
    data::Data,
    field_types::{
        FieldKind,
        rows::{items_of, row_ids},
    },
    language::Label,
    pointer::Pointer,
};

/// The difference of one field.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldDifference {
    /// The field's name in data.
    pub field: String,
    /// What editors call it; `None` when the blueprint no longer has it.
    pub label: Option<Label>,
    /// What happened.
    pub change: FieldChange,
    /// The own value before; `None` when there was none (it was inherited, then, or empty).
    pub from: Option<Value>,
    /// The own value after.
    pub to: Option<Value>,
    /// What differs inside a value that holds fields or rows, at most [`InnerDifference::MAX`]; empty for other types.
    pub inside: Vec<InnerDifference>,
}

/// A difference inside the value of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct InnerDifference {
    /// Where it stands, from the field's name: `/contacts/2/phone`. Places of rows are those of the later revision, of a
    /// row that was removed those of the earlier one.
    pub pointer: Pointer,
    /// What happened.
    pub change: InnerChange,
    /// What stood there; for a row that was moved its place.
    pub from: Option<Value>,
    /// What stands there; for a row that was moved its place.
    pub to: Option<Value>,
}

/// What happened inside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InnerChange {
    /// Only the later revision has it.
    Added,
    /// Only the earlier revision has it.
    Removed,
    /// A row stands elsewhere among those that both revisions have.
    Moved,
    /// It is another.
    Changed,
}

impl InnerChange {
    /// As in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Moved => "moved",
            Self::Changed => "changed",
        }
    }
}

impl InnerDifference {
    /// Most differences inside one field that are told.
    pub const MAX: usize = 1_000;

    /// The difference of two members of an object, if they differ.
    pub(crate) fn of_members(from: Option<&Value>, to: Option<&Value>, at: &Pointer) -> Option<Self> {
        let change = match (from, to) {
            (None, Some(_)) => InnerChange::Added,
            (Some(_), None) => InnerChange::Removed,
            (Some(before), Some(after)) if before != after => InnerChange::Changed,
            (None, None) | (Some(_), Some(_)) => return None,
        };
        Some(Self { pointer: at.clone(), change, from: from.cloned(), to: to.cloned() })
    }
}

/// What happened to a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldChange {
    /// It had no own value before.
    Added,
    /// It has no own value any more.
    Removed,
    /// Its own value is another.
    Changed,
}

impl FieldChange {
    /// As in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// The fields whose own values differ: those of the blueprint in its order, then others in the order of their names.
/// Other spellings of the same value are no difference.
pub fn compare(blueprint: &Blueprint, from: &Data, to: &Data) -> Vec<FieldDifference> {
    let [from, to] = &[from, to].map(|data| Data::from_checked(canonical_members(data.as_map())));
    let mut others: Vec<&str> = from.iter().chain(to.iter()).map(|(name, _)| name.as_str()).collect();
    others.retain(|name| blueprint.find_field(name).is_none());
    others.sort_unstable();
    others.dedup();
    let mut differences = Vec::new();
    for field in &blueprint.fields {
        let name = field.handle.as_str();
        let Some(mut difference) = difference(name, from, to) else { continue };
        difference.label = Some(field.label.clone());
        if let (Some(from), Some(to)) = (&difference.from, &difference.to) {
            let at = Pointer::root().key(name);
            field.field_type.kind().compare(from, to, &at, &mut difference.inside);
            difference.inside.truncate(InnerDifference::MAX);
        }
        differences.push(difference);
    }
    differences.extend(others.into_iter().filter_map(|name| difference(name, from, to)));
    differences
}

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

fn difference(name: &str, from: &Data, to: &Data) -> Option<FieldDifference> {
    let (from, to) = (from.find(name).cloned(), to.find(name).cloned());
    let change = match (&from, &to) {
        (None, None) => return None,
        (None, Some(_)) => FieldChange::Added,
        (Some(_), None) => FieldChange::Removed,
        (Some(before), Some(after)) if before == after => return None,
        (Some(_), Some(_)) => FieldChange::Changed,
    };
    Some(FieldDifference { field: name.to_owned(), label: None, change, from, to, inside: Vec::new() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::field_types::testing::{blueprint, data};

    #[test]
    fn differences_come_field_by_field() {
        let blueprint = blueprint(
            "- { handle: b, type: text }\n- { handle: a, type: text }\n- { handle: c, type: text }\n- { handle: d, type: text }",
        );
        let from = data(json!({"zz": 1, "a": "1", "c": "same", "d": null}));
        let to = data(json!({"yy": 2, "a": "2", "b": "new", "c": "same"}));
        let differences = compare(&blueprint, &from, &to);
        let short: Vec<_> =
            differences.iter().map(|d| (d.field.as_str(), d.change.as_str(), d.label.is_some())).collect();
        assert_eq!(
            short,
            [
                ("b", "added", true),
                ("a", "changed", true),
                ("d", "removed", true),
                ("yy", "added", false),
                ("zz", "removed", false)
            ]
        );
        assert_eq!((differences[1].from.clone(), differences[1].to.clone()), (Some(json!("1")), Some(json!("2"))));
        assert_eq!(compare(&blueprint, &from, &from), []);
    }

    #[test]
    fn differences_of_rows_come_by_their_ids() {
        let blueprint = blueprint(
            "- handle: offices
  type: grid
  fields:
    - { handle: city, type: text, label: { ar: أ, en: A } }
    - { handle: hours, type: group, label: { ar: أ, en: A }, fields: [{ handle: opens, type: text, label: { ar: أ, en: A } }] }",
        );
        let row = |id: &str, city: &str| json!({"id": id, "city": city, "hours": {"opens": "8"}});
        let from = data(json!({"offices": [row("a", "1"), row("b", "2"), row("c", "3"), row("d", "4")]}));
        let mut changed = row("a", "1");
        changed["hours"]["opens"] = json!("9");
        changed["city"] = json!(null);
        let to = data(json!({"offices": [row("d", "4"), changed, row("e", "5"), row("b", "2")]}));
        let [offices] = &compare(&blueprint, &from, &to)[..] else { panic!("one field differs") };
        let short: Vec<String> = offices
            .inside
            .iter()
            .map(|d| format!("{} {} {} {}", d.pointer, d.change.as_str(), json!(d.from), json!(d.to)))
            .collect();
        assert_eq!(
            short,
            [
                format!("/offices/2 removed {} null", row("c", "3")),
                "/offices/0 moved 3 0".to_owned(),
                "/offices/1/city changed \"1\" null".to_owned(),
                "/offices/1/hours/opens changed \"8\" \"9\"".to_owned(),
                format!("/offices/2 added null {}", row("e", "5")),
            ]
        );
    }
}
