//! Plain scalars by the core schema of YAML 1.2 (section 10.3 of its specification): `no` is a text, `0o17` and `0x1f` are
//! numbers, a date is a text.

use serde_json::{Number, Value};

/// The value of a scalar, or what is wrong with it.
pub(crate) fn scalar_to_json(text: &str, plain: bool) -> Result<Value, &'static str> {
    if !plain {
        return Ok(Value::String(text.to_owned()));
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    if let Some(integer) = integer(text) {
        return integer.map(Value::Number).ok_or("is a number of more than 64 bits");
    }
    if is_float(text) {
        return text.parse().ok().and_then(Number::from_f64).map(Value::Number).ok_or("is a number out of range");
    }
    match text.trim_start_matches(['-', '+']) {
        ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN" => Err("is no finite number"),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// `None`: no integer; `Some(None)`: one that does not fit.
fn integer(text: &str) -> Option<Option<Number>> {
    let radix = |digits: &str, radix| {
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        is_number.then(|| u64::from_str_radix(digits, radix).ok().map(Number::from))
    };
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let signed = text.parse::<i64>().ok().map(Number::from);
    Some(signed.or_else(|| text.parse::<u64>().ok().map(Number::from)))
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`
fn is_float(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(m, e)| (m, Some(e)));
    let exponent_ok = exponent.is_none_or(|exponent| {
        let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !exponent.is_empty() && digits(exponent)
    });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let mantissa_ok = digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty());
    exponent_ok && mantissa_ok
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn plain_scalars_follow_yaml_1_2() {
        let cases = [
            ("", json!(null)),
            ("~", json!(null)),
            ("TRUE", json!(true)),
            ("yes", json!("yes")),
            ("no", json!("no")),
            ("12", json!(12)),
            ("-007", json!(-7)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("1.50", json!(1.5)),
            ("-.5e1", json!(-5.0)),
            ("1e3", json!(1000.0)),
            ("2026-01-31", json!("2026-01-31")),
            ("+999 2", json!("+999 2")),
            (".", json!(".")),
            ("-", json!("-")),
            ("e5", json!("e5")),
            ("٣", json!("٣")),
        ];
        for (text, value) in cases {
            assert_eq!(scalar_to_json(text, true), Ok(value), "{text}");
        }
        assert_eq!(scalar_to_json("12", false), Ok(json!("12")));
        for bad in [".inf", "-.INF", ".nan", "99999999999999999999", "1e999"] {
            assert!(scalar_to_json(bad, true).is_err(), "{bad}");
        }
    }
}
