//! Numbers with decimals and groups of thousands, as one word.

use crate::spelling::characters::ascii_digit;

const THOUSANDS: [char; 2] = [',', '\u{66C}'];
const DECIMALS: [char; 2] = ['.', '\u{66B}'];
/// Larger numbers are none that are written in groups, and longer decimals are read as another number.
const GROUPS_MAX: usize = 8;
const DECIMALS_MAX: usize = 18;

/// Where a number ends whose first run of digits is `text[start..end]`.
pub(crate) fn end(text: &str, start: usize, end: usize) -> usize {
    let mut reached = end;
    if (1..=3).contains(&digits(&text[start..end]).count()) && digits(&text[start..]).count() <= 3 {
        for _ in 0..GROUPS_MAX {
            let Some((group_end, 3)) = run_after(text, reached, THOUSANDS) else { break };
            reached = group_end;
        }
    }
    // Of «1.1.2026» no part is a decimal.
    let follows_a_stop = text[..start].strip_suffix(DECIMALS).is_some_and(|before| before.ends_with(is_digit));
    match run_after(text, reached, DECIMALS) {
        Some((decimals_end, 1..=DECIMALS_MAX))
            if !follows_a_stop && run_after(text, decimals_end, DECIMALS).is_none() =>
        {
            decimals_end
        }
        Some(_) | None => reached,
    }
}

/// The digits of a number without its signs, but for a full stop before decimals.
pub(crate) fn plain(number: &str) -> String {
    number.chars().filter(|c| !THOUSANDS.contains(c)).map(|c| if DECIMALS.contains(&c) { '.' } else { c }).collect()
}

/// The end of a run of digits after one of the signs, and how many there are.
fn run_after(text: &str, at: usize, signs: [char; 2]) -> Option<(usize, usize)> {
    let rest = text[at..].strip_prefix(signs)?;
    let (count, bytes) = digits(rest).fold((0, 0), |(count, bytes), c| (count + 1, bytes + c.len_utf8()));
    (count > 0).then(|| (text.len() - rest.len() + bytes, count))
}

/// The digits that a text begins with, and one more than any number has at most.
fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().take_while(|c| is_digit(*c)).take(DECIMALS_MAX + 1)
}

fn is_digit(c: char) -> bool {
    ascii_digit(c).is_ascii_digit()
}
