//! Times of day.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

/// A time of day in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    seconds: u32,
}

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form HH:MM or HH:MM:SS")]
pub struct NotATimeOfDay;

impl TimeOfDay {
    /// Seconds since midnight.
    pub fn seconds(self) -> u32 {
        self.seconds
    }
}

impl FromStr for TimeOfDay {
    type Err = NotATimeOfDay;

    fn from_str(text: &str) -> Result<Self, NotATimeOfDay> {
        let two_digits = |part: Option<&str>, end: u32| {
            let part = part.filter(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
            let number = part.and_then(|part| part.parse::<u32>().ok()).filter(|number| *number < end);
            number.ok_or(NotATimeOfDay)
        };
        let mut parts = text.splitn(3, ':');
        let hours = two_digits(parts.next(), 24)?;
        let minutes = two_digits(parts.next(), 60)?;
        let seconds = parts.next().map_or(Ok(0), |part| two_digits(Some(part), 60))?;
        Ok(Self { seconds: hours * 3_600 + minutes * 60 + seconds })
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds } = self;
        write!(f, "{:02}:{:02}", seconds / 3_600, seconds / 60 % 60)?;
        if seconds % 60 > 0 { write!(f, ":{:02}", seconds % 60) } else { Ok(()) }
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
