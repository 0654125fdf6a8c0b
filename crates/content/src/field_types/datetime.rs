//! Points in time.

use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{
        FieldKind, Reading,
        kind::{constraints, schema},
    },
    keys::KeyPart,
    loading::Keys,
    locale::Locale,
    query::Filtering,
    timestamp::Timestamp,
};

/// A point in time, written as RFC 3339 with any offset; published in UTC, in whole milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct DatetimeType {
    /// Earliest time, if there is a limit.
    pub min: Option<Timestamp>,
    /// Latest time, if there is a limit.
    pub max: Option<Timestamp>,
}

impl DatetimeType {
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

fn parse_limit(keys: &mut Keys<'_>, key: &str) -> Option<Timestamp> {
    let time = keys.text(key)?.parse().ok();
    if time.is_none() {
        keys.problem(key, "must be a time with its offset such as 2026-01-31T09:00:00Z");
    }
    time
}

fn time_of(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn written(time: Option<Timestamp>) -> Value {
    json!(time.map(|time| time.to_string()))
}

impl FieldKind for DatetimeType {
    fn name(&self) -> &'static str {
        "datetime"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        if !value.is_string() {
            reading.wrong_type("string");
            return None;
        }
        let Some(time) = time_of(value) else {
            reading.fault(FaultCode::InvalidDatetime);
            return None;
        };
        if self.min.is_some_and(|min| time < min) {
            reading.fault_with(FaultCode::TooSmall, "min", written(self.min));
            return None;
        }
        if self.max.is_some_and(|max| time > max) {
            reading.fault_with(FaultCode::TooLarge, "max", written(self.max));
            return None;
        }
        Some(value.clone())
    }

    fn present(&self, value: &Value) -> Value {
        written(time_of(value))
    }

    fn filtering(&self) -> Filtering {
        Filtering::Time
    }

    fn sortable(&self) -> bool {
        true
    }

    fn key_part(&self, presented: &Value, _locale: &Locale) -> KeyPart {
        time_of(presented).map_or(KeyPart::Null, |time| KeyPart::Time(time.unix_ms()))
    }

    fn input_schema(&self) -> Value {
        schema("string", [("format", json!("date-time"))])
    }

    fn answer_schema(&self) -> Value {
        schema("string", [("format", json!("date-time"))])
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
    fn times_are_kept_as_written_and_published_in_utc() {
        let field = field("type: datetime\nmin: '2000-01-01T00:00:00Z'\nmax: '2100-01-01T00:00:00Z'");
        check_read(&field, json!("2026-02-10T10:00:00+03:00"), json!("2026-02-10T10:00:00+03:00"));
        check_present(&field, json!("2026-02-10T10:00:00+03:00"), json!("2026-02-10T07:00:00Z"));
        check_faults(&field, json!("1999-12-31T23:59:59Z"), &["/f too_small"]);
        check_faults(&field, json!("2100-01-01T00:00:00-01:00"), &["/f too_large"]);
        for bad in ["2026-02-10", "2026-02-10T10:00:00", "غدا", ""] {
            check_faults(&field, json!(bad), &["/f invalid_datetime"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(1655790910), &["/f wrong_type"]);
        assert_eq!(key_part(&field, json!("1970-01-01T00:00:01Z")), KeyPart::Time(1_000));
    }
}
