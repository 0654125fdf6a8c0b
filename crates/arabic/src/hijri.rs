//! The Hijri calendar of Umm al-Qura: the civil calendar of Saudi Arabia, by its published table of months.

use std::fmt;

use icu_calendar::{
    Date,
    cal::{Hijri, hijri::UmmAlQura},
};

/// Years of the published table (King Abdulaziz City for Science and Technology, as `icu_calendar` carries it); beyond it
/// months are a matter of calculation, and two calculations may differ by a day.
const YEARS: std::ops::RangeInclusive<i32> = 1300..=1600;

/// A day of the Hijri calendar, written `YYYY-MM-DD` as in `1447-05-12`. The year is 1300 to 1600.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HijriDate {
    year: i32,
    month: u8,
    day: u8,
}

impl HijriDate {
    /// The Hijri form of a Gregorian day, from midnight to midnight (not from sunset, as in worship). `None` outside of the
    /// published table, that is before 1882-11-12 and after 2174-11-25, and where there is no such Gregorian day.
    pub fn from_gregorian(year: i32, month: u8, day: u8) -> Option<Self> {
        let hijri = Date::try_new_iso(year, month, day).ok()?.to_calendar(Hijri::<UmmAlQura>::new_umm_al_qura());
        let year = hijri.year().extended_year();
        let known = YEARS.contains(&year);
        known.then(|| Self { year, month: hijri.month().ordinal, day: hijri.day_of_month().0 })
    }

    /// Year, 1300 to 1600.
    pub fn year(self) -> i32 {
        self.year
    }

    /// Month, 1 (Muharram) to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// Day of the month, 1 to 30.
    pub fn day(self) -> u8 {
        self.day
    }
}

impl fmt::Display for HijriDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hijri(year: i32, month: u8, day: u8) -> Option<String> {
        HijriDate::from_gregorian(year, month, day).map(|date| date.to_string())
    }

    #[test]
    fn days_that_were_proclaimed_are_told_right() {
        let known = [
            ((2022, 7, 30), "1444-01-01"),
            ((2023, 3, 23), "1444-09-01"),
            ((2023, 4, 21), "1444-10-01"),
            ((2024, 3, 11), "1445-09-01"),
            ((2024, 6, 16), "1445-12-10"),
            ((2024, 7, 6), "1445-12-30"),
            ((2024, 7, 7), "1446-01-01"),
            ((2025, 3, 1), "1446-09-01"),
            ((2025, 3, 30), "1446-10-01"),
            ((2025, 6, 26), "1447-01-01"),
            ((1932, 9, 23), "1351-05-22"),
        ];
        for ((year, month, day), expected) in known {
            assert_eq!(hijri(year, month, day).as_deref(), Some(expected));
        }
    }

    #[test]
    fn beyond_the_table_there_is_no_answer() {
        assert_eq!(hijri(1882, 11, 11), None);
        assert_eq!(hijri(1882, 11, 12).as_deref(), Some("1300-01-01"));
        assert_eq!(hijri(2174, 11, 25).as_deref(), Some("1600-12-30"));
        assert_eq!(hijri(2174, 11, 26), None);
        assert_eq!(hijri(2026, 2, 29), None);
        assert_eq!(hijri(0, 1, 1), None);
        assert_eq!(hijri(i32::MAX, 12, 31), None);
    }

    proptest! {
        #[test]
        fn the_next_day_is_the_next_or_the_first_of_a_month(year in 1883..2174i32, month in 1..=12u8, day in 1..=27u8) {
            let today = HijriDate::from_gregorian(year, month, day).unwrap();
            let tomorrow = HijriDate::from_gregorian(year, month, day + 1).unwrap();
            let same_month = (tomorrow.year(), tomorrow.month()) == (today.year(), today.month());
            prop_assert!(today < tomorrow);
            prop_assert_eq!(tomorrow.day(), if same_month { today.day() + 1 } else { 1 });
        }
    }
}
