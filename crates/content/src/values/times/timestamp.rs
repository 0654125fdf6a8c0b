//! Points in time.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

use super::calendar_date::CalendarDate;

/// A point in time in UTC, in whole milliseconds, between the years 0 and 9999. Written as RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text or number that is no point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time in RFC 3339 with an offset")]
pub struct NotATimestamp;

impl Timestamp {
    /// First and last point in time, in milliseconds since 1970: the years that RFC 3339 can write.
    const RANGE_MS: std::ops::RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

    /// The last point in time.
    pub const MAX: Self = Self(*Self::RANGE_MS.end());

    /// From milliseconds since 1970-01-01 UTC.
    pub fn from_unix_ms(ms: i64) -> Result<Self, NotATimestamp> {
        if Self::RANGE_MS.contains(&ms) { Ok(Self(ms)) } else { Err(NotATimestamp) }
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn unix_ms(self) -> i64 {
        self.0
    }

    /// Its day in UTC.
    pub fn day(self) -> CalendarDate {
        CalendarDate::of(self.to_time().date())
    }

    fn to_time(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .expect("the range is checked when made")
    }
}

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    fn from_str(text: &str) -> Result<Self, NotATimestamp> {
        if text.len() > 64 {
            return Err(NotATimestamp);
        }
        let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| NotATimestamp)?;
        let ms = time.unix_timestamp_nanos().div_euclid(1_000_000);
        Self::from_unix_ms(i64::try_from(ms).map_err(|_| NotATimestamp)?)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.to_time().to_offset(UtcOffset::UTC).format(&Rfc3339).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Tells the time; passed in, so that tests can fix it.
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc_and_read_with_any_offset() {
        let cases = [
            ("2022-06-21T05:48:30Z", "2022-06-21T05:48:30Z"),
            ("2022-06-21T08:48:30+03:00", "2022-06-21T05:48:30Z"),
            ("2022-06-21T05:48:30.123456Z", "2022-06-21T05:48:30.123Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ];
        for (read, written) in cases {
            assert_eq!(read.parse::<Timestamp>().map(|t| t.to_string()), Ok(written.to_owned()));
        }
        for bad in [
            "",
            "2022-06-21",
            "2022-06-21T05:48:30",
            "2022-02-30T00:00:00Z",
            "٢٠٢٢-06-21T05:48:30Z",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(NotATimestamp), "{bad}");
        }
        assert_eq!(Timestamp::from_unix_ms(i64::MAX), Err(NotATimestamp));
    }
}
