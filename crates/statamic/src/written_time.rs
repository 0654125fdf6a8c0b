//! Days and times as people and Statamic write them: `2022-06-21`, `2022-06-21 08:55`, `2022-06-21T08:55:10+03:00`.

use diwan_content::{CalendarDate, Timestamp};
use time::{Date, Month, OffsetDateTime, Time, UtcOffset};

/// A day, perhaps with a time of day, perhaps with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenTime {
    pub(crate) day: Date,
    pub(crate) time: Option<Time>,
    pub(crate) offset: Option<UtcOffset>,
    /// Seconds were written too.
    pub(crate) has_seconds: bool,
}

/// A text of the form of a time that names none, such as `2022-02-30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoSuchTime;

impl WrittenTime {
    /// Whether YAML takes the text for a timestamp when it is not quoted: a day alone, or one with a time to the second
    /// (YAML 1.1, type `timestamp`, as Symfony reads it).
    pub(crate) fn is_yaml_timestamp(&self) -> bool {
        self.time.is_none() || self.has_seconds
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

/// Reads a time; `None` for a text of another form.
pub(crate) fn parse(text: &str) -> Result<Option<WrittenTime>, NoSuchTime> {
    let mut rest = Rest(text.as_bytes());
    match rest.numbers() {
        Some(numbers) => numbers.to_time().map(Some),
        None => Ok(None),
    }
}

/// The numbers as they are written, not yet checked.
struct Numbers {
    year: u32,
    month: u32,
    day: u32,
    clock: Option<ClockNumbers>,
}

struct ClockNumbers {
    hour: u32,
    minute: u32,
    second: Option<u32>,
    nanosecond: u32,
    offset_minutes: Option<i32>,
}

impl Numbers {
    fn to_time(&self) -> Result<WrittenTime, NoSuchTime> {
        let small = |number: u32| u8::try_from(number).map_err(|_| NoSuchTime);
        let month = Month::try_from(small(self.month)?).map_err(|_| NoSuchTime)?;
        let year = i32::try_from(self.year).map_err(|_| NoSuchTime)?;
        let day = Date::from_calendar_date(year, month, small(self.day)?).map_err(|_| NoSuchTime)?;
        let Some(clock) = &self.clock else {
            return Ok(WrittenTime { day, time: None, offset: None, has_seconds: false });
        };
        let ClockNumbers { hour, minute, second, nanosecond, offset_minutes } = clock;
        let time = Time::from_hms_nano(small(*hour)?, small(*minute)?, small(second.unwrap_or(0))?, *nanosecond);
        let offset = offset_minutes.map(|minutes| UtcOffset::from_whole_seconds(minutes * 60)).transpose();
        Ok(WrittenTime {
            day,
            time: Some(time.map_err(|_| NoSuchTime)?),
            offset: offset.map_err(|_| NoSuchTime)?,
            has_seconds: second.is_some(),
        })
    }
}

/// What is not read yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn numbers(&mut self) -> Option<Numbers> {
        let year = self.digits(4, 4)?;
        self.byte(b"-")?;
        let month = self.digits(1, 2)?;
        self.byte(b"-")?;
        let day = self.digits(1, 2)?;
        if self.0.is_empty() {
            return Some(Numbers { year, month, day, clock: None });
        }
        if self.byte(b"Tt").is_none() && !self.blanks() {
            return None;
        }
        let clock = self.clock()?;
        self.0.is_empty().then_some(Numbers { year, month, day, clock: Some(clock) })
    }

    fn clock(&mut self) -> Option<ClockNumbers> {
        let hour = self.digits(1, 2)?;
        self.byte(b":")?;
        let minute = self.digits(2, 2)?;
        let (mut second, mut nanosecond) = (None, 0);
        if self.byte(b":").is_some() {
            second = Some(self.digits(2, 2)?);
            if self.byte(b".").is_some() {
                nanosecond = self.fraction();
            }
        }
        self.blanks();
        let offset_minutes = self.offset()?;
        Some(ClockNumbers { hour, minute, second, nanosecond, offset_minutes })
    }

    /// `Z`, `+3`, `+03`, `+03:00`, or nothing. The outer `None` is a text of another form.
    fn offset(&mut self) -> Option<Option<i32>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let sign = match self.byte(b"Z+-")? {
            b'Z' => return Some(Some(0)),
            b'-' => -1,
            _ => 1,
        };
        let hours = self.digits(1, 2)?;
        let minutes = if self.byte(b":").is_some() { self.digits(2, 2)? } else { 0 };
        Some(Some(sign * i32::try_from(hours * 60 + minutes).ok()?))
    }

    /// Digits behind the point as nanoseconds; what is finer is cut.
    fn fraction(&mut self) -> u32 {
        let mut nanosecond = 0;
        let mut unit = 100_000_000;
        while let Some(digit) = self.byte(b"0123456789") {
            nanosecond += u32::from(digit - b'0') * unit;
            unit /= 10;
        }
        nanosecond
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let length = self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if length < least {
            return None;
        }
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
    }

    fn byte(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        allowed.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn blanks(&mut self) -> bool {
        let length = self.0.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.0 = &self.0[length..];
        length > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match parse(text) {
            Ok(None) => "other".to_owned(),
            Ok(Some(WrittenTime { day, time, offset, has_seconds: _ })) => {
                let time = time.map(|time| format!(" {time}")).unwrap_or_default();
                let offset = offset.map(|offset| format!(" {offset}")).unwrap_or_default();
                format!("{day}{time}{offset}")
            }
            Err(NoSuchTime) => "none".to_owned(),
        }
    }

    #[test]
    fn times_are_read_in_their_usual_forms() {
        let cases = [
            ("2022-06-21", "2022-06-21"),
            ("2022-6-1", "2022-06-01"),
            ("2022-06-21 08:55", "2022-06-21 8:55:00.0"),
            ("2022-06-21T8:55:10", "2022-06-21 8:55:10.0"),
            ("2022-06-21 \t 08:55:10.25", "2022-06-21 8:55:10.25"),
            ("2022-06-21T08:55:10Z", "2022-06-21 8:55:10.0 +00:00:00"),
            ("2022-06-21t08:55:10.123456789123 -03:30", "2022-06-21 8:55:10.123456789 -03:30:00"),
            ("2022-06-21 08:55:10 +3", "2022-06-21 8:55:10.0 +03:00:00"),
            ("2022-02-30", "none"),
            ("2022-13-01", "none"),
            ("2022-06-21 25:00:00", "none"),
            ("2022-06-21 08:55:10 +99", "none"),
            ("", "other"),
            ("22-06-21", "other"),
            ("2022-06-21x", "other"),
            ("2022-06-21 ", "other"),
            ("2022-06-21 08", "other"),
            ("2022-06-21 08:55:10 GMT", "other"),
            ("٢٠٢٢-٠٦-٢١", "other"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
