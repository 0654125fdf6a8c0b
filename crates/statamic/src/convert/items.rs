//! Fields that hold one value or many.

use diwan_content::yaml::NodeKind;
use serde_json::Value;

use super::{Fit, FitNote, Fitted, Given};

/// Fits one value, or each of a list. A list of one may be written for a value, a value for a list of one. An item of many
/// that does not fit stays as it came until the list is read.
pub(super) fn one_or_many(given: Given<'_>, many: bool, fit: impl Fn(Given<'_>) -> Fit) -> Fit {
    let (Value::Array(values), NodeKind::Sequence(nodes)) = (given.value, &given.node.kind) else {
        let Fitted { value, mut notes } = fit(given)?;
        if !many {
            return Ok(Fitted { value, notes });
        }
        notes.push(FitNote::from("became a list of one"));
        return Ok(Fitted { value: Value::Array(vec![value]), notes });
    };
    let mut items = Vec::with_capacity(values.len());
    let mut notes = Vec::new();
    for (place, (value, node)) in values.iter().zip(nodes).enumerate() {
        let fitted = if value.is_null() { Err("is empty".to_owned()) } else { fit(Given { node, value }) };
        let fitted = match fitted {
            Ok(fitted) => fitted,
            Err(why) if many => {
                notes.push(FitNote::unfit(&place.to_string(), why));
                Fitted::unchanged(value)
            }
            Err(why) => return Err(why),
        };
        items.push(fitted.value);
        notes.extend(fitted.notes);
    }
    if many {
        return Ok(Fitted { value: Value::Array(items), notes });
    }
    if items.len() > 1 {
        return Err(format!("holds {} values where the field takes one", items.len()));
    }
    notes.push(FitNote::from("the list became its one value"));
    Ok(Fitted { value: items.pop().unwrap_or(Value::Null), notes })
}
