//! Time zones of the IANA database, whose rules are inside the binary: every machine counts alike.

use std::{fmt, str::FromStr};

use jiff::{civil, tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Time;

use super::{calendar_date::CalendarDate, timestamp::Timestamp};

/// A time zone of the IANA database, such as `Asia/Hebron`. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeZone(tz::TimeZone);

/// A text that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; allowed: a name of the IANA database such as Asia/Hebron, Africa/Cairo or UTC")]
pub struct NotATimeZone(String);

impl TimeZone {
    /// Longest name that a message repeats, in characters.
    const SHOWN_CHARS: usize = 40;

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(tz::TimeZone::UTC)
    }

    /// The name in the IANA database.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The point in time at which clocks of the zone show this. An hour that clocks show twice counts as the first one; one
    /// that they leave out is counted on from before the change. `None` outside the years 0 to 9999.
    pub fn to_utc(&self, day: CalendarDate, time: Time) -> Option<Timestamp> {
        let small = |number: u8| i8::try_from(number).ok();
        let date = civil::Date::new(i16::try_from(day.year()).ok()?, small(day.month())?, small(day.day())?).ok()?;
        let (hour, minute, second) = (small(time.hour())?, small(time.minute())?, small(time.second())?);
        let clock = civil::Time::new(hour, minute, second, i32::try_from(time.nanosecond()).ok()?).ok()?;
        let moment = self.0.to_ambiguous_timestamp(civil::DateTime::from_parts(date, clock)).compatible().ok()?;
        Timestamp::from_unix_ms(moment.as_millisecond()).ok()
    }

    /// The day that calendars of the zone show at a point in time. The first and last day of the years 0 to 9999 are not left.
    pub fn day_at(&self, at: Timestamp) -> CalendarDate {
        let local = jiff::Timestamp::from_millisecond(at.unix_ms()).map(|moment| self.0.to_datetime(moment).date());
        let shown = local.ok().and_then(|date| {
            let text = format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day());
            text.parse().ok()
        });
        shown.unwrap_or_else(|| at.day())
    }
}

impl FromStr for TimeZone {
    type Err = NotATimeZone;

    fn from_str(text: &str) -> Result<Self, NotATimeZone> {
        let found = tz::TimeZone::get(text).ok().filter(|zone| zone.iana_name() == Some(text));
        found.map(Self).ok_or_else(|| NotATimeZone(text.chars().take(Self::SHOWN_CHARS).collect()))
    }
}

