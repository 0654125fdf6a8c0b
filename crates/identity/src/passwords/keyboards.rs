//! Rows of keys on Latin and Arabic keyboards, alphabets, and what the same keys write in the other layout.

/// Keys of one row, in the Latin layout and in the Arabic one of most systems (Arabic 101). The key `b` writes two letters.
const ROWS: [(&str, &[&str]); 4] = [
    ("`", &["ذ"]),
    ("qwertyuiop[]", &["ض", "ص", "ث", "ق", "ف", "غ", "ع", "ه", "خ", "ح", "ج", "د"]),
    ("asdfghjkl;'", &["ش", "س", "ي", "ب", "ل", "ا", "ت", "ن", "م", "ك", "ط"]),
    ("zxcvbnm,./", &["ئ", "ء", "ؤ", "ر", "لا", "ى", "ة", "و", "ز", "ظ"]),
];

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
    if text.contains(|c: char| c.is_ascii_alphabetic()) { to_arabic(&text) } else { to_latin(&text) }
}

fn to_arabic(text: &str) -> String {
    let letters =
        |c: char| ROWS.iter().find_map(|(keys, letters)| keys.chars().position(|key| key == c).map(|i| letters[i]));
    let mut out = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        match letters(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
    }
    out
}

fn to_latin(text: &str) -> String {
    let key = |c: char| {
        ROWS.iter().find_map(|(keys, letters)| {
            let place = letters.iter().position(|letters| letters.chars().eq([c]))?;
            keys.chars().nth(place)
        })
    };
    text.replace("لا", "b").chars().map(|c| key(c).unwrap_or(c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_letters() {
        for (keys, letters) in ROWS {
            assert_eq!(keys.chars().count(), letters.len(), "{keys}");
        }
    }

    #[test]
    fn keys_are_read_in_the_other_layout() {
        for (typed, other) in [("lpl]", "محمد"), ("Hgl,h.km", "الموازنة"), ("حشسسصخقي", "password"), ("2026", "2026")]
        {
            assert_eq!(in_other_layout(typed), other, "{typed}");
        }
    }
}
