//! The `Range` header of RFC 9110, section 14.

use std::ops::Range;

/// What part of a blob to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RangeOutcome {
    /// All of it: no range, many ranges, or something that is no range.
    Whole,
    /// These bytes, which exist and are at least one.
    Part(Range<u64>),
    /// A range, but none of its bytes exist.
    Unsatisfiable,
}

/// Reads the value of a `Range` header for a blob of `size_bytes`. A server may ignore a range, so many ranges and
/// garbage are answered with the whole blob: several small ranges cost more than they save.
pub(crate) fn parse_range(header: &str, size_bytes: u64) -> RangeOutcome {
    let Some((unit, range)) = header.split_once('=') else { return RangeOutcome::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return RangeOutcome::Whole;
    }
    let Some((first, last)) = range.trim().split_once('-') else { return RangeOutcome::Whole };
    match (number(first), number(last)) {
        (Number::Of(first), Number::Of(last)) if first > last => RangeOutcome::Whole,
        (Number::Of(first), Number::Of(last)) => part(first, last.saturating_add(1).min(size_bytes), size_bytes),
        (Number::Of(first), Number::Absent) => part(first, size_bytes, size_bytes),
        (Number::Absent, Number::Of(suffix)) => part(size_bytes.saturating_sub(suffix), size_bytes, size_bytes),
        (Number::Absent, Number::Absent)
        | (Number::Wrong, Number::Absent | Number::Of(_) | Number::Wrong)
        | (Number::Absent | Number::Of(_), Number::Wrong) => RangeOutcome::Whole,
    }
}

enum Number {
    Absent,
    Of(u64),
    Wrong,
}

fn number(text: &str) -> Number {
    if text.is_empty() {
        return Number::Absent;
    }
    let mut value = 0_u64;
    for byte in text.bytes() {
        if !byte.is_ascii_digit() {
            return Number::Wrong;
        }
        // A number beyond all sizes is still a number, and as good as the largest one.
        value = value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
    }
    Number::Of(value)
}

fn part(start: u64, end: u64, size_bytes: u64) -> RangeOutcome {
    if start >= size_bytes || start >= end {
        return RangeOutcome::Unsatisfiable;
    }
    RangeOutcome::Part(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cases: &[(&str, u64, RangeOutcome)]) {
        for (header, size_bytes, expected) in cases {
            assert_eq!(parse_range(header, *size_bytes), *expected, "{header} of {size_bytes}");
        }
    }

    #[test]
    fn a_single_range_names_its_bytes() {
        check(&[
            ("bytes=0-0", 10, RangeOutcome::Part(0..1)),
            ("bytes=2-5", 10, RangeOutcome::Part(2..6)),
            ("bytes=0-9", 10, RangeOutcome::Part(0..10)),
            ("bytes=7-", 10, RangeOutcome::Part(7..10)),
            ("bytes=-3", 10, RangeOutcome::Part(7..10)),
            ("BYTES = 2-5 ", 10, RangeOutcome::Part(2..6)),
        ]);
    }

    #[test]
    fn what_lies_beyond_the_end_is_cut_off() {
        check(&[
            ("bytes=2-500", 10, RangeOutcome::Part(2..10)),
            ("bytes=-500", 10, RangeOutcome::Part(0..10)),
            ("bytes=9-18446744073709551615", 10, RangeOutcome::Part(9..10)),
            ("bytes=9-99999999999999999999999999", 10, RangeOutcome::Part(9..10)),
        ]);
    }

    #[test]
    fn a_range_without_any_byte_is_unsatisfiable() {
        check(&[
            ("bytes=10-", 10, RangeOutcome::Unsatisfiable),
            ("bytes=10-20", 10, RangeOutcome::Unsatisfiable),
            ("bytes=99999999999999999999999999-", 10, RangeOutcome::Unsatisfiable),
            ("bytes=-0", 10, RangeOutcome::Unsatisfiable),
            ("bytes=0-", 0, RangeOutcome::Unsatisfiable),
            ("bytes=-1", 0, RangeOutcome::Unsatisfiable),
        ]);
    }

    #[test]
    fn many_ranges_other_units_and_garbage_mean_the_whole() {
        for header in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,4-5",
            "bytes=-1,2-",
            "bytes=a-b",
            "bytes=0x1-2",
            "bytes=+1-2",
            "bytes=1--2",
            "bytes=1 - 2",
            "lines=0-1",
            "bytes=٠-١",
            "=0-1",
        ] {
            check(&[(header, 10, RangeOutcome::Whole)]);
        }
    }
}
