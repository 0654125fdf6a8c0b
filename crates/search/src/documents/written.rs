//! A word in the spelling of its writer: without vowel signs, and with what normal spelling gives up (أ and إ for ا).

use diwan_arabic::{Token, is_mark_or_filler};

/// The word as written, without vowel signs and what stretches it. Some of them count as letters to Unicode.
pub(crate) fn written(original: &str) -> String {
    original.chars().filter(|c| c.is_alphanumeric() && !is_mark_or_filler(*c)).collect()
}

/// The same of a word with an alef that normal spelling writes without what is above or below it.
pub(crate) fn written_otherwise(token: &Token<'_>) -> Option<String> {
    token.original.contains(['أ', 'إ', 'آ']).then(|| written(token.original))
}

#[cfg(test)]
mod tests {
    use diwan_arabic::tokenize;

    use super::*;

    #[test]
    fn a_word_keeps_its_letters_alone() {
        for (text, expected) in [
            ("إِعْـــداد", Some("إعداد")),
            ("أعداد", Some("أعداد")),
            ("وِزارةٌ", None),
            ("كتاب", None),
            ("كِتـاب", None),
            ("UNDP", None),
            ("٢٠٢٦", None),
        ] {
            assert_eq!(written_otherwise(&tokenize(text)[0]).as_deref(), expected, "{text}");
        }
    }
}
