//! Telephone numbers.

use diwan_arabic::{is_direction_mark, to_ascii_digits};

/// Longest text that is looked at, in characters.
pub(super) const MAX_CHARS: usize = 60;
/// Most digits of a number (E.164), fewest of a local one (numbers of emergency) and of an international one.
const MAX_DIGITS: usize = 15;
pub(super) const MIN_LOCAL_DIGITS: usize = 3;
const MIN_INTERNATIONAL_DIGITS: usize = 7;

/// The number as it is stored, if the text is one: `+` and the digits of an international number (E.164), or the digits of a
/// local one. Arabic and Persian digits, spaces, hyphens, dots, slashes, brackets and marks of direction are taken; `00`
/// before a number is `+`, and the `(0)` of an international one is left out.
pub(super) fn normalise(text: &str) -> Option<String> {
    let text: String = to_ascii_digits(text).chars().filter(|c| !is_direction_mark(*c)).collect();
    let text = text.trim();
    let (is_international, rest) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest.replacen("(0)", "", 1)),
        None => (false, text.to_owned()),
    };
    if !rest.chars().all(|c| c.is_ascii_digit() || is_separator(c)) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let least = if is_international { MIN_INTERNATIONAL_DIGITS } else { MIN_LOCAL_DIGITS };
    // No country's code begins with 0.
    let is_number = (least..=MAX_DIGITS).contains(&digits.len()) && !(is_international && digits.starts_with('0'));
    is_number.then(|| if is_international { format!("+{digits}") } else { digits })
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::field_types::testing::*;

    #[test]
    fn numbers_are_stored_as_their_digits() {
        let field = field("type: phone");
        for (written, stored) in [
            ("+966 50 123 4567", "+966501234567"),
            ("٠٠٩٦٦-٥٠-١٢٣-٤٥٦٧", "+966501234567"),
            ("\u{202a}+966 (0)50.123.4567\u{202c}", "+966501234567"),
            ("۰۵۰ ۱۲۳ ۴۵۶۷", "0501234567"),
            ("(011) 405-0000", "0114050000"),
            ("19996", "19996"),
            ("٩١١", "911"),
        ] {
            check_read(&field, json!(written), json!(stored));
            check_read(&field, json!(stored), json!(stored));
            check_present(&field, json!(written), json!(stored));
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        let field = field("type: phone");
        for bad in [
            "",
            "12",
            "++966501234567",
            "+0501234567",
            "+123456",
            "0501234567 ext 5",
            "تحويلة ١٢٣",
            "1234567890123456",
            "966501234567+",
            "*123#",
            "()",
        ] {
            check_faults(&field, json!(bad), &["/f invalid_phone"]);
            check_present(&field, json!(bad), json!(null));
        }
        check_faults(&field, json!(501234567), &["/f wrong_type"]);
        check_faults(&field, json!("1 ".repeat(31)), &["/f too_long"]);
    }
}
