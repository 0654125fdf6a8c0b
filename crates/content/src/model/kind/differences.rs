//! What differs between two values of a field.

use serde::Serialize;
use serde_json::Value;

use crate::values::{Label, Pointer};

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
    /// The value before; for a moved row, the index that it had.
    pub from: Option<Value>,
    /// The value after; for a moved row, the index that it has.
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
