//! How much of a password is not easily guessed.
//!
//! A list of whole passwords is of little use where twelve characters are required: people then join two words of such a
//! list, or add a year. So a password is read as pieces, in the way that counts least: a blocked word, a walk over the
//! keyboard and a repetition count as two characters, whatever their length; a run of digits counts as half of them; any
//! other character counts as one.

use std::sync::LazyLock;

use secrecy::zeroize::Zeroizing;

use super::{
    blocked::{BlockedWords, WORD_MIN_CHARS, fold},
    keyboards::{SEQUENCES, in_other_layout},
};

/// What a word, a walk or a repetition counts.
const PIECE: usize = 2;
/// Fewest characters of a walk or a repetition.
const PIECE_MIN_CHARS: usize = 3;
/// Characters of the folded password that are looked at. One ligature may fold to eighteen letters.
const LOOKED_AT_CHARS: usize = 256;

/// Folded sequences, in both directions.
static WALKS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let forward = SEQUENCES.iter().map(|row| fold(row).chars().collect::<Vec<char>>());
    forward.flat_map(|row| [row.iter().rev().copied().collect(), row]).collect()
});

/// Ways to read one password.
pub(super) struct Readings {
    /// As it is, and with letters for the digits and symbols that look like them.
    written: [Reading; 2],
    /// As the same keys write it in the other layout.
    other_layout: Reading,
}

/// A folded text.
struct Reading {
    whole: Zeroizing<String>,
    letters: Zeroizing<String>,
    /// What the symbols count that `letters` leaves out: each different one up to twice.
    symbols: usize,
}

impl Readings {
    pub(super) fn of(password: &str) -> Self {
        let whole = fold(password);
        let look_alike = whole.chars().map(look_alike).collect();
        let other_layout = Reading::of(fold(&in_other_layout(password)));
        Self { written: [Reading::of(whole), Reading::of(look_alike)], other_layout }
    }

    /// Whether a folded text of letters and digits is in some reading.
    pub(super) fn contain(&self, part: &str) -> bool {
        self.written.iter().chain([&self.other_layout]).any(|reading| reading.letters.contains(part))
    }

    /// Number of characters that are not easily guessed, in the reading that has fewest.
    pub(super) fn unguessed_chars(&self, own_words: &[String]) -> usize {
        // Symbols of the other layout are letters of this one, so none is left out there.
        let other_layout = count(&self.other_layout.whole, own_words);
        self.written.iter().map(|reading| reading.unguessed_chars(own_words)).fold(other_layout, usize::min)
    }
}

impl Reading {
    fn of(whole: String) -> Self {
        let symbols: Vec<char> = whole.chars().filter(|c| !c.is_alphanumeric()).collect();
        let is_counted = |(i, c): &(usize, &char)| symbols[..*i].iter().filter(|earlier| earlier == c).count() < 2;
        let symbols = symbols.iter().enumerate().filter(is_counted).count();
        let letters = Zeroizing::new(only_letters(&whole));
        Self { letters, symbols, whole: Zeroizing::new(whole) }
    }

    /// Symbols may be part of a walk, or be between the letters of a word.
    fn unguessed_chars(&self, own_words: &[String]) -> usize {
        count(&self.whole, own_words).min(count(&self.letters, own_words) + self.symbols)
    }
}

/// The letters and digits of a folded text.
pub(super) fn only_letters(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The letter that a digit or symbol is written for.
fn look_alike(c: char) -> char {
    match c {
        '@' | '4' => 'a',
        '8' => 'b',
        '3' => 'e',
        '1' | '!' => 'i',
        '0' => 'o',
        '$' | '5' => 's',
        '7' => 't',
        _ => c,
    }
}

/// The least that the pieces of a text count together.
fn count(text: &str, own_words: &[String]) -> usize {
    let chars: Vec<char> = text.chars().take(LOOKED_AT_CHARS).collect();
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let longest_word = BlockedWords::get().longest_chars().max(longest(own_words));
    // The least for the characters before each place.
    let mut least = vec![usize::MAX; chars.len() + 1];
    least[0] = 0;
    for at in 0..chars.len() {
        let so_far = least[at];
        let mut reach = |length: usize, counts: usize| least[at + length] = least[at + length].min(so_far + counts);
        reach(1, 1);
        for length in PIECE_MIN_CHARS..=longest_piece(&chars, at) {
            reach(length, PIECE);
        }
        for length in 2..=digits(&chars[at..]) {
            reach(length, length / 2 + 1);
        }
        for length in WORD_MIN_CHARS..=longest_word.min(chars.len() - at) {
            let part = &text[starts[at]..starts[at + length]];
            if BlockedWords::get().contains(part) || own_words.iter().any(|word| word == part) {
                reach(length, PIECE);
            }
        }
    }
    least[chars.len()]
}

fn longest(words: &[String]) -> usize {
    words.iter().map(|word| word.chars().count()).max().unwrap_or_default()
}

/// Length of the longest walk or repetition that begins at a place.
fn longest_piece(chars: &[char], at: usize) -> usize {
    let rest = &chars[at..];
    let walks = WALKS.iter().flat_map(|row| (0..row.len()).map(|start| common(rest, &row[start..])));
    // A repetition may overlap what it repeats, as in "aaaa".
    let repetitions = (0..at).map(|earlier| common(rest, &chars[earlier..]));
    walks.chain(repetitions).max().unwrap_or_default()
}

/// Length of the common beginning.
fn common(one: &[char], other: &[char]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

fn digits(chars: &[char]) -> usize {
    chars.iter().take_while(|c| c.is_ascii_digit()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_count_little() {
        for (password, counts) in [
            ("", 0),
            ("jxkqvtzm", 8),
            ("password", 2),
            ("P@ssw0rd", 2),
            ("qwertyuiop", 2),
            ("poiuytrewq", 2),
            ("!@#$%^&*()", 2),
            ("ضصثقفغعهخحجد", 2),
            ("دجحخهعغفقثصض", 2),
            ("aaaaaaaaaaaa", 3),
            ("xkwxkwxkwxkw", 5),
            ("123456789012", 2),
            ("١٢٣٤٥٦٧٨٩٠١٢", 2),
            ("۹۸۷۶۵۴۳۲۱۰", 2),
            ("480173950274", 7),
            ("وزارة المالية", 2),
            ("وزارة-المالية", 3),
            ("وِزَارَة ٢٠٢٦", 5),
            ("lpl]", 2),
            ("حشسسصخقي", 2),
            ("7abibi", 2),
            ("xkw!!!!", 5),
        ] {
            assert!(Readings::of(password).unguessed_chars(&[]) <= counts, "{password}");
        }
        assert_eq!(Readings::of("jxkqvtzm").unguessed_chars(&[]), 8);
        assert_eq!(Readings::of("صغيذطكقخ").unguessed_chars(&[]), 8);
    }

    #[test]
    fn own_words_count_as_blocked_ones() {
        let own = ["طقخغ".to_owned()];
        assert_eq!(Readings::of("طقخغ").unguessed_chars(&own), 2);
        assert_eq!(Readings::of("طقخغ").unguessed_chars(&[]), 4);
    }
}
