//! Fields that hold one value or many.

use diwan_content::yaml::NodeKind;
use serde_json::Value;

use super::{Fit, Fitted, Given};

/// Fits one value, or each of a list. A list of one stands for a value, a value for a list of one.
pub(super) fn one_or_many(given: Given<'_>, many: bool, fit: impl Fn(Given<'_>) -> Fit) -> Fit {
    let (Value::Array(values), NodeKind::Sequence(nodes)) = (given.value, &given.node.kind) else {
        let Fitted { value, mut notes } = fit(given)?;
        if !many {
            return Ok(Fitted { value, notes });
        }
        notes.push("became a list of one".to_owned());
        return Ok(Fitted { value: Value::Array(vec![value]), notes });
    };
    let mut items = Vec::with_capacity(values.len());
    let mut notes = Vec::new();
    for (value, node) in values.iter().zip(nodes) {
        if value.is_null() {
            return Err("holds an empty item".to_owned());
        }
        let fitted = fit(Given { node, value })?;
        items.push(fitted.value);
        notes.extend(fitted.notes);
    }
    if many {
        return Ok(Fitted { value: Value::Array(items), notes });
    }
    if items.len() > 1 {
        return Err(format!("holds {} values where the field takes one", items.len()));
    }
    notes.push("the list became its one value".to_owned());
    Ok(Fitted { value: items.pop().unwrap_or(Value::Null), notes })
}
