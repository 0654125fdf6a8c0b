//! What a collection's own file, `collections/<handle>.yaml`, says of dates: whether entries before or after now are public.

use std::{fmt, fs, path::Path};

use diwan_content::{
    Timestamp,
    yaml::{self, Budget},
};
use serde_json::Value;

use crate::{
    front_matter::shorten,
    site::MAX_FILE_BYTES,
    yaml_value::{entries, to_value},
};

/// Whether dated entries of a collection are public. Those without a word are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DateBehavior {
    past: Shown,
    future: Shown,
}

/// To whom entries are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Public,
    /// To nobody.
    Private,
    /// To those who know the address.
    Unlisted,
}

impl DateBehavior {
    /// Reads it from the settings of a collection; all is public where there are none. The error says what is wrong with
    /// them.
    pub fn read(settings: &Path) -> Result<Self, String> {
        match fs::metadata(settings) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error.to_string()),
            Ok(found) if !found.is_file() || found.len() > MAX_FILE_BYTES => {
                return Err(format!("is no file of at most {MAX_FILE_BYTES} bytes"));
            }
            Ok(_) => {}
        }
        Self::parse(&fs::read_to_string(settings).map_err(|error| error.to_string())?)
    }

    fn parse(text: &str) -> Result<Self, String> {
        let root = yaml::parse(text, &Budget::default())
            .map_err(|error| format!("line {}: column {}: {}", error.line, error.column, error.message))?;
        let (mut is_dated, mut behavior) = (false, Self::default());
        // What is wrong with other keys is nothing to an import.
        for entry in entries(root.as_mapping().unwrap_or_default(), &mut Vec::new()) {
            let mut faults = Vec::new();
            match entry.name {
                "date" => is_dated = is_true(&to_value(entry.value, &mut faults)),
                "date_behavior" => behavior = Self::of(&to_value(entry.value, &mut faults))?,
                _ => {}
            }
            if let Some((line, what)) = faults.into_iter().next() {
                return Err(format!("line {line}: {what}"));
            }
        }
        Ok(if is_dated { behavior } else { Self::default() })
    }

    fn of(value: &Value) -> Result<Self, String> {
        let shown = |key: &str| match value.get(key) {
            None | Some(Value::Null) => Ok(Shown::Public),
            Some(Value::String(word)) if word == "public" => Ok(Shown::Public),
            Some(Value::String(word)) if word == "private" => Ok(Shown::Private),
            Some(Value::String(word)) if word == "unlisted" => Ok(Shown::Unlisted),
            Some(other) => {
                let other = shorten(&other.to_string());
                Err(format!("`date_behavior.{key}` must be public, private or unlisted, not {other}"))
            }
        };
        Ok(Self { past: shown("past")?, future: shown("future")? })
    }

    /// Why an entry of a date is not public now; `None` where it is.
    pub fn why_hidden(self, date: Timestamp, now: Timestamp) -> Option<String> {
        let Self { past, future } = self;
        match (date > now, future, past) {
            (true, Shown::Public, _) | (false, _, Shown::Public) => None,
            (true, future, Shown::Public) => Some(format!(
                "its collection keeps entries of the future {future} there; it would be public from {date} on"
            )),
            (true, future, past) => Some(format!(
                "its collection keeps entries of the future {future} there, and after {date} it would be {past}"
            )),
            (false, _, past) => Some(format!("its collection keeps entries of the past {past} there, since {date}")),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Unlisted => "unlisted",
        })
    }
}

/// As PHP has it.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(is_true) => *is_true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty() && text != "0",
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_hide_entries_as_the_settings_say() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let (before, now, after) =
            (time("2026-01-01T00:00:00Z"), time("2026-06-01T00:00:00Z"), time("2027-01-01T00:00:00Z"));
        let hidden = |settings: &str| {
            let behavior = DateBehavior::parse(settings).unwrap();
            [before, after].map(|date| behavior.why_hidden(date, now).is_some())
        };
        let cases = [
            ("title: News\n", [false, false]),
            ("", [false, false]),
            ("date: true\n", [false, false]),
            ("date: true\ndate_behavior:\n  past: public\n  future: private\n", [false, true]),
            ("date: true\ndate_behavior:\n  past: public\n  future: unlisted\n", [false, true]),
            ("date: true\ndate_behavior: { past: private }\n", [true, false]),
            ("date: true\ndate_behavior: { past: unlisted, future: private }\n", [true, true]),
            ("date: false\ndate_behavior: { future: private }\n", [false, false]),
            ("date_behavior: { future: private }\n", [false, false]),
        ];
        for (settings, expected) in cases {
            assert_eq!(hidden(settings), expected, "{settings}");
        }
        let why = DateBehavior::parse("date: true\ndate_behavior: { future: private }\n").unwrap();
        assert_eq!(
            why.why_hidden(after, now).unwrap(),
            "its collection keeps entries of the future private there; it would be public from 2027-01-01T00:00:00Z on"
        );
    }

    #[test]
    fn settings_that_cannot_be_understood_are_told() {
        for settings in ["date: true\ndate_behavior: { future: hidden }\n", "date: [\n"] {
            assert!(DateBehavior::parse(settings).is_err(), "{settings}");
        }
    }
}
