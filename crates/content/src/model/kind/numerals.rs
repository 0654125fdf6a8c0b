//! Numbers as they stand in queries: ASCII digits in one form, nothing around them.

/// A whole number: digits without leading zeros, with a hyphen before negative ones.
pub(crate) fn strict_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if is_whole(digits) { text.parse().ok() } else { None }
}

/// A number in the grammar of JSON.
pub(crate) fn strict_number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let exponent_digits = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    if !is_whole(whole) || !fraction.is_none_or(are_digits) || !exponent_digits.is_none_or(are_digits) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn is_whole(digits: &str) -> bool {
    are_digits(digits) && (digits == "0" || !digits.starts_with('0'))
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(strict_integer("-12"), Some(-12));
        assert_eq!(strict_integer("0"), Some(0));
        assert_eq!(strict_number("-1.50e3"), Some(-1500.0));
        assert_eq!(strict_number("7"), Some(7.0));
        for bad in ["", "-", "+5", " 5", "5 ", "05", "٥", "５", "1.5", "1e3", "9223372036854775808", "0x10", "1_000"]
        {
            assert_eq!(strict_integer(bad), None, "{bad}");
        }
        for bad in ["", "-", "+5", ".5", "5.", "1e", "1e999", "NaN", "inf", "٥", "1,5", "--5", "1.٥", "05.5", "1e5 "]
        {
            assert_eq!(strict_number(bad), None, "{bad}");
        }
    }
}
