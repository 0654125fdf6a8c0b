//! Points in time.

use serde_json::{Map, Value, json};

use super::hijri::{gregorian, hijri_schema, with_hijri};
use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::Range,
    model::{Comparable, FieldKind, Filtering, Reading, schema},
    values::{CalendarDate, Pointer, Timestamp},
    yaml::Keys,
};

/// A point in time, written as RFC 3339 with any offset; published in UTC, in whole milliseconds. With `hijri: true`
/// answered as `{datetime, hijri}`, where `hijri` is the day that the editor wrote, at the offset that he wrote.
#[derive(Debug, Clone, Copy)]
pub struct DatetimeType {
    /// Earliest and latest time.
    pub range: Range<Timestamp>,
    /// Answered with the Hijri form of its day.
    pub hijri: bool,
}

impl DatetimeType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let range = Range::parse_texts(keys, "must be a time with its offset such as 2026-01-31T09:00:00Z");
        Self { range, hijri: keys.boolean("hijri").unwrap_or(false) }
    }
}

/// The time of a published form.
fn presented_time(presented: &Value) -> Option<Timestamp> {
    gregorian(presented, "datetime")?.parse().ok()
}

/// The day that a time in RFC 3339 begins with: the one on the calendar where its offset holds.
fn day_as_written(value: &Value) -> Option<CalendarDate> {
    value.as_str()?.get(..10)?.parse().ok()
}

impl FieldKind for DatetimeType {
    fn name(&self) -> &'static str {
        "datetime"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.range.read_text(value, reading, FaultCode::InvalidDatetime).map(|_| value.clone())
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.range.text_too_small(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        let time: Option<Timestamp> = value.as_str().and_then(|text| text.parse().ok());
        let Some(written) = time.map(|time| time.to_string()) else { return Value::Null };
        if self.hijri {
            return with_hijri("datetime", &written, day_as_written(value));
        }
        Value::String(written)
    }

    fn filtering(&self) -> Filtering {
        Filtering::Time
    }

    fn comparables(&self, presented: &Value) -> Vec<Comparable> {
        presented_time(presented).map(|time| Comparable::Time(time.unix_ms())).into_iter().collect()
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("string", [("format", json!("date-time"))])
    }

    fn answer_schema(&self) -> Value {
        hijri_schema("datetime", "date-time", self.hijri)
    }

    fn describe(&self) -> Map<String, Value> {
        self.range.describe_with([("hijri", self.hijri)])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable, values::KeyPart};

    #[test]
    fn times_are_kept_as_written_and_published_in_utc() {
        let field = field("type: datetime\nmin: '2000-01-01T00:00:00Z'\nmax: '2100-01-01T00:00:00Z'");
        check_read(&field, json!("2026-02-10T10:00:00+03:00"), json!("2026-02-10T10:00:00+03:00"));
        check_present(&field, json!("2026-02-10T10:00:00+03:00"), json!("2026-02-10T07:00:00Z"));
        check_faults(&field, json!("1999-12-31T23:59:59Z"), &[]);
        assert_eq!(publish_faults_of(&field, json!("1999-12-31T23:59:59Z")), ["/f too_small"]);
        check_faults(&field, json!("2100-01-01T00:00:00-01:00"), &["/f too_large"]);
        for bad in ["2026-02-10", "2026-02-10T10:00:00", "غدا", ""] {
            check_faults(&field, json!(bad), &["/f invalid_datetime"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(1655790910), &["/f wrong_type"]);
        assert_eq!(key_part(&field, json!("1970-01-01T00:00:01Z")), KeyPart::Time(1_000));
    }

    #[test]
    fn the_hijri_day_is_that_of_the_written_offset() {
        let field = field("type: datetime\nhijri: true");
        let after_midnight = json!({"datetime": "2024-03-10T22:30:00Z", "hijri": "1445-09-01"});
        check_present(&field, json!("2024-03-11T01:30:00+03:00"), after_midnight.clone());
        let in_utc = json!({"datetime": "2024-03-10T22:30:00Z", "hijri": "1445-08-29"});
        check_present(&field, json!("2024-03-10T22:30:00Z"), in_utc);
        check_present(
            &field,
            json!("1500-01-01T00:00:00Z"),
            json!({"datetime": "1500-01-01T00:00:00Z", "hijri": null}),
        );
        assert_eq!(comparables(&field, after_midnight.clone()), [Comparable::Time(1_710_109_800_000)]);
        assert_eq!(key_part(&field, after_midnight), KeyPart::Time(1_710_109_800_000));
    }
}
