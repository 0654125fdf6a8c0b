//! Days and points in time.

use diwan_content::{CalendarDate, TimeZone, Timestamp};
use serde_json::Value;
use time::{OffsetDateTime, Time, UtcOffset};

use super::{Fit, Fitted, Given, scalars::became};
use crate::{
    file_name::FileDate,
    written_time::{self, WrittenTime, calendar_date, timestamp},
};

/// A day: as it is written, or the day in the site's time zone at a point in time.
pub(super) fn date(given: Given<'_>, zone: &TimeZone) -> Fit {
    let day = match Moment::read(given) {
        None => None,
        Some(Moment::Written { time, .. }) if time.time.is_none() => calendar_date(time.day),
        Some(moment) => moment.to_utc(zone).map(|at| zone.day_at(at)),
    };
    let Some(day) = day else { return Err("is no date".to_owned()) };
    changed_unless_same(given, &day.to_string())
}

/// A point in time: of the site's time zone unless it says otherwise, or in seconds since 1970.
pub(super) fn datetime(given: Given<'_>, zone: &TimeZone) -> Fit {
    match Moment::read(given).and_then(|moment| moment.to_utc(zone)) {
        Some(at) => changed_unless_same(given, &at.to_string()),
        None => Err("is no time".to_owned()),
    }
}

/// A date as a file name would tell it.
pub(super) fn file_date(given: Given<'_>, zone: &TimeZone) -> Option<FileDate> {
    let moment = Moment::read(given)?;
    if let Moment::Written { time: WrittenTime { day, time, offset: None, .. }, in_utc } = moment
        && (time.is_none() || !in_utc)
    {
        return Some(FileDate { day: calendar_date(day)?, time });
    }
    Some(FileDate { day: zone.day_at(moment.to_utc(zone)?), time: None })
}

/// The point in time of a value.
pub(super) fn moment(given: Given<'_>, zone: &TimeZone) -> Option<Timestamp> {
    Moment::read(given)?.to_utc(zone)
}

/// The point in time of a file name's date.
pub(super) fn moment_of(day: CalendarDate, time: Option<Time>, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_utc(day, time.unwrap_or(Time::MIDNIGHT))
}

/// What a value says of a time.
enum Moment {
    Written {
        time: WrittenTime,
        /// A time without quotes is one in UTC, by the format's rules.
        in_utc: bool,
    },
    Epoch(Timestamp),
}

impl Moment {
    fn read(given: Given<'_>) -> Option<Self> {
        let written = written_time::parse(given.written()?.trim()).ok()?;
        if let Some(time) = written {
            return Some(Self::Written { time, in_utc: given.is_plain() && time.is_yaml_timestamp() });
        }
        let Value::Number(number) = given.value else { return None };
        let ms = number.as_i64()?.checked_mul(1_000)?;
        Timestamp::from_unix_ms(ms).ok().map(Self::Epoch)
    }

    fn to_utc(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Epoch(at) => Some(*at),
            Self::Written { time: WrittenTime { day, time, offset, has_seconds: _ }, in_utc } => {
                let time = time.unwrap_or(Time::MIDNIGHT);
                match offset.or(in_utc.then_some(UtcOffset::UTC)) {
                    Some(offset) => timestamp(OffsetDateTime::new_in_offset(*day, time, offset)),
                    None => zone.to_utc(calendar_date(*day)?, time),
                }
            }
        }
    }
}

fn changed_unless_same(given: Given<'_>, now: &str) -> Fit {
    if given.value.as_str() == Some(now) { Fitted::same(given.value) } else { Fitted::changed(now, became(given, now)) }
}
