//! Rows of keys on Latin and Arabic keyboards, alphabets, and what the same keys write in the other layout.

use diwan_arabic::{typed_in_arabic, typed_in_latin};

/// What is typed by moving from key to key, or recited: rows, columns, alphabets, digits. Read in both directions.
pub(super) const SEQUENCES: [&str; 17] = [
    "12345678901234567890",
    "!@#$%^&*()_+",
    "!@#$%^&*)(_+",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "azertyuiop",
    "qsdfghjklm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "abcdefghijklmnopqrstuvwxyz",
    "ضصثقفغعهخحجد",
    "شسيبلاتنمكط",
    "ئءؤرلاىةوزظ",
    "1ضشئ2صسء3ثيؤ4قبر5فللا6غاى7عتة8هنو9خمز0حكظ",
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ",
];

/// What the keys of a text write in the other layout: «lpl]» for «محمد», «حشسسصخقي» for "password".
///
/// A text with letters of both scripts is read as typed in the Latin layout.
pub(super) fn in_other_layout(text: &str) -> String {
    let text = text.to_lowercase();
    match text.contains(|c: char| c.is_ascii_alphabetic()) {
        true => typed_in_arabic(&text),
        // One key writes «لا».
        false => typed_in_latin(&text.replace("لا", "b")).to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_the_other_layout() {
        for (typed, other) in [("lpl]", "محمد"), ("Hgl,h.km", "الموازنة"), ("حشسسصخقي", "password"), ("2026", "2026")]
        {
            assert_eq!(in_other_layout(typed), other, "{typed}");
        }
    }
}
