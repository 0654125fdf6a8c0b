//! The time zone of a site. Its content does not name it, so whoever imports must.

use std::{fmt, str::FromStr};

use diwan_content::{CalendarDate, Timestamp};
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};
use time_tz::{Offset as _, OffsetResult, PrimitiveDateTimeExt as _, TimeZone as _, Tz, timezones};

/// A time zone of the IANA database, such as `Asia/Hebron`.
#[derive(Clone, Copy)]
pub struct TimeZone(&'static Tz);

/// A text that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; allowed: a name of the IANA database such as Asia/Hebron, Africa/Cairo or UTC")]
pub struct NotATimeZone(String);

impl TimeZone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(timezones::db::UTC)
    }

    /// The name in the IANA database.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }

    /// The point in time at which clocks of the zone show this. An hour that clocks show twice is taken for the first time,
    /// one that they leave out is counted on from before the change: both as PHP does. `None` outside the years 0 to 9999.
    pub(crate) fn to_utc(self, day: Date, time: Time) -> Option<Timestamp> {
        let local = PrimitiveDateTime::new(day, time);
        let moment = match local.assume_timezone(self.0) {
            OffsetResult::Some(moment) => moment,
            OffsetResult::Ambiguous(one, other) => one.min(other),
            OffsetResult::None => {
                let before = local.checked_sub(Duration::DAY)?.assume_utc();
                local.assume_offset(self.0.get_offset_utc(&before).to_utc())
            }
        };
        timestamp(moment)
    }

    /// The day that calendars of the zone show at a point in time. `None` outside the years 0 to 9999.
    pub(crate) fn day_at(self, at: Timestamp) -> Option<CalendarDate> {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.unix_ms()) * 1_000_000).ok()?;
        let local = moment.checked_to_offset(self.0.get_offset_utc(&moment).to_utc())?;
        calendar_date(local.date())
    }
}

/// A point in time in whole milliseconds.
pub(crate) fn timestamp(moment: OffsetDateTime) -> Option<Timestamp> {
    let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
    Timestamp::from_unix_ms(i64::try_from(ms).ok()?).ok()
}

/// A day as the domain has it. `None` outside the years 0 to 9999.
pub(crate) fn calendar_date(day: Date) -> Option<CalendarDate> {
    format!("{:04}-{:02}-{:02}", day.year(), u8::from(day.month()), day.day()).parse().ok()
}

impl FromStr for TimeZone {
    type Err = NotATimeZone;

    fn from_str(text: &str) -> Result<Self, NotATimeZone> {
        // The table also knows the names that Windows gives to zones; they have blanks.
        let is_iana =
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+'));
        let found = if is_iana { timezones::get_by_name(text) } else { None };
        found.map(Self).ok_or_else(|| NotATimeZone(crate::front_matter::shorten(text)))
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

impl PartialEq for TimeZone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for TimeZone {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::written_time;

    fn in_utc(zone: &str, local: &str) -> String {
        let zone: TimeZone = zone.parse().unwrap();
        let written = written_time::parse(local).unwrap().unwrap();
        zone.to_utc(written.day, written.time.unwrap_or(Time::MIDNIGHT)).unwrap().to_string()
    }

    #[test]
    fn local_times_become_utc() {
        let cases = [
            ("Asia/Hebron", "2022-06-21 08:55:10", "2022-06-21T05:55:10Z"),
            ("Asia/Hebron", "2022-01-21 08:55:10", "2022-01-21T06:55:10Z"),
            ("Africa/Cairo", "2010-01-01 00:00:00", "2009-12-31T22:00:00Z"),
            ("UTC", "2022-06-21 08:55:10", "2022-06-21T08:55:10Z"),
            // Clocks go from 02:00 to 03:00: half past two is counted on from before.
            ("Europe/Berlin", "2022-03-27 02:30:00", "2022-03-27T01:30:00Z"),
            // Clocks go from 03:00 to 02:00: half past two is taken for the first one.
            ("Europe/Berlin", "2022-10-30 02:30:00", "2022-10-30T00:30:00Z"),
        ];
        for (zone, local, utc) in cases {
            assert_eq!(in_utc(zone, local), utc, "{zone} {local}");
        }
    }

    #[test]
    fn a_day_is_that_of_the_zone() {
        let late: Timestamp = "2022-06-20T22:30:00Z".parse().unwrap();
        let day = |zone: &str| zone.parse::<TimeZone>().unwrap().day_at(late).unwrap().to_string();
        assert_eq!([day("Asia/Hebron"), day("UTC")], ["2022-06-21", "2022-06-20"]);
    }

    #[test]
    fn what_is_no_zone_is_told() {
        for bad in ["", "Hebron", "asia/hebron", "Egypt Standard Time", "+03:00", "القدس"] {
            let told = bad.parse::<TimeZone>().unwrap_err().to_string();
            assert!(told.starts_with(&format!("`{bad}` is no time zone")), "{told}");
        }
    }

    proptest! {
        #[test]
        fn no_time_makes_it_panic(year in 0..10_000_i32, ordinal in 1..366_u16, hour in 0..24_u8, name in 0..3_usize) {
            let zone: TimeZone = ["Asia/Hebron", "America/Los_Angeles", "Pacific/Kiritimati"][name].parse().unwrap();
            let day = Date::from_ordinal_date(year, ordinal).unwrap();
            if let Some(at) = zone.to_utc(day, Time::from_hms(hour, 30, 0).unwrap()) {
                let shown = zone.day_at(at).unwrap();
                prop_assert!(hour == 23 || shown.to_string() == day.to_string());
            }
        }
    }
}
