//! Groups, rows and blocks: each member as its own field takes it. What a member's field does not take stays as it came
//! until the whole value is read; then it is set aside with its place.

use diwan_content::{BlockKinds, Field};
use serde_json::{Map, Value};

use super::{
    Conversion, Fit, FitNote, Fitted, Given, fit,
    structures::{items, members},
};

/// The members of a mapping by the fields of their names.
pub(super) fn group(fields: &[Field], given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    let Some(members) = members(given) else { return Fitted::same(given.value) };
    let mut fitted = Map::new();
    let mut notes = Vec::new();
    for (name, member) in members {
        let field = fields.iter().find(|field| field.handle == name);
        let value = match field.map(|field| fit(&field.field_type, member, conversion)) {
            Some(Ok(Fitted { value, notes: told })) => {
                notes.extend(told.into_iter().map(|note| note.below(name)));
                value
            }
            Some(Err(why)) => {
                notes.push(FitNote::unfit(name, why));
                member.value.clone()
            }
            None => member.value.clone(),
        };
        fitted.insert(name.to_owned(), value);
    }
    Ok(Fitted { value: Value::Object(fitted), notes })
}

/// Each row by the same fields.
pub(super) fn grid(fields: &[Field], given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    each(given, |row| group(fields, row, conversion))
}

/// Each block by the fields of its kind.
pub(super) fn blocks(kinds: &BlockKinds, given: Given<'_>, conversion: &Conversion<'_>) -> Fit {
    each(given, |row| {
        let name = row.value.get("type").and_then(Value::as_str);
        match kinds.0.iter().find(|kind| name.is_some_and(|name| kind.handle == name)) {
            Some(kind) => group(&kind.fields, row, conversion),
            None => Fitted::same(row.value),
        }
    })
}

fn each(given: Given<'_>, fit_row: impl Fn(Given<'_>) -> Fit) -> Fit {
    let Some(rows) = items(given) else { return Fitted::same(given.value) };
    let mut fitted = Vec::with_capacity(rows.len());
    let mut notes: Vec<FitNote> = Vec::new();
    for (place, row) in rows.into_iter().enumerate() {
        let Fitted { value, notes: told } = fit_row(row)?;
        notes.extend(told.into_iter().map(|note| note.below(&place.to_string())));
        fitted.push(value);
    }
    Ok(Fitted { value: Value::Array(fitted), notes })
}
