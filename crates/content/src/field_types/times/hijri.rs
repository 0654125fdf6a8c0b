//! Days that are answered with their Hijri form, where the blueprint asks for it with `hijri: true`.

use diwan_arabic::HijriDate;
use serde_json::{Value, json};

use crate::{
    field_types::rules::{answered_object, or_null},
    model::schema,
    values::CalendarDate,
};

/// The answer `{<name>: written, hijri}`; `hijri` is null outside of the table of Umm al-Qura (1300 to 1600).
pub(crate) fn with_hijri(name: &str, written: &str, day: Option<CalendarDate>) -> Value {
    let hijri = day.and_then(|day| HijriDate::from_gregorian(day.year(), day.month(), day.day()));
    json!({name: written, "hijri": hijri.map(|hijri| hijri.to_string())})
}

/// The Gregorian text of an answer with or without its Hijri form.
pub(crate) fn gregorian<'v>(presented: &'v Value, name: &str) -> Option<&'v str> {
    presented.as_str().or_else(|| presented.get(name)?.as_str())
}

/// Schema of an answer whose Gregorian text has that format, with its Hijri form where `hijri`.
pub(crate) fn hijri_schema(name: &str, format: &str, hijri: bool) -> Value {
    let gregorian = schema("string", [("format", json!(format))]);
    if !hijri {
        return gregorian;
    }
    let hijri = or_null(schema("string", [("pattern", json!("^1[3-6][0-9]{2}-[0-9]{2}-[0-9]{2}$"))]));
    answered_object([(name, gregorian), ("hijri", hijri)])
}
