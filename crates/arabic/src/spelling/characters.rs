//! What a character is to Arabic text: mark, invisible, digit, letter with several spellings.

use unicode_normalization::char::is_combining_mark;

/// Arabic-Indic (٠–٩) and extended, Persian (۰–۹) digits as ASCII; everything else as it is.
pub fn to_ascii_digits(s: &str) -> String {
    s.chars().map(ascii_digit).collect()
}

/// Marks that turn the direction of what is shown beside them and are not seen themselves. Writers of Arabic put them
/// around numbers, so that these show in the right order.
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Default ignorable code points (Unicode's property of that name): a font shows nothing for them. Soft hyphen, zero-width
/// characters, marks of direction, Hangul fillers, variation selectors and tags are among them.
pub fn is_default_ignorable(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{115F}' | '\u{1160}'
        | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FFF0}'..='\u{FFF8}'
        | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a text shows nothing: white space, control characters, default ignorable code points, blank symbols, and marks,
/// which need a letter to be seen on.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| {
        c.is_whitespace() || c.is_control() || is_default_ignorable(c) || is_blank_symbol(c) || is_combining_mark(c)
    })
}

/// Symbols without ink (an empty Braille pattern, a note without a head) and anchors of annotations.
fn is_blank_symbol(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{FFF9}'..='\u{FFFB}' | '\u{1D159}')
}

/// One digit of the two Arabic sets as ASCII; any other character as it is.
pub(crate) fn ascii_digit(c: char) -> char {
    let base = match c {
        '\u{0660}'..='\u{0669}' => 0x0660,
        '\u{06F0}'..='\u{06F9}' => 0x06F0,
        _ => return c,
    };
    char::from_digit(u32::from(c) - base, 10).unwrap_or(c)
}

/// Vowel signs, Quranic signs and honorifics over Arabic letters: written or left out at will.
///
/// U+0653 to U+0655 (madda and hamza) are among them, so compose before dropping.
pub(crate) fn is_arabic_mark(c: char) -> bool {
    matches!(c,
        '\u{0610}'..='\u{061A}'
        | '\u{064B}'..='\u{065F}'
        | '\u{0670}'
        | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}'
        | '\u{06E7}' | '\u{06E8}'
        | '\u{06EA}'..='\u{06ED}'
        | '\u{0897}'..='\u{089F}'
        | '\u{08CA}'..='\u{08E1}'
        | '\u{08E3}'..='\u{08FF}')
}

/// The stroke (kashida) that stretches a word and means nothing.
const TATWEEL: char = '\u{0640}';

/// Marks in the shape that old fonts gave them; composing makes a space of some, so they go before it.
fn is_shaped_mark(c: char) -> bool {
    matches!(c, '\u{FC5E}'..='\u{FC63}' | '\u{FCF2}'..='\u{FCF4}' | '\u{FE70}'..='\u{FE7F}')
}

/// What may stand between two letters that are neighbours all the same, and goes before composing.
pub(crate) fn is_filler(c: char) -> bool {
    c >= '\u{AD}' && (c == TATWEEL || is_invisible(c) || is_shaped_mark(c))
}

/// Whether a character is written or left out at will and never tells words apart: vowel signs, tatweel, and what is not seen.
pub fn is_mark_or_filler(c: char) -> bool {
    is_arabic_mark(c) || is_filler(c)
}

/// Takes no room and means nothing: zero-width characters, bidi controls, soft hyphen, variation selectors, tags.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{E0000}'..='\u{E007F}'
        | '\u{E0100}'..='\u{E01EF}')
}

/// Letters that one word is spelled with by turns, as one: Persian letters, alef maqsura.
///
/// To be done before composing, so that a following hamza finds its seat.
pub(crate) fn plain_seat(c: char) -> char {
    match c {
        'ک' => 'ك',
        'ی' | 'ى' => 'ي',
        _ => c,
    }
}

