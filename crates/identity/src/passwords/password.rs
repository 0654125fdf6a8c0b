//! A password as it was entered, prepared so that one password entered on two devices is the same bytes.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};
use unicode_normalization::UnicodeNormalization as _;

/// NFC makes a text at most three times as long in UTF-8 (UAX #15, 10).
const NFC_MAX_GROWTH: usize = 3;

/// A password, prepared as the profile `OpaqueString` of RFC 8265 (4.2.2) says: each space character becomes U+0020,
/// then NFC. Case, width, tashkeel and digits are kept. Neither `Debug` nor any error shows it.
///
/// Preparation refuses nothing, because a refusal at sign-in would reveal what no stored password can be.
/// [`check_password`](crate::check_password) refuses when a password is chosen.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// Prepares what somebody entered.
    pub fn new(entered: &str) -> Self {
        // Never moved to a larger buffer, which would leave a copy.
        let mut prepared = Zeroizing::new(String::with_capacity(entered.len() * NFC_MAX_GROWTH));
        prepared.extend(entered.chars().map(|c| if is_space(c) { ' ' } else { c }).nfc());
        Self(SecretString::from(prepared.as_str()))
    }

    /// Number of code points after preparation: what people call characters, except that each Arabic vowel sign counts
    /// too. NIST SP 800-63B (5.1.1.2) counts code points.
    pub fn chars(&self) -> usize {
        self.expose().chars().count()
    }

    /// The prepared text.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Characters of the Unicode category "space separator" (Zs).
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same_password() {
        for (one, other) in [
            ("caf\u{E9} au lait", "cafe\u{301} au lait"),
            ("\u{623}\u{62D}\u{645}\u{62F}", "\u{627}\u{654}\u{62D}\u{645}\u{62F}"),
            ("two words", "two\u{A0}words"),
        ] {
            assert_eq!(Password::new(one).expose(), Password::new(other).expose());
        }
        for (one, other) in [("Case", "case"), ("٢٠٢٦", "2026"), ("مَلك", "ملك"), ("a  b", "a b"), (" a", "a")]
        {
            assert_ne!(Password::new(one).expose(), Password::new(other).expose(), "{one} {other}");
        }
    }

    #[test]
    fn characters_are_code_points() {
        for (text, chars) in [("", 0), ("كلمة سر", 7), ("مَلِك", 5), ("e\u{301}", 1), ("🔑🔑", 2)] {
            assert_eq!(Password::new(text).chars(), chars, "{text}");
        }
    }

    #[test]
    fn no_debug_output_shows_it() {
        assert_eq!(format!("{:?}", Password::new("hunter2")), "Password(…)");
    }

    proptest! {
        #[test]
        fn preparing_twice_is_preparing_once(text in "\\PC{0,40}") {
            let once = Password::new(&text);
            let twice = Password::new(once.expose());
            prop_assert_eq!(twice.expose(), once.expose());
        }
    }
}
