//! Days.

use serde_json::{Map, Value, json};

use super::hijri::{gregorian, hijri_schema, with_hijri};
use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::Range,
    model::{Comparable, FieldKind, Filtering, Reading, schema},
    values::{CalendarDate, Pointer},
    yaml::Keys,
};

/// A day of the Gregorian calendar, written `YYYY-MM-DD`; with `hijri: true` answered as `{date, hijri}`.
#[derive(Debug, Clone, Copy)]
pub struct DateType {
    /// First and last day.
    pub range: Range<CalendarDate>,
    /// Answered with its Hijri form.
    pub hijri: bool,
}

impl DateType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { range: Range::of_days(keys), hijri: keys.boolean("hijri").unwrap_or(false) }
    }
}

impl Range<CalendarDate> {
    /// Reads the limits of days.
    pub(crate) fn of_days(keys: &mut Keys<'_>) -> Self {
        Self::parse_texts(keys, "must be a date such as 2026-01-31")
    }

    /// Reads a day that somebody wrote.
    pub(crate) fn read_day(&self, value: &Value, reading: &mut Reading<'_>) -> Option<CalendarDate> {
        self.read_text(value, reading, FaultCode::InvalidDate)
    }
}

/// The day that a stored value names.
pub(crate) fn day_of(value: &Value) -> Option<CalendarDate> {
    value.as_str()?.parse().ok()
}

/// The published form of a day.
pub(crate) fn present_day(day: CalendarDate, hijri: bool) -> Value {
    let written = day.to_string();
    if hijri { with_hijri("date", &written, Some(day)) } else { Value::String(written) }
}

/// The day of a published form.
pub(crate) fn presented_day(presented: &Value) -> Option<CalendarDate> {
    gregorian(presented, "date")?.parse().ok()
}

impl FieldKind for DateType {
    fn name(&self) -> &'static str {
        "date"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.range.read_day(value, reading).map(|_| value.clone())
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.range.text_too_small(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        day_of(value).map_or(Value::Null, |day| present_day(day, self.hijri))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Date
    }

    fn comparables(&self, presented: &Value) -> Vec<Comparable> {
        presented_day(presented).map(Comparable::Date).into_iter().collect()
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("string", [("format", json!("date"))])
    }

    fn answer_schema(&self) -> Value {
        hijri_schema("date", "date", self.hijri)
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
    fn days_within_limits_are_taken() {
        let field = field("type: date\nmin: 2000-01-01\nmax: 2099-12-31");
        check_read(&field, json!("2026-02-28"), json!("2026-02-28"));
        check_faults(&field, json!("1999-12-31"), &[]);
        assert_eq!(publish_faults_of(&field, json!("1999-12-31")), ["/f too_small"]);
        check_faults(&field, json!("2100-01-01"), &["/f too_large"]);
        for bad in ["2026-02-30", "٢٠٢٦-٠٢-٢٨", "2026-2-8", "", "2026-02-28T00:00:00Z"] {
            check_faults(&field, json!(bad), &["/f invalid_date"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(20260228), &["/f wrong_type"]);
        assert_eq!(key_part(&field, json!("2026-02-28")), KeyPart::Date("2026-02-28".parse().unwrap()));
        check_problem("type: date\nmin: soon", "must be a date such as 2026-01-31");
    }

    #[test]
    fn a_day_is_answered_with_its_hijri_form_where_asked() {
        let field = field("type: date\nhijri: true");
        check_read(&field, json!("2026-02-28"), json!("2026-02-28"));
        check_present(&field, json!("2024-03-11"), json!({"date": "2024-03-11", "hijri": "1445-09-01"}));
        check_present(&field, json!("1800-01-01"), json!({"date": "1800-01-01", "hijri": null}));
        check_present(&field, json!("soon"), json!(null));
        let presented = json!({"date": "2024-03-11", "hijri": "1445-09-01"});
        let day = "2024-03-11".parse().unwrap();
        assert_eq!(comparables(&field, presented.clone()), [Comparable::Date(day)]);
        assert_eq!(key_part(&field, presented), KeyPart::Date(day));
    }
}
