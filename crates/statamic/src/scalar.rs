//! What Statamic takes a scalar of YAML for.
//!
//! It reads with PHP's Symfony YAML component, whose rules (its `Inline::evaluateScalar`) are those of neither YAML 1.1 nor
//! 1.2: only true and false are booleans, a number with a leading zero is a text, one with a plus a float, an unquoted time
//! an integer of seconds since 1970 in UTC.

use serde_json::{Number, Value};
use time::{OffsetDateTime, Time, UtcOffset};

use crate::written_time::{self, WrittenTime};

/// The value of a scalar, or what is wrong with it. `plain` is a scalar without quotes.
///
/// JSON has no infinite numbers: `.inf` and its like stay the text that is written.
pub(crate) fn scalar(text: &str, plain: bool) -> Result<Value, String> {
    if !plain {
        return Ok(Value::String(text.to_owned()));
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "" | "~" | "null" => return Ok(Value::Null),
        "true" => return Ok(Value::Bool(true)),
        "false" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if let Some(number) = octal(text) {
        return Ok(number);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return Ok(Value::String(text.to_owned()));
    }
    // Underscores between digits are taken away even from what is then no number, as in `0_1`.
    let text = if is_whole(text) { text.replace('_', "") } else { text.to_owned() };
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    if is_digits(unsigned) {
        let exact = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
        return Ok(exact.map_or(Value::String(text), Value::from));
    }
    if is_numeric(&text) || is_float_with_underscores(&text) {
        return Ok(float(&text.replace('_', ""), text));
    }
    if let Some(digits) = lower.strip_prefix("0x").filter(|digits| is_made_of(digits, |byte| byte.is_ascii_hexdigit()))
    {
        return Ok(radix(&digits.replace('_', ""), 16));
    }
    match written_time::parse(&text) {
        Ok(Some(time)) if time.is_yaml_timestamp() => Ok(seconds(&time)),
        Ok(Some(_) | None) => Ok(Value::String(text)),
        Err(written_time::NoSuchTime) => {
            Err(format!("{text} has the form of a time but names none; put it in quotes if it is a text"))
        }
    }
}

/// Seconds since 1970 of a time that is written without quotes; UTC unless it says otherwise.
fn seconds(time: &WrittenTime) -> Value {
    let WrittenTime { day, time, offset, has_seconds: _ } = *time;
    let time = time.unwrap_or(Time::MIDNIGHT);
    let moment = OffsetDateTime::new_in_offset(day, time, offset.unwrap_or(UtcOffset::UTC));
    if time.nanosecond() == 0 {
        return Value::from(moment.unix_timestamp());
    }
    let fraction = f64::from(time.nanosecond()) / 1e9;
    #[expect(clippy::cast_precision_loss, reason = "seconds of the years 0 to 9999 have fewer than 53 bits")]
    let whole = moment.unix_timestamp() as f64;
    Number::from_f64(whole + fraction).map_or(Value::Null, Value::Number)
}

/// `0o17`, perhaps with a sign.
fn octal(text: &str) -> Option<Value> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = unsigned.strip_prefix("0o")?;
    if !is_made_of(digits, |byte| matches!(byte, b'0'..=b'7')) {
        return None;
    }
    let number = radix(&digits.replace('_', ""), 8);
    if !negative {
        return Some(number);
    }
    let negated = number.as_i64().and_then(i64::checked_neg).map(Value::from);
    Some(negated.unwrap_or_else(|| Value::from(-number.as_f64().unwrap_or_default())))
}

/// Digits of a base as an integer, or as a float where it has more than 63 bits.
fn radix(digits: &str, base: u32) -> Value {
    if digits.is_empty() {
        return Value::from(0);
    }
    if let Ok(number) = i64::from_str_radix(digits, base) {
        return Value::from(number);
    }
    let digit = |c: char| f64::from(c.to_digit(base).unwrap_or_default());
    let number = digits.chars().fold(0.0, |number, c| number * f64::from(base) + digit(c));
    float(&number.to_string(), digits.to_owned())
}

fn float(digits: &str, written: String) -> Value {
    let number = digits.parse().ok().and_then(Number::from_f64);
    number.map_or(Value::String(written), Value::Number)
}

