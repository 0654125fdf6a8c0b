//! Days of the Gregorian calendar.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{Date, Month};

/// A day, written `YYYY-MM-DD`, in the years 0000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarDate(Date);

/// A text that is no day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form YYYY-MM-DD")]
pub struct NotADate;

impl CalendarDate {
    /// Of a date whose year has four digits.
    pub(crate) fn of(date: Date) -> Self {
        Self(date)
    }

    /// Year, for paths.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Month 1 to 12, for paths.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// Day of the month, 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day()
    }
}

impl FromStr for CalendarDate {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let bytes = text.as_bytes();
        let well_formed = bytes.len() == 10
            && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
        if !well_formed {
            return Err(NotADate);
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<u16>().map_err(|_| NotADate);
        let month = u8::try_from(number(5..7)?).map_err(|_| NotADate)?;
        let day = u8::try_from(number(8..10)?).map_err(|_| NotADate)?;
        let month = Month::try_from(month).map_err(|_| NotADate)?;
        Date::from_calendar_date(number(0..4)?.into(), month, day).map(Self).map_err(|_| NotADate)
    }
}

impl fmt::Display for CalendarDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl Serialize for CalendarDate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CalendarDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_real_days_in_one_form() {
        assert_eq!("2024-02-29".parse::<CalendarDate>().map(|d| d.to_string()), Ok("2024-02-29".into()));
        for bad in [
            "",
            "2026-02-30",
            "2026-2-3",
            "٢٠٢٦-01-01",
            "+026-01-01",
            "2026-01-01T00:00:00Z",
            "2026-13-01",
            "2026/01/01",
        ] {
            assert_eq!(bad.parse::<CalendarDate>(), Err(NotADate), "{bad}");
        }
    }
}
