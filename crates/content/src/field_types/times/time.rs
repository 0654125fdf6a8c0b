//! Times of day: opening hours, the start of a session.

use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    field_types::rules::Range,
    model::{FieldKind, Filtering, Reading, schema},
    values::{Pointer, TimeOfDay},
    yaml::Keys,
};

/// A time of day without a zone, written `HH:MM` or `HH:MM:SS`, from `00:00` to `23:59:59`; answered without seconds where
/// they are zero.
#[derive(Debug, Clone, Copy)]
pub struct TimeType {
    /// Earliest and latest time.
    pub range: Range<TimeOfDay>,
}

/// What a written time looks like, for JSON Schema.
const PATTERN: &str = "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$";

impl TimeType {
    pub(crate) fn parse(keys: &mut Keys<'_>) -> Self {
        Self { range: Range::parse_texts(keys, "must be a time such as 08:30 or 08:30:15") }
    }
}

impl FieldKind for TimeType {
    fn name(&self) -> &'static str {
        "time"
    }

    fn read(&self, value: &Value, reading: &mut Reading<'_>) -> Option<Value> {
        self.range.read_text(value, reading, FaultCode::InvalidTime).map(|_| value.clone())
    }

    fn publish_faults(&self, value: &Value, at: &Pointer, faults: &mut Vec<Fault>) {
        faults.extend(self.range.text_too_small(value, at));
    }

    fn present(&self, value: &Value) -> Value {
        json!(value.as_str().and_then(|text| text.parse::<TimeOfDay>().ok()))
    }

    fn filtering(&self) -> Filtering {
        Filtering::TimeOfDay
    }

    fn sortable(&self) -> bool {
        true
    }

    fn input_schema(&self) -> Value {
        schema("string", [("pattern", json!(PATTERN))])
    }

    fn answer_schema(&self) -> Value {
        schema("string", [("pattern", json!(PATTERN))])
    }

    fn describe(&self) -> Map<String, Value> {
        self.range.describe()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{field_types::testing::*, model::Comparable, values::KeyPart};

    #[test]
    fn times_of_day_are_kept_and_answered_in_one_form() {
        let field = field("type: time\nmin: 07:00\nmax: 15:30");
        check_read(&field, json!("07:00"), json!("07:00"));
        check_read(&field, json!("15:30:00"), json!("15:30:00"));
        check_faults(&field, json!("06:59:59"), &[]);
        assert_eq!(publish_faults_of(&field, json!("06:59:59")), ["/f too_small"]);
        check_faults(&field, json!("15:30:01"), &["/f too_large"]);
        check_present(&field, json!("08:05:00"), json!("08:05"));
        check_present(&field, json!("23:59:07"), json!("23:59:07"));
        check_faults(&field, json!(800), &["/f wrong_type"]);
        assert_eq!(key_part(&field, json!("00:01:01")), KeyPart::Integer(61));
        assert_eq!(comparables(&field, json!("08:05")), [Comparable::Integer(29_100)]);
        check_problem("type: time\nmin: morning", "must be a time such as 08:30 or 08:30:15");
        check_problem("type: time\nmin: 09:00\nmax: 08:00", "is above max (08:00)");
    }

    #[test]
    fn nothing_else_is_a_time() {
        let field = field("type: time");
        for bad in [
            "",
            "8:30",
            "24:00",
            "23:60",
            "23:59:60",
            "08:30:",
            "08:30:00:00",
            "٠٨:٣٠",
            "+8:30",
            "08:30Z",
            "08.30",
            "08:30 ",
        ] {
            check_faults(&field, json!(bad), &["/f invalid_time"]);
            check_present(&field, json!(bad), json!(null));
        }
    }
}
