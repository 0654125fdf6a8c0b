//! Numbers of several parts that a page shows from left to right although Arabic stands before them.
//!
//! After an Arabic word the bidirectional algorithm shows the parts of `+970 2 297 8830` and `10-15` from right to left.
//! Writers who want them from left to right say so by invisible marks, which a PDF does not keep. Such a number shows by its
//! parts: read from the right it would be none.

use std::ops::Range;

use unicode_bidi::bidi_class;

use super::bidi::is_number;

/// Longest run of digits that is compared as a number.
const DIGITS_MAX: usize = 18;

/// The numbers on a line, from left to right, whose parts are read in that order too.
pub(super) fn shown_as_read(line: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(number) = next_number(line, from) {
        from = number.end;
        if only_from_left(&line[number.clone()]) {
            found.push(number);
        }
    }
    found
}

/// The next stretch of digits, with the signs and single spaces between them, and a plus before or after it.
fn next_number(line: &[char], from: usize) -> Option<Range<usize>> {
    let first = (from..line.len()).find(|place| is_digit(line[*place]))?;
    let mut end = first + 1;
    let mut place = end;
    while place < line.len() && (is_digit(line[place]) || is_sign(line[place])) {
        if line[place] == ' ' && line[place - 1] == ' ' {
            break;
        }
        place += 1;
        if is_digit(line[place - 1]) {
            end = place;
        }
    }
    let is_plus = |place: usize| line.get(place) == Some(&'+');
    let start = if first > from && is_plus(first - 1) { first - 1 } else { first };
    Some(start..if is_plus(end) { end + 1 } else { end })
}

fn is_sign(c: char) -> bool {
    matches!(c, ' ' | '-' | '–' | '\u{2010}' | '\u{2011}' | '/' | '.' | ',' | ':' | '٫' | '٬' | '+')
}

/// Whether the parts make sense from the left and none from the right.
fn only_from_left(shown: &[char]) -> bool {
    let parts: Vec<&[char]> = shown
        .split(|c| matches!(c, ' ' | '-' | '–' | '\u{2010}' | '\u{2011}'))
        .filter(|part| !part.is_empty())
        .collect();
    let [first, .., last] = parts[..] else { return false };
    if first[0] == '+' || last[last.len() - 1] == '+' {
        return first[0] == '+';
    }
    let spaces = shown.iter().filter(|c| **c == ' ').count();
    if parts.len() == 2 && matches!(spaces, 0 | 2) && first.len() == last.len() {
        return value(first) < value(last);
    }
    // A number in a phone number or a time may begin with a naught, the parts after it seldom do.
    begins_with_naught(first) && !begins_with_naught(last)
}

/// Digits alone as a number; those of a time or date one after the other.
fn value(part: &[char]) -> Option<u64> {
    let digits: String = part.iter().filter(|c| is_digit(**c)).map(|c| ascii(*c)).collect();
    if digits.len() > DIGITS_MAX { None } else { digits.parse().ok() }
}

fn begins_with_naught(part: &[char]) -> bool {
    part.first().is_some_and(|c| ascii(*c) == '0') && part.get(1).is_some_and(|c| is_digit(*c))
}

fn ascii(digit: char) -> char {
    let value = match digit {
        '\u{660}'..='\u{669}' => u32::from(digit) - 0x660,
        '\u{6F0}'..='\u{6F9}' => u32::from(digit) - 0x6F0,
        _ => return digit,
    };
    char::from_digit(value, 10).unwrap_or(digit)
}

fn is_digit(c: char) -> bool {
    is_number(bidi_class(c)) && c.is_numeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "places are what is found")]
    fn only_numbers_that_are_none_from_the_right_are_found() {
        let cases: [(&str, Vec<Range<usize>>); 11] = [
            ("+970 2 297 8830 x", vec![0..15]),
            ("8830 297 2 970+", vec![]),
            ("15-10", vec![]),
            ("10-15", vec![0..5]),
            ("3-12", vec![]),
            ("02 297 8830", vec![0..11]),
            ("2026/11/30", vec![]),
            ("+5", vec![]),
            ("100 0.5", vec![]),
            ("a 10-15  02-297", vec![2..7, 9..15]),
            ("", vec![]),
        ];
        for (line, found) in cases {
            assert_eq!(shown_as_read(&line.chars().collect::<Vec<char>>()), found, "{line}");
        }
        assert!(shown_as_read(&['9'; 100_000]).is_empty());
    }
}