/// `[+-]?[0-9][0-9_]*`
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && is_made_of(digits, |byte| byte.is_ascii_digit())
}

/// PHP's `is_numeric`: `[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?`
pub(crate) fn is_numeric(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    if !exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))) {
        return false;
    }
    match mantissa.split_once('.') {
        None => is_digits(mantissa),
        Some((whole, "")) => is_digits(whole),
        Some(("", fraction)) => is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
    }
}

/// `[+-]?[0-9][0-9_]*\.[0-9_]+`
fn is_float_with_underscores(text: &str) -> bool {
    text.split_once('.')
        .is_some_and(|(whole, fraction)| is_whole(whole) && is_made_of(fraction, |byte| byte.is_ascii_digit()))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Not empty, and nothing but such bytes and underscores.
fn is_made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'_' || allowed(byte))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_are_what_statamic_takes_them_for() {
        let cases = [
            ("", json!(null)),
            ("~", json!(null)),
            ("null", json!(null)),
            ("NuLL", json!(null)),
            ("true", json!(true)),
            ("TRUE", json!(true)),
            ("False", json!(false)),
            ("yes", json!("yes")),
            ("no", json!("no")),
            ("on", json!("on")),
            ("Off", json!("Off")),
            ("y", json!("y")),
            ("12", json!(12)),
            ("-12", json!(-12)),
            ("+12", json!(12.0)),
            ("0", json!(0)),
            ("-0", json!("-0")),
            ("022978770", json!("022978770")),
            ("0599123456", json!("0599123456")),
            ("+970599123456", json!(970_599_123_456.0)),
            ("1_000", json!(1000)),
            ("0_1", json!("01")),
            ("+1_000", json!(1000.0)),
            ("9223372036854775807", json!(i64::MAX)),
            ("9223372036854775808", json!("9223372036854775808")),
            ("0o17", json!(15)),
            ("-0o17", json!(-15)),
            ("0o1_7", json!(15)),
            ("0o18", json!("0o18")),
            ("0o1777777777777777777777", json!(18_446_744_073_709_551_615.0)),
            ("0x1F", json!(31)),
            ("0x1_f", json!(31)),
            ("-0x1F", json!("-0x1F")),
            ("0xg", json!("0xg")),
            ("1.5", json!(1.5)),
            ("1.0", json!(1.0)),
            ("1.", json!(1.0)),
            (".5", json!(0.5)),
            ("-.5e1", json!(-5.0)),
            ("1e3", json!(1000.0)),
            ("1_000.5", json!(1000.5)),
            ("1.2.3", json!("1.2.3")),
            (".inf", json!(".inf")),
            ("-.INF", json!("-.INF")),
            (".nan", json!(".nan")),
            ("1e999", json!("1e999")),
            ("2022-06-21", json!(1_655_769_600)),
            ("2022-6-1", json!(1_654_041_600)),
            ("2022-06-21 08:55:10", json!(1_655_801_710)),
            ("2022-06-21T08:55:10+03:00", json!(1_655_790_910)),
            ("2022-06-21T08:55:10.5Z", json!(1_655_801_710.5)),
            ("2022-06-21 08:55", json!("2022-06-21 08:55")),
            ("08:55", json!("08:55")),
            ("12:30:45", json!("12:30:45")),
            ("1-2-3", json!("1-2-3")),
            ("-", json!("-")),
            ("--", json!("--")),
            ("+999 2", json!("+999 2")),
            ("٣", json!("٣")),
            ("الموازنة", json!("الموازنة")),
        ];
        for (text, value) in cases {
            assert_eq!(scalar(text, true), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_is_quoted_is_a_text() {
        for text in ["", "12", "true", "null", "2022-06-21", "2022-02-30"] {
            assert_eq!(scalar(text, false), Ok(json!(text)));
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_told() {
        assert_eq!(
            scalar("2022-02-30", true),
            Err("2022-02-30 has the form of a time but names none; put it in quotes if it is a text".to_owned())
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[-+.0-9xobeEtTZ:_ ]{0,24}") {
            let _ = scalar(&text, true);
        }
    }
}
