//! Shapes of words that tell what they are, whatever their root.

/// Measures of verbal nouns in normal spelling. `.` is any letter; all others are themselves.
///
/// Only measures that no noun with a root ب or ل in front of it has: these letters are taken off before them.
const VERBAL_NOUNS: &[&str] = &[
    "است..ا.",
    "است.ا.ه",
    "ا.ت.ا.",
    "ا.ط.ا.",
    "ا.د.ا.",
    "ان..ا.",
    "ات..ا.",
    "اد..ا.",
    "ا..ا.",
    "ا.ا.ه",
    "ت..ي.",
    "ت...ه",
    "م.ا..ه",
    "ت.ا..",
    "ت...",
    "..ا.ه",
];

/// Whether a word has the measure of a verbal noun.
pub(crate) fn is_verbal_noun(word: &str) -> bool {
    VERBAL_NOUNS.iter().any(|measure| has_measure(word, measure))
}

/// Whether the letters of a word are those of a measure, in which `.` is any letter.
pub(crate) fn has_measure(word: &str, measure: &str) -> bool {
    let mut letters = word.chars();
    measure.chars().all(|part| letters.next().is_some_and(|letter| part == '.' || letter == part))
        && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::normalize;

    #[test]
    fn verbal_nouns_are_known_by_their_measure() {
        for word in
            ["استكمال", "استدامة", "إيداع", "إنابة", "اعتماد", "اصطياد", "انقطاع", "تفعيل", "تسوية", "مزاولة", "تنازل"]
        {
            assert!(is_verbal_noun(&normalize::arabic(word)), "{word}");
        }
        for word in ["كستان", "طاقه", "نان", "ا", ""] {
            assert!(!is_verbal_noun(word), "{word}");
        }
    }
}
