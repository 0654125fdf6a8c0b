//! Texts, numbers, yes and no.

use serde_json::{Number, Value};

use super::{Fit, Fitted, Given};
use crate::{front_matter::shorten, scalar::is_numeric};

/// Largest whole number that a double holds without a gap before it.
const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;

/// A text as it is written: what the format takes for a number, a date or a boolean keeps its digits and letters.
pub(super) fn text(given: Given<'_>) -> Fit {
    let Some(written) = given.written() else { return Err("is no text".to_owned()) };
    if given.value.as_str() == Some(written) {
        return Fitted::same(given.value);
    }
    Fitted::changed(written, became(given, "text"))
}

/// A whole number, also from its digits as text.
pub(super) fn integer(given: Given<'_>) -> Fit {
    if given.value.is_i64() {
        return Fitted::same(given.value);
    }
    let number = match given.value {
        Value::Number(number) => number.as_f64().and_then(whole),
        Value::String(text) => text.trim().parse::<i64>().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match number {
        Some(number) => Fitted::changed(number, became(given, &number.to_string())),
        None => Err("is no whole number".to_owned()),
    }
}

/// A number, also from its digits as text.
pub(super) fn number(given: Given<'_>) -> Fit {
    let text = match given.value {
        Value::Number(_) => return Fitted::same(given.value),
        Value::String(text) => text.trim(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => "",
    };
    let parsed = if is_numeric(text) { text.parse().ok().and_then(Number::from_f64) } else { None };
    match parsed {
        Some(number) => Fitted::changed(Value::Number(number.clone()), became(given, &number.to_string())),
        None => Err("is no number".to_owned()),
    }
}

/// True and false, also as 1 and 0 or in quotes. `yes`, `no`, `on` and `off` are texts in the format and left aside.
pub(super) fn boolean(given: Given<'_>) -> Fit {
    let truth = match given.value {
        Value::Bool(_) => return Fitted::same(given.value),
        Value::Number(number) if number.as_i64() == Some(0) => Some(false),
        Value::Number(number) if number.as_i64() == Some(1) => Some(true),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match truth {
        Some(truth) => Fitted::changed(truth, became(given, &truth.to_string())),
        None => Err("is neither true nor false".to_owned()),
    }
}

/// What to say of a value that became another: what is written, what the format takes that for, what it is now.
pub(super) fn became(given: Given<'_>, now: &str) -> String {
    let taken_for = match given.value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    };
    format!("{}, {taken_for} there, became {}", shorten(given.written().unwrap_or_default()), shorten(now))
}

fn whole(number: f64) -> Option<i64> {
    if number.fract() != 0.0 || number.abs() > MAX_WHOLE {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small enough, as just checked")]
    Some(number as i64)
}
