//! What a field refuses is cut out of its value: the smallest part that is at fault, with its place.

use std::collections::{BTreeMap, BTreeSet};

use diwan_content::Pointer;
use serde_json::Value;

/// How often a value is read again after parts of it were cut out; then all of it is refused.
const MAX_ROUNDS: usize = 64;

/// A part of a value that its field refuses.
pub(super) struct Aside {
    /// Where it was in the value, from the name of the field on.
    pub(super) at: Pointer,
    /// The same place in steps below the field.
    pub(super) steps: Vec<Step>,
    /// The part.
    pub(super) value: Value,
    /// Why it is refused.
    pub(super) objection: Objection,
}

/// What stands against a value or a part of it.
#[derive(Debug, Clone)]
pub(super) struct Objection {
    /// JSON pointer to the part, from the name of the field on.
    pub(super) at: String,
    /// Why, as the beginning of a sentence.
    pub(super) why: String,
    /// Whether the part would be missed.
    pub(super) is_loss: bool,
}

/// One step into a value. Steps of a list are in its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Into a list.
    Index(usize),
    /// Into a mapping.
    Key(String),
}

/// Cuts out what is objected to: at first by `unfit`, then by `read` until it objects to nothing.
/// `read` also hears whether something was cut out before.
///
/// # Errors
/// The first objection to a value of which nothing would be left.
pub(super) fn cut(
    name: &str,
    mut value: Value,
    mut unfit: Vec<Objection>,
    read: impl Fn(&Value, bool) -> Vec<Objection>,
) -> Result<(Value, Vec<Aside>), Objection> {
    let mut aside = Vec::new();
    let mut removed = Removed::default();
    let mut first: Option<Objection> = None;
    for _ in 0..MAX_ROUNDS {
        let mut places: BTreeMap<Vec<Step>, Objection> = BTreeMap::new();
        for objection in std::mem::take(&mut unfit).into_iter().chain(read(&value, !aside.is_empty())) {
            first.get_or_insert_with(|| objection.clone());
            places.entry(deepest_there(&value, &objection.at)).or_insert(objection);
        }
        if places.is_empty() {
            return Ok((value, aside));
        }
        if let Some(objection) = places.remove(&Vec::new()) {
            return Err(first.unwrap_or(objection));
        }
        // From the end, so that the places that are left stay where they are.
        for (place, objection) in outermost(places).into_iter().rev() {
            let steps = removed.take(&place);
            let Some(part) = remove(&mut value, &place) else { return Err(objection) };
            aside.push(Aside { at: pointer(name, &steps), steps, value: part, objection });
        }
    }
    match first.filter(|_| !read(&value, true).is_empty()) {
        Some(objection) => Err(objection),
        None => Ok((value, aside)),
    }
}

