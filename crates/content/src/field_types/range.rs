//! Limits of values that have an order: numbers, days, times.

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    fault::FaultCode,
    field_types::{Reading, kind::constraints},
    loading::Keys,
};

/// The smallest and the largest value that a field takes, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range<T> {
    /// Smallest value, if there is a limit.
    pub min: Option<T>,
    /// Largest value, if there is a limit.
    pub max: Option<T>,
}

impl<T: Copy + PartialOrd + Serialize + fmt::Display> Range<T> {
    /// Reads the keys `min` and `max`, each by `limit`.
    pub(crate) fn parse(keys: &mut Keys<'_>, limit: impl Fn(&mut Keys<'_>, &str) -> Option<T>) -> Self {
        let (min, max) = (limit(keys, "min"), limit(keys, "max"));
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            keys.problem("min", format!("is above max ({max})"));
        }
        Self { min, max }
    }

    /// Whether the value lies between the limits; tells when it does not.
    pub(crate) fn check(&self, value: T, reading: &mut Reading<'_>) -> bool {
        if let Some(min) = self.min.filter(|min| value < *min) {
            reading.fault_with(FaultCode::TooSmall, "min", json!(min));
            return false;
        }
        if let Some(max) = self.max.filter(|max| value > *max) {
            reading.fault_with(FaultCode::TooLarge, "max", json!(max));
            return false;
        }
        true
    }

    pub(crate) fn describe(&self) -> Map<String, Value> {
        constraints([("min", json!(self.min)), ("max", json!(self.max))])
    }

    /// The limits, and those of the switches that are on.
    pub(crate) fn describe_with<const N: usize>(&self, switches: [(&str, bool); N]) -> Map<String, Value> {
        let mut described = self.describe();
        let on = switches.into_iter().filter(|(_, on)| *on);
        described.extend(on.map(|(name, on)| (name.to_owned(), json!(on))));
        described
    }
}

impl<T: Copy + PartialOrd + Serialize + fmt::Display + FromStr> Range<T> {
    /// Reads limits that are written as texts; tells of those that are not what is `expected`.
    pub(crate) fn parse_texts(keys: &mut Keys<'_>, expected: &str) -> Self {
        Self::parse(keys, |keys, key| {
            let limit = keys.text(key)?.parse().ok();
            if limit.is_none() {
                keys.problem(key, expected);
            }
            limit
        })
    }

    /// Reads a value that is written as a text; tells with `fault` where it is none, and where it exceeds the limits.
    pub(crate) fn read_text(&self, value: &Value, reading: &mut Reading<'_>, fault: FaultCode) -> Option<T> {
        let Value::String(text) = value else {
            reading.wrong_type("string");
            return None;
        };
        let Ok(read) = text.parse() else {
            reading.fault(fault);
            return None;
        };
        self.check(read, reading).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn limits_are_inclusive_and_in_order() {
        let field = field("type: integer\nmin: 2\nmax: 3");
        check_read(&field, json!(2), json!(2));
        check_read(&field, json!(3), json!(3));
        check_faults(&field, json!(1), &["/f too_small"]);
        check_faults(&field, json!(4), &["/f too_large"]);
        check_problem("type: integer\nmin: 3\nmax: 2", "is above max (2)");
        check_problem("type: date\nmin: 2026-02-01\nmax: 2026-01-31", "is above max (2026-01-31)");
    }
}
