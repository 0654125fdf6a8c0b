//! Short texts of lists and labels in one spelling, so that equal ones are equal bytes.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, without white space at its ends and with one space for each run of it inside. Letters, marks and case
/// stay as they are written. To tidy twice is to tidy once.
pub fn tidy(s: &str) -> String {
    let composed: String = s.nfc().collect();
    let mut out = String::with_capacity(composed.len());
    for word in composed.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn white_space_is_one_space_and_letters_stay() {
        assert_eq!(tidy(" المُوازنة \u{a0}\n العامّة\t"), "المُوازنة العامّة");
        assert_eq!(tidy("\u{200f}أ\u{a0}ب"), "\u{200f}أ ب");
        assert_eq!(tidy("ا\u{0654}خر"), "أخر");
        assert_eq!(tidy(" \n "), "");
    }

    proptest! {
        #[test]
        fn to_tidy_twice_is_to_tidy_once(text in "\\PC{0,20}|[ \\t\u{a0}\u{301}\u{654}a-cا]{0,12}") {
            let once = tidy(&text);
            prop_assert_eq!(tidy(&once), once);
        }
    }
}
