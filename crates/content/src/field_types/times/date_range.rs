//! Spans of days: events, tenders, terms of office.

use serde_json::{Map, Value, json};

use super::{
    date::{day_of, present_day, presented_day},
    hijri::hijri_schema,
};
use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::{Range, answered_object, has_no_members, or_null, read_members, written_object},
    model::{Comparable, FieldKind, Filtering, Reading, schema},
    values::{CalendarDate, Pointer},
    yaml::Keys,
};

/// A span of days `{from, to}`, both days included; `to` may be `null` where it may be open. With `hijri: true` each end is
/// answered as a date with its Hijri form. Lists sort by its start.
#[derive(Debug, Clone, Copy)]
pub struct DateRangeType {
    /// First and last day that an end may have.
    pub range: Range<CalendarDate>,
    /// The end may be unknown.
    pub open_ended: bool,
    /// Answered with Hijri forms.
    pub hijri: bool,
}

const MEMBERS: [&str; 2] = ["from", "to"];

impl DateRangeType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self {
            range: Range::of_days(keys),
            open_ended: keys.boolean("open_ended").unwrap_or(false),
            hijri: keys.boolean("hijri").unwrap_or(false),
        }
    }

    fn read_end(&self, name: &str, value: &Value, reading: &mut Reading<'_>) -> Option<CalendarDate> {
        self.range.read_day(value, &mut reading.member(name))
    }
}

impl FieldKind for DateRangeType {
    fn name(&self) -> &'static str {
        "date_range"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        let [from, to] = read_members(value, MEMBERS, reading)?;
        let first = if from.is_null() { None } else { self.read_end("from", from, reading) };
        let last = if to.is_null() { None } else { self.read_end("to", to, reading) };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            reading.member("to").fault_with(FaultCode::TooSmall, "min", first.to_string());
            return None;
        }
        let is_sound = first.is_some() != from.is_null() && last.is_some() != to.is_null();
        is_sound.then(|| json!({"from": from, "to": to}))
    }

    fn is_empty(&self, value: &Value) -> bool {
        has_no_members(value)
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        let (from, to) = (&value["from"], &value["to"]);
        for (name, end, is_needed) in [("from", from, true), ("to", to, !self.open_ended)] {
            if end.is_null() && is_needed {
                faults.push(Fault::new(at.key(name), FaultCode::Required));
            }
            faults.extend(self.range.text_too_small(end, &at.key(name)));
        }
        if let (Some(first), Some(last)) = (day_of(from), day_of(to))
            && last < first
        {
            faults.push(Fault::new(at.key("to"), FaultCode::TooSmall).with("min", first.to_string()));
        }
    }

    fn present(&self, value: &Value) -> Value {
        let (from, to) = (day_of(&value["from"]), day_of(&value["to"]));
        match (from, to) {
            (Some(from), Some(to)) if from <= to => {
                json!({"from": present_day(from, self.hijri), "to": present_day(to, self.hijri)})
            }
            (Some(from), None) if self.open_ended && value["to"].is_null() => {
                json!({"from": present_day(from, self.hijri), "to": null})
            }
            (Some(_) | None, Some(_) | None) => Value::Null,
        }
    }

    fn filtering(&self) -> Filtering {
        Filtering::Date
    }

    fn comparables(&self, presented: &Value) -> Vec<Comparable> {
        presented.get("from").and_then(presented_day).map(Comparable::Date).into_iter().collect()
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        let day = or_null(schema("string", [("format", json!("date"))]));
        written_object([("from", day.clone()), ("to", day)], &[])
    }

    fn answer_schema(&self) -> Value {
        let day = hijri_schema("date", "date", self.hijri);
        let to = if self.open_ended { or_null(day.clone()) } else { day.clone() };
        answered_object([("from", day), ("to", to)])
    }

    fn describe(&self) -> Map<String, Value> {
        self.range.describe_with([("open_ended", self.open_ended), ("hijri", self.hijri)])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable, values::KeyPart};

    #[test]
    fn both_ends_are_days_in_order() {
        let field = field("type: date_range\nmin: 2000-01-01");
        let one_day = json!({"from": "2026-03-01", "to": "2026-03-01"});
        check_read(&field, one_day.clone(), one_day);
        check_faults(&field, json!({"from": "2026-03-02", "to": "2026-03-01"}), &["/f/to too_small"]);
        check_faults(&field, json!({"from": "1999-12-31", "to": "2026-02-30"}), &["/f/to invalid_date"]);
        check_read(&field, json!({}), json!({"from": null, "to": null}));
        check_read(&field, json!({"to": "1999-12-31"}), json!({"from": null, "to": "1999-12-31"}));
        assert_eq!(publish_faults_of(&field, json!({"to": "1999-12-31"})), ["/f/from required", "/f/to too_small"]);
        assert_eq!(publish_faults_of(&field, json!({"from": "2026-03-01", "to": null})), ["/f/to required"]);
        assert_eq!(publish_faults_of(&field, json!({"from": null, "to": null})), [""; 0]);
        check_faults(&field, json!({"from": 1, "to": []}), &["/f/from wrong_type", "/f/to wrong_type"]);
        check_faults(&field, json!({"from": "2026-03-01", "until": "2026-03-02"}), &["/f/until unknown_field"]);
        check_faults(&field, json!("2026-03-01"), &["/f wrong_type"]);
        check_problem("type: date_range\nopen_ended: maybe", "must be true or false");
    }

    #[test]
    fn the_end_may_be_open_where_declared() {
        let field = field("type: date_range\nopen_ended: true");
        let open = json!({"from": "2026-03-01", "to": null});
        check_read(&field, json!({"from": "2026-03-01"}), open.clone());
        check_read(&field, open.clone(), open.clone());
        check_present(&field, open.clone(), open);
        assert_eq!(publish_faults_of(&field, json!({"to": "2026-03-01"})), ["/f/from required"]);
        check_present(&field, json!({"from": "2026-03-01", "to": "x"}), json!(null));
    }

    #[test]
    fn it_is_answered_as_days_and_sorted_by_its_start() {
        let plain = field("type: date_range");
        let value = json!({"to": "2025-03-30", "from": "2025-03-01"});
        check_present(&plain, value.clone(), json!({"from": "2025-03-01", "to": "2025-03-30"}));
        for bad in
            [json!({"from": "2025-03-01"}), json!({"from": "2025-03-02", "to": "2025-03-01"}), json!("x"), json!([])]
        {
            check_present(&plain, bad.clone(), json!(null));
            assert_eq!(plain.kind().is_empty(&bad), !bad.is_object(), "{bad}");
        }
        let hijri = field("type: date_range\nhijri: true");
        let answered = json!({
            "from": {"date": "2025-03-01", "hijri": "1446-09-01"},
            "to": {"date": "2025-03-30", "hijri": "1446-10-01"},
        });
        check_present(&hijri, value.clone(), answered.clone());
        let start = KeyPart::Date("2025-03-01".parse().unwrap());
        assert_eq!(comparables(&hijri, answered.clone()), [Comparable::Date("2025-03-01".parse().unwrap())]);
        assert_eq!((key_part(&plain, value), key_part(&hijri, answered)), (start.clone(), start));
        assert_eq!(key_part(&plain, json!(null)), KeyPart::Null);
    }
}
