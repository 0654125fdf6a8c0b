//! Days.

use serde_json::{Map, Value, json};

use crate::{
    calendar_date::CalendarDate,
    fault::FaultCode,
    field_types::{
        FieldKind, Reading,
        kind::{constraints, schema},
    },
    keys::KeyPart,
    loading::Keys,
    locale::Locale,
    query::Filtering,
};

/// A day of the Gregorian calendar, written `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy)]
pub struct DateType {
    /// First day, if there is a limit.
    pub min: Option<CalendarDate>,
    /// Last day, if there is a limit.
    pub max: Option<CalendarDate>,
}

impl DateType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        let (min, max) = (parse_limit(keys, "min"), parse_limit(keys, "max"));
        if let (Some(first), Some(last)) = (min, max)
            && first > last
        {
            keys.problem("min", format!("is after max ({last})"));
        }
        Self { min, max }
    }
}

fn parse_limit(keys: &mut Keys<'_>, key: &str) -> Option<CalendarDate> {
    let date = keys.text(key)?.parse().ok();
    if date.is_none() {
        keys.problem(key, "must be a date such as 2026-01-31");
    }
    date
}

fn date_of(value: &Value) -> Option<CalendarDate> {
    value.as_str()?.parse().ok()
}

fn written(date: Option<CalendarDate>) -> Value {
    json!(date.map(|date| date.to_string()))
}

impl FieldKind for DateType {
    fn name(&self) -> &'static str {
        "date"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        if !value.is_string() {
            reading.wrong_type("string");
            return None;
        }
        let Some(date) = date_of(value) else {
            reading.fault(FaultCode::InvalidDate);
            return None;
        };
        if self.min.is_some_and(|min| date < min) {
            reading.fault_with(FaultCode::TooSmall, "min", written(self.min));
            return None;
        }
        if self.max.is_some_and(|max| date > max) {
            reading.fault_with(FaultCode::TooLarge, "max", written(self.max));
            return None;
        }
        Some(value.clone())
    }

    fn present(&self, value: &Value) -> Value {
        written(date_of(value))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Date
    }

    fn sortable(&self) -> bool {
        true
    }

    fn key_part(&self, presented: &Value, _locale: &Locale) -> KeyPart {
        date_of(presented).map_or(KeyPart::Null, KeyPart::Date)
    }

    fn input_schema(&self) -> Value {
        schema("string", [("format", json!("date"))])
    }

    fn answer_schema(&self) -> Value {
        schema("string", [("format", json!("date"))])
    }

    fn describe(&self) -> Map<String, Value> {
        constraints([("min", written(self.min)), ("max", written(self.max))])
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, keys::KeyPart};

    #[test]
    fn days_within_limits_are_taken() {
        let field = field("type: date\nmin: 2000-01-01\nmax: 2099-12-31");
        check_read(&field, json!("2026-02-28"), json!("2026-02-28"));
        check_faults(&field, json!("1999-12-31"), &["/f too_small"]);
        check_faults(&field, json!("2100-01-01"), &["/f too_large"]);
        for bad in ["2026-02-30", "٢٠٢٦-٠٢-٢٨", "2026-2-8", "", "2026-02-28T00:00:00Z"] {
            check_faults(&field, json!(bad), &["/f invalid_date"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(20260228), &["/f wrong_type"]);
        assert_eq!(key_part(&field, json!("2026-02-28")), KeyPart::Date("2026-02-28".parse().unwrap()));
        check_problem("type: date\nmin: soon", "must be a date such as 2026-01-31");
    }
}
