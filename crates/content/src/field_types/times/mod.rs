//! Days, times of day and points in time, with their Hijri form.

mod date;
mod date_range;
mod datetime;
mod hijri;
mod time;

pub use self::{date::DateType, date_range::DateRangeType, datetime::DatetimeType, time::TimeType};
