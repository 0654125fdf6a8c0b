//! Days, times of day, points in time and time zones.

mod calendar_date;
mod time_of_day;
mod time_zone;
mod timestamp;

pub use self::{
    calendar_date::{CalendarDate, NotADate},
    time_of_day::{NotATimeOfDay, TimeOfDay},
    time_zone::{NotATimeZone, TimeZone},
    timestamp::{Clock, NotATimestamp, Timestamp},
};
