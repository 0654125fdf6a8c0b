//! The direction of a paragraph, from all that shows it.
//!
//! A PDF does not say it. A paragraph of Arabic words is read from the right even where one of its lines holds nothing but
//! a web address; so the whole paragraph is weighed, and where it tells little, the file.

use unicode_bidi::{BidiClass, bidi_class};

use super::{
    bidi::{Direction, is_letter, is_right_to_left, stand_in},
    order::{PageLine, Units},
};

/// What speaks for the one direction and for the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaning {
    arabic_words: i64,
    latin_words: i64,
    /// Signs other than words: more than nothing for right to left.
    signs: i64,
    /// The edges that lines share, in the same way.
    sides: i64,
    /// Of a file: whether Arabic lines share their right edge and others their left one.
    sides_tell: bool,
}

/// A sentence's end, a colon or a comma at the edge of a line.
const END_OF_SENTENCE: i64 = 3;
/// Lines that begin at the same edge.
const COMMON_EDGE: i64 = 4;
/// What the other words of the file say.
const FILE: i64 = 3;
/// Words of one language at both ends of a line.
const BOTH_ENDS: i64 = 2;

impl Leaning {
    pub(super) fn with(self, other: &Self) -> Self {
        Self {
            arabic_words: self.arabic_words + other.arabic_words,
            latin_words: self.latin_words + other.latin_words,
            signs: self.signs + other.signs,
            sides: self.sides + other.sides,
            sides_tell: false,
        }
    }

    /// What all lines of a file say.
    pub(super) fn of_file(lines: &[PageLine]) -> Self {
        let mut of_file = Self::default();
        let (mut as_words, mut against_words) = (0, 0);
        for line in lines {
            let leaning = leaning_of(&line.cells, line.side);
            match (leaning.arabic_words - leaning.latin_words).signum() * leaning.sides.signum() {
                1 => as_words += 1,
                -1 => against_words += 1,
                _ => {}
            }
            of_file = of_file.with(&leaning);
        }
        Self { sides_tell: as_words > 2 * against_words, ..of_file }
    }

    /// The direction of a paragraph in a file.
    pub(super) fn direction(&self, file: &Self) -> Direction {
        let of_file = match (file.arabic_words, file.latin_words) {
            (arabic, latin) if arabic >= 2 * latin && arabic > 0 => FILE,
            (arabic, latin) if latin >= 2 * arabic && latin > 0 => -FILE,
            (arabic, latin) => (arabic - latin).signum(),
        };
        // Words without any other beside them need no file to tell their direction.
        let of_file = if self.arabic_words == 0 && self.latin_words > 0 { 0 } else { of_file };
        let sides = if file.sides_tell { self.sides } else { 0 };
        let sum = self.arabic_words - self.latin_words + self.signs + sides + of_file;
        if sum > 0 || sum == 0 && self.arabic_words > 0 { Direction::RightToLeft } else { Direction::LeftToRight }
    }
}

/// What a line says of its direction.
pub(super) fn leaning_of(cells: &[Units], side: Option<Direction>) -> Leaning {
    let mut leaning = Leaning::default();
    for cell in cells {
        let shown: Vec<char> = cell.iter().map(|unit| stand_in(unit)).collect();
        for word in shown.split(|c| c.is_whitespace()) {
            match word.iter().find(|c| is_letter(**c)) {
                Some(_) if is_address(word) => {}
                Some(letter) if is_right_to_left(bidi_class(*letter)) => leaning.arabic_words += 1,
                Some(_) => leaning.latin_words += 1,
                None => {}
            }
        }
        leaning.signs += of_sentence(&shown);
    }
    leaning.signs += of_ends(cells);
    leaning.sides = match side {
        Some(Direction::RightToLeft) => COMMON_EDGE,
        Some(Direction::LeftToRight) => -COMMON_EDGE,
        None => 0,
    };
    leaning
}

/// Web and mail addresses say nothing: texts of both directions have them.
fn is_address(word: &[char]) -> bool {
    let is_latin = |c: Option<&char>| c.is_some_and(|c| bidi_class(*c) == BidiClass::L);
    let joined = |place: usize| place > 0 && is_latin(word.get(place - 1)) && is_latin(word.get(place + 1));
    word.contains(&'@')
        || word.windows(3).any(|window| window == [':', '/', '/'])
        || word.iter().enumerate().any(|(place, c)| *c == '.' && joined(place))
}

/// What the first and the last word of a line say.
fn of_ends(cells: &[Units]) -> i64 {
    let units = || cells.iter().flatten().map(|unit| stand_in(unit)).filter(|c| is_letter(*c));
    let is_arabic = |letter: Option<char>| letter.map(|letter| is_right_to_left(bidi_class(letter)));
    match (is_arabic(units().next()), is_arabic(units().next_back())) {
        (Some(true), Some(true)) => BOTH_ENDS,
        (Some(false), Some(false)) => -BOTH_ENDS,
        (Some(_), Some(_)) | (None, _) | (_, None) => 0,
    }
}

/// What the end of a sentence at an edge of a line or cell says.
fn of_sentence(shown: &[char]) -> i64 {
    let is_end = |c: Option<&char>| c.is_some_and(|c| matches!(c, '.' | ':' | '!' | '?' | '؟' | ',' | '،' | '؛' | ';'));
    match (is_end(shown.first()), is_end(shown.last())) {
        (true, false) => END_OF_SENTENCE,
        (false, true) => -END_OF_SENTENCE,
        (true, true) | (false, false) => 0,
    }
}