impl Serialize for TimeZone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.name().serialize(to)
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TimeZone").field(&self.name()).finish()
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::time;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        name.parse().unwrap()
    }

    fn in_utc(name: &str, day: &str, time: Time) -> String {
        zone(name).to_utc(day.parse().unwrap(), time).unwrap().to_string()
    }

    /// Written down from `zdump -v -c 2022,2027` with the rules of 2025b.
    #[test]
    fn local_times_are_those_of_zdump() {
        let cases = [
            ("Africa/Cairo", "2022-07-01", time!(12:00), "2022-07-01T10:00:00Z"),
            ("Africa/Cairo", "2023-07-01", time!(12:00), "2023-07-01T09:00:00Z"),
            ("Africa/Cairo", "2024-04-25", time!(23:59:59), "2024-04-25T21:59:59Z"),
            ("Africa/Cairo", "2024-04-26", time!(01:00), "2024-04-25T22:00:00Z"),
            ("Africa/Cairo", "2024-07-01", time!(12:00), "2024-07-01T09:00:00Z"),
            ("Africa/Cairo", "2024-11-01", time!(00:00), "2024-10-31T22:00:00Z"),
            ("Asia/Hebron", "2022-06-21", time!(08:55:10), "2022-06-21T05:55:10Z"),
            ("Asia/Hebron", "2022-01-21", time!(08:55:10), "2022-01-21T06:55:10Z"),
            ("Asia/Hebron", "2023-04-10", time!(12:00), "2023-04-10T10:00:00Z"),
            ("Asia/Hebron", "2024-04-10", time!(12:00), "2024-04-10T10:00:00Z"),
            ("Asia/Hebron", "2024-04-20", time!(03:00), "2024-04-20T00:00:00Z"),
            ("Asia/Gaza", "2025-04-11", time!(12:00), "2025-04-11T10:00:00Z"),
            ("Asia/Amman", "2023-01-10", time!(12:00), "2023-01-10T09:00:00Z"),
            ("Asia/Damascus", "2023-01-10", time!(12:00), "2023-01-10T09:00:00Z"),
            ("Asia/Riyadh", "2024-07-01", time!(12:00), "2024-07-01T09:00:00Z"),
            ("Africa/Casablanca", "2024-03-20", time!(12:00), "2024-03-20T12:00:00Z"),
            ("Asia/Tehran", "2023-07-01", time!(12:00), "2023-07-01T08:30:00Z"),
            ("America/Mexico_City", "2023-07-01", time!(12:00), "2023-07-01T18:00:00Z"),
            ("Asia/Almaty", "2024-07-01", time!(12:00), "2024-07-01T07:00:00Z"),
            ("UTC", "2022-06-21", time!(08:55:10), "2022-06-21T08:55:10Z"),
        ];
        for (name, day, time, utc) in cases {
            assert_eq!(in_utc(name, day, time), utc, "{name} {day} {time}");
        }
    }

    #[test]
    fn hours_that_clocks_leave_out_or_show_twice_have_one_meaning() {
        // Clocks go from 02:00 to 03:00: half past two is counted on from before.
        assert_eq!(in_utc("Europe/Berlin", "2022-03-27", time!(02:30)), "2022-03-27T01:30:00Z");
        // Clocks go from 03:00 to 02:00: half past two is the first one.
        assert_eq!(in_utc("Europe/Berlin", "2022-10-30", time!(02:30)), "2022-10-30T00:30:00Z");
        // There is no midnight on this day.
        assert_eq!(in_utc("Africa/Cairo", "2024-04-26", time!(00:00)), "2024-04-25T22:00:00Z");
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let day = |name: &str, at: &str| zone(name).day_at(at.parse().unwrap()).to_string();
        assert_eq!(day("Asia/Hebron", "2022-06-20T22:30:00Z"), "2022-06-21");
        assert_eq!(day("UTC", "2022-06-20T22:30:00Z"), "2022-06-20");
        assert_eq!(day("Asia/Riyadh", "2026-12-31T22:30:00Z"), "2027-01-01");
        assert_eq!(day("America/Los_Angeles", "0000-01-01T00:00:00Z"), "0000-01-01");
        assert_eq!(day("Pacific/Kiritimati", "9999-12-31T23:59:59Z"), "9999-12-31");
    }

    #[test]
    fn what_is_no_zone_is_named() {
        for bad in
            ["", "Hebron", "asia/hebron", "Egypt Standard Time", "+03:00", "القدس", "../etc/passwd", "/etc/localtime"]
        {
            let message = bad.parse::<TimeZone>().unwrap_err().to_string();
            assert!(message.starts_with(&format!("`{bad}` is no time zone")), "{message}");
        }
        assert_eq!(
            (zone("Asia/Hebron").to_string(), TimeZone::utc().to_string()),
            ("Asia/Hebron".into(), "UTC".into())
        );
        assert_eq!(zone("UTC"), TimeZone::utc());
    }

    proptest! {
        #[test]
        fn a_local_time_is_on_its_own_day(year in 0..10_000_i32, ordinal in 1..366_u16, hour in 0..24_u8, name in 0..3_usize) {
            let zone = zone(["Asia/Hebron", "America/Los_Angeles", "Pacific/Kiritimati"][name]);
            let day = CalendarDate::of(time::Date::from_ordinal_date(year, ordinal).unwrap());
            if let Some(at) = zone.to_utc(day, Time::from_hms(hour, 30, 0).unwrap()) {
                // At the first and last day of all the zone's own may be out of range; an hour left out may be the last one.
                let edge = matches!((year, ordinal), (0, 1) | (9_999, 365..));
                prop_assert!(edge || hour == 23 || zone.day_at(at) == day);
            }
        }
    }
}
