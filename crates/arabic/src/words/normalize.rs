//! One word to its normal spelling, per script: what `Token::norm` holds and what the word lists are read as.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::spelling::{
    characters::{ascii_digit, is_arabic_mark, keyboard_letter, one_hamza, plain_letter, plain_seat},
    fold::fold_path,
};

/// An Arabic word: folded as a path is, with one key for the seats of hamza, and Arabic letters for those of other
/// languages' keyboards.
pub(crate) fn arabic(word: &str) -> String {
    let mut norm = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            'ء'..='غ' | 'ف'..='ي' | 'ٱ' | 'ک' | 'ی' => norm.push(one_hamza(plain_letter(plain_seat(c)))),
            // Vowel signs compose with nothing.
            '\u{064B}'..='\u{0652}' | '\u{0670}' | '\u{0640}' => {}
            _ => return arabic_rare(word),
        }
    }
    without_runs(norm)
}

/// The whole way, for a word with presentation forms, loose hamza, rare letters or invisible characters.
fn arabic_rare(word: &str) -> String {
    let folded = fold_path(word);
    without_runs(folded.chars().filter(|c| c.is_alphanumeric()).map(|c| one_hamza(keyboard_letter(c))).collect())
}

/// A letter once where it is written three times or more: nobody spells a word so, but many stretch one (ضرررريبة). The lam of
/// an article and one of its word stay two (الللجنة).
fn without_runs(word: String) -> String {
    let letters: Vec<char> = word.chars().collect();
    if !letters.windows(3).any(|run| run[0] == run[1] && run[1] == run[2]) {
        return word;
    }
    let mut plain = String::with_capacity(word.len());
    for run in letters.chunk_by(|one, other| one == other) {
        let kept = match run {
            ['ل', 'ل', 'ل', ..] if plain == "ا" => 2,
            [_, _, _, ..] => 1,
            _ => run.len(),
        };
        plain.extend(&run[..kept]);
    }
    plain
}

/// A Latin word: lower case, without accents, ligatures as their letters.
pub(crate) fn latin(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut norm = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase).nfkd().flat_map(char::to_lowercase) {
        match c {
            'ß' => norm.push_str("ss"),
            'æ' => norm.push_str("ae"),
            'œ' => norm.push_str("oe"),
            'ø' => norm.push('o'),
            'đ' | 'ð' => norm.push('d'),
            'ł' => norm.push('l'),
            'ı' => norm.push('i'),
            'þ' => norm.push_str("th"),
            _ if c.is_alphanumeric() && !is_combining_mark(c) => norm.push(c),
            _ => {}
        }
    }
    norm
}

/// A number: its digits as ASCII, where they are of a set that has ASCII forms, with the signs between them.
pub(crate) fn number(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut norm = String::with_capacity(word.len());
    for c in word.chars() {
        match c {
            '.' | ',' | '\u{66B}' | '\u{66C}' => norm.push(c),
            _ => {
                let plain = std::iter::once(c).nfkc().map(ascii_digit);
                norm.extend(plain.filter(|c| c.is_alphanumeric() && !is_arabic_mark(*c)));
            }
        }
    }
    norm
}

/// A word of any other script: composed, lower case, with the signs that belong to its letters.
pub(crate) fn other(word: &str) -> String {
    let folded = fold_path(word);
    let kept = folded.chars().filter(|c| c.is_alphanumeric() || is_combining_mark(*c));
    // Some signs (the half-width ones of Japanese) count as letters only until they are composed.
    kept.skip_while(|c| is_combining_mark(*c)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hamza_seats_have_one_key() {
        for (a, b) in [("مسئول", "مسؤول"), ("شئون", "شؤون"), ("قراءة", "قرائه"), ("فئة", "فی\u{0654}ة")]
        {
            assert_eq!(arabic(a), arabic(b));
        }
    }

    #[test]
    fn letters_of_other_keyboards_are_the_arabic_ones_that_they_are_typed_for() {
        for (typed, meant) in [
            ("ھوية", "هوية"),
            ("ہویۃ", "هوية"),
            ("وزارە", "وزارة"),
            ("وزارۀ", "وزارة"),
            ("وزارە\u{0654}", "وزارة"),
            ("پاسپورت", "باسبورت"),
            ("ڤيزا", "فيزا"),
            ("گراج", "كراج"),
            ("چيك", "جيك"),
            ("ڪتاب", "كتاب"),
            ("أژدر", "أزدر"),
            ("علے", "على"),
            ("فۓة", "فئة"),
            ("فے\u{0654}ة", "فئة"),
        ] {
            assert_eq!(arabic(typed), arabic(meant), "{typed}");
        }
    }

    #[test]
    fn a_stretched_letter_is_one() {
        assert_eq!(arabic("ضرررريبة"), "ضريبه");
        assert_eq!(arabic("اللله"), "الله");
        assert_eq!(arabic("الللجنة"), "اللجنه");
        assert_eq!(arabic("الله"), "الله");
    }

    #[test]
    fn latin_accents_and_case_fold() {
        assert_eq!(latin("Évaluation"), "evaluation");
        assert_eq!(latin("STRASSE"), latin("straße"));
        assert_eq!(latin("İZMİR"), "izmir");
        assert_eq!(latin("ＵＮＤＰ"), "undp");
        assert_eq!(latin("e\u{0301}tat ﬁn"), "etatfin");
    }

    proptest! {
        #[test]
        fn the_short_way_and_the_whole_way_agree(word in "[ء-غف-يٱکی\u{064B}-\u{0652}\u{0640}\u{0670}]{0,12}") {
            prop_assert_eq!(arabic(&word), arabic_rare(&word));
        }
    }
}
