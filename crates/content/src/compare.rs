//! What changed from one revision to another.

use serde::Serialize;
use serde_json::Value;

use crate::{blueprint::Blueprint, data::Data, language::Label};

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
pub fn compare(blueprint: &Blueprint, from: &Data, to: &Data) -> Vec<FieldDifference> {
    let mut others: Vec<&str> = from.iter().chain(to.iter()).map(|(name, _)| name.as_str()).collect();
    others.retain(|name| blueprint.find_field(name).is_none());
    others.sort_unstable();
    others.dedup();
    let known = blueprint.fields.iter().map(|field| (field.handle.as_str(), Some(&field.label)));
    let others = others.into_iter().map(|name| (name, None));
    known.chain(others).filter_map(|(name, label)| difference(name, label, from, to)).collect()
}

fn difference(name: &str, label: Option<&Label>, from: &Data, to: &Data) -> Option<FieldDifference> {
    let (from, to) = (from.find(name).cloned(), to.find(name).cloned());
    let change = match (&from, &to) {
        (None, None) => return None,
        (None, Some(_)) => FieldChange::Added,
        (Some(_), None) => FieldChange::Removed,
        (Some(before), Some(after)) if before == after => return None,
        (Some(_), Some(_)) => FieldChange::Changed,
    };
    Some(FieldDifference { field: name.to_owned(), label: label.cloned(), change, from, to })
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
}