/// Letters of Persian, Urdu, Kurdish and Maghrebi keyboards as the Arabic ones that they are typed for: by their shape
/// (ھ for ه), or by the sound that Arabic writes so (پ for ب).
///
/// For search alone: paths and filters tell them apart.
pub(crate) fn keyboard_letter(c: char) -> char {
    match c {
        'ھ' | 'ہ' | 'ە' | 'ۀ' | 'ۂ' | 'ۃ' | 'ۿ' => 'ه',
        'گ' | 'ڪ' | 'ګ' | 'ڭ' | 'ڬ' => 'ك',
        'پ' => 'ب',
        'ٹ' => 'ت',
        'چ' => 'ج',
        'ڈ' => 'د',
        'ڑ' | 'ڕ' => 'ر',
        'ژ' => 'ز',
        'ڤ' | 'ڥ' | 'ڢ' => 'ف',
        'ڧ' | 'ڨ' => 'ق',
        'ڵ' => 'ل',
        'ں' => 'ن',
        'ۆ' | 'ۇ' | 'ۋ' => 'و',
        'ے' | 'ې' | 'ێ' => 'ي',
        'ۓ' => 'ء',
        _ => c,
    }
}

/// Alef with hamza, madda or wasla as bare alef, ta marbuta as ha.
pub(crate) fn plain_letter(c: char) -> char {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
        'ة' => 'ه',
        _ => c,
    }
}

/// The hamza on its waw or ya seat as the hamza alone: the seat follows spelling schools (مسئول, مسؤول).
pub(crate) fn one_hamza(c: char) -> char {
    match c {
        'ؤ' | 'ئ' => 'ء',
        _ => c,
    }
}

/// Letters of the Arabic script; no marks, digits, punctuation or tatweel.
pub(crate) fn is_arabic_letter(c: char) -> bool {
    matches!(c,
        '\u{0620}'..='\u{063F}'
        | '\u{0641}'..='\u{064A}'
        | '\u{066E}' | '\u{066F}'
        | '\u{0671}'..='\u{06D3}'
        | '\u{06D5}' | '\u{06E5}' | '\u{06E6}' | '\u{06EE}' | '\u{06EF}'
        | '\u{06FA}'..='\u{06FC}' | '\u{06FF}'
        | '\u{0750}'..='\u{077F}'
        | '\u{0860}'..='\u{0887}'
        | '\u{0889}'..='\u{088E}'
        | '\u{08A0}'..='\u{08C9}'
        | '\u{FB50}'..='\u{FBB1}'
        | '\u{FBD3}'..='\u{FC5D}'
        | '\u{FC64}'..='\u{FCF1}'
        | '\u{FCF5}'..='\u{FD3D}'
        | '\u{FD50}'..='\u{FDFC}'
        | '\u{FE80}'..='\u{FEFC}')
}

/// Letters of the Latin script.
pub(crate) fn is_latin_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (c > '\u{7F}'
            && c.is_alphabetic()
            && matches!(c,
                '\u{00AA}' | '\u{00BA}'
                | '\u{00C0}'..='\u{024F}'
                | '\u{0250}'..='\u{02AF}'
                | '\u{1D00}'..='\u{1D25}'
                | '\u{1E00}'..='\u{1EFF}'
                | '\u{212A}' | '\u{212B}'
                | '\u{2C60}'..='\u{2C7F}'
                | '\u{A722}'..='\u{A7FF}'
                | '\u{FB00}'..='\u{FB06}'
                | '\u{FF21}'..='\u{FF3A}'
                | '\u{FF41}'..='\u{FF5A}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_arabic_digit_sets_become_ascii() {
        assert_eq!(to_ascii_digits("عام ٢٠٢٢ و۱۴۰۱ and 7"), "عام 2022 و1401 and 7");
    }

    #[test]
    fn a_text_is_blank_where_nothing_of_it_is_seen() {
        let blank = [
            "",
            " \t\n\u{a0}\u{2028}\u{3000}",
            "\u{200f}\u{200f}\u{200f}",
            "\u{3164}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
            "\u{2800}",
            "\u{64e}\u{651}",
            " \u{301}\u{20dd}",
            "\u{fe0f}",
            "\u{e0041}",
            "\u{ad}",
            "\u{feff}\u{2060}",
            "\u{85}\u{7f}",
        ];
        for text in blank {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["أ", "\u{200f}١", "ـ", "e\u{301}", ".", "-", "\u{2801}", "☎\u{fe0f}", "\u{600}"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }

    #[test]
    fn no_letter_is_a_mark_or_invisible() {
        for c in '\0'..=char::MAX {
            assert!(!is_direction_mark(c) || is_filler(c), "{c:?} is seen");
            let classes = [is_arabic_letter(c), is_latin_letter(c), is_arabic_mark(c), is_filler(c)];
            assert!(classes.iter().filter(|class| **class).count() <= 1, "{c:?} is in two classes");
        }
    }
}