/// The place of a fault, or the nearest one around it that is there: what is missing is a fault of what should hold it.
fn deepest_there(value: &Value, pointer: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = value;
    for token in pointer.split('/').skip(2) {
        let name = token.replace("~1", "/").replace("~0", "~");
        let (step, next) = match at {
            Value::Array(items) => match name.parse::<usize>() {
                Ok(index) => (Step::Index(index), items.get(index)),
                Err(_) => break,
            },
            Value::Object(members) => (Step::Key(name.clone()), members.get(&name)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => break,
        };
        let Some(next) = next else { break };
        steps.push(step);
        at = next;
    }
    steps
}

/// Without the places that are inside others.
fn outermost(places: BTreeMap<Vec<Step>, Objection>) -> Vec<(Vec<Step>, Objection)> {
    let mut kept: Vec<(Vec<Step>, Objection)> = Vec::new();
    for (place, objection) in places {
        if kept.last().is_none_or(|(outer, _)| !place.starts_with(outer)) {
            kept.push((place, objection));
        }
    }
    kept
}

fn remove(value: &mut Value, place: &[Step]) -> Option<Value> {
    let (last, above) = place.split_last()?;
    let mut at = value;
    for step in above {
        at = match step {
            Step::Index(index) => at.get_mut(*index)?,
            Step::Key(name) => at.get_mut(name)?,
        };
    }
    match (last, at) {
        (Step::Index(index), Value::Array(items)) if *index < items.len() => Some(items.remove(*index)),
        (Step::Key(name), Value::Object(members)) => members.shift_remove(name),
        (Step::Index(_) | Step::Key(_), _) => None,
    }
}

fn pointer(name: &str, steps: &[Step]) -> Pointer {
    steps.iter().fold(Pointer::root().key(name), |at, step| match step {
        Step::Index(index) => at.index(*index),
        Step::Key(name) => at.key(name),
    })
}

/// Which items of lists were cut out, so that places are told as they were before.
#[derive(Default)]
struct Removed(BTreeMap<Vec<Step>, BTreeSet<usize>>);

impl Removed {
    /// The place as it was before anything was cut out; notes that it is now.
    fn take(&mut self, place: &[Step]) -> Vec<Step> {
        let mut original: Vec<Step> = Vec::with_capacity(place.len());
        for step in place {
            let step = match step {
                Step::Index(index) => {
                    let before = self.0.get(&original).into_iter().flatten();
                    Step::Index(before.fold(*index, |index, removed| index + usize::from(*removed <= index)))
                }
                Step::Key(name) => Step::Key(name.clone()),
            };
            original.push(step);
        }
        if let Some((Step::Index(index), list)) = original.split_last() {
            self.0.entry(list.to_vec()).or_default().insert(*index);
        }
        original
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Objects to each `"bad"`, and to each mapping without `name`.
    fn objections(value: &Value, at: &Pointer, found: &mut Vec<Objection>) {
        let mut object = |at: &Pointer, why: &str| {
            found.push(Objection { at: at.as_str().to_owned(), why: why.to_owned(), is_loss: true });
        };
        match value {
            Value::String(text) if text == "bad" => object(at, "is bad"),
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    objections(item, &at.index(place), found);
                }
            }
            Value::Object(members) => {
                if !members.contains_key("name") {
                    object(&at.key("name"), "is missing");
                }
                for (name, member) in members {
                    objections(member, &at.key(name), found);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn cut_out(value: Value) -> (Value, Vec<String>) {
        let read = |value: &Value, _: bool| {
            let mut found = Vec::new();
            objections(value, &Pointer::root().key("f"), &mut found);
            found
        };
        match cut("f", value, Vec::new(), read) {
            Ok((value, aside)) => (value, aside.iter().map(|part| format!("{} {}", part.at, part.value)).collect()),
            Err(objection) => (Value::Null, vec![format!("{} {}", objection.at, objection.why)]),
        }
    }

    #[test]
    fn the_smallest_part_is_cut_out_and_named_by_its_first_place() {
        let (value, aside) =
            cut_out(json!(["a", "bad", "b", "bad", {"name": "x", "a/b": "bad", "rows": ["bad", "c"]}]));
        assert_eq!(value, json!(["a", "b", {"name": "x", "rows": ["c"]}]));
        assert_eq!(aside, ["/f/4/rows/0 \"bad\"", "/f/4/a~1b \"bad\"", "/f/3 \"bad\"", "/f/1 \"bad\""]);
    }

    #[test]
    fn what_is_no_longer_whole_follows_with_its_first_place() {
        let (value, aside) = cut_out(json!(["bad", {"name": "bad", "text": "y"}, {"name": "z"}]));
        assert_eq!(value, json!([{"name": "z"}]));
        assert_eq!(aside, ["/f/1/name \"bad\"", "/f/0 \"bad\"", "/f/1 {\"text\":\"y\"}"]);
    }

    #[test]
    fn a_value_that_is_at_fault_itself_is_refused_whole() {
        assert_eq!(cut_out(json!("bad")), (Value::Null, vec!["/f is bad".to_owned()]));
        assert_eq!(cut_out(json!({"text": "bad"})), (Value::Null, vec!["/f/name is missing".to_owned()]));
    }
}
