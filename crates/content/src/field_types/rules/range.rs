//! Limits of values that have an order: numbers, days, times.

use std::{fmt, str::FromStr};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    faults::{Fault, FaultCode},
    model::{Reading, constraints},
    values::Pointer,
    yaml::Keys,
};

/// The smallest and the largest value that a field takes, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range<T> {
    /// Smallest value, if there is a limit; binds when publishing.
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

    /// Whether the value lies between the limits; reports when it does not. For limits of the type itself.
    pub(crate) fn check(&self, value: T, reading: &mut Reading<'_>) -> bool {
        if let Some(fault) = self.too_small(value, reading.at()) {
            reading.tell(fault);
            return false;
        }
        self.check_max(value, reading)
    }

    /// The fault of a value that is too small to be published.
    pub(crate) fn too_small(&self, value: T, at: &Pointer) -> Option<Fault> {
        let min = self.min.filter(|min| value < *min)?;
        Some(Fault::new(at.clone(), FaultCode::TooSmall).with("min", json!(min)))
    }

    /// Whether the value is not above the upper limit; reports when it is.
    pub(crate) fn check_max(&self, value: T, reading: &mut Reading<'_>) -> bool {
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

    /// Reads a value that is written as a text; reports with `fault` where it is none, and where it exceeds the upper limit.
    pub(crate) fn read_text(&self, value: &Value, reading: &mut Reading<'_>, fault: FaultCode) -> Option<T> {
        let Value::String(text) = value else {
            reading.wrong_type("string");
            return None;
        };
        let Ok(read) = text.parse() else {
            reading.fault(fault);
            return None;
        };
        self.check_max(read, reading).then_some(read)
    }

    /// The fault of a stored text that names a value too small to be published.
    pub(crate) fn text_too_small(&self, value: &Value, at: &Pointer) -> Option<Fault> {
        self.too_small(value.as_str()?.parse().ok()?, at)
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
        check_faults(&field, json!(1), &[]);
        assert_eq!(publish_faults_of(&field, json!(1)), ["/f too_small"]);
        check_faults(&field, json!(4), &["/f too_large"]);
        check_problem("type: integer\nmin: 3\nmax: 2", "is above max (2)");
        check_problem("type: date\nmin: 2026-02-01\nmax: 2026-01-31", "is above max (2026-01-31)");
    }
}
