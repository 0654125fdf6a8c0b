//! Words of a text, with the place of each in the original.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{memo::remembered, normalize, number};
use crate::{
    spelling::characters::{is_arabic_letter, is_filler, is_latin_letter, is_mark_or_filler},
    stems::{
        english,
        plurals::{Singulars, singulars},
        readings::{self, Readings},
    },
};

/// Version of what [`tokenize`] answers by its rules; an index of another version is rebuilt. The lists have
/// [`lexicon_hash`](crate::lexicon_hash).
pub const ANALYZER_VERSION: u32 = 5;

/// Added to the position of the first word behind a line break, so that no phrase reaches over it.
pub const POSITION_GAP: u32 = 16;

/// A longer run of letters (no word of any language) is cut into several tokens.
pub const TOKEN_MAX_CHARS: usize = 128;

/// The script that a token is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A word of Arabic letters.
    Arabic,
    /// A word of Latin letters.
    Latin,
    /// A run of digits, or several with the signs of decimals and thousands between them.
    Number,
    /// A word of any other script.
    Other,
}

/// One word: where it stands, and its views from exact to rough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The word as written, with its marks and tatweel.
    pub original: &'a str,
    /// Its first byte in the text.
    pub start: usize,
    /// The byte behind its last.
    pub end: usize,
    /// Its place among the words; line breaks leave a gap of [`POSITION_GAP`].
    pub position: u32,
    /// Its normal spelling: the same for spellings that readers take for one word. Never empty.
    pub norm: String,
    /// [`norm`](Self::norm) without articles, prepositions, endings. Never empty.
    pub stem: String,
    /// The stems of the singulars, if the word is a broken plural (قانون for القوانين); mostly none.
    pub singulars: &'static [Box<str>],
    /// Other stems that it may have and their singulars, less likely than [`stem`](Self::stem); mostly none.
    pub readings: Vec<Box<str>>,
    /// Its script.
    pub kind: TokenKind,
}

/// All words of a text.
///
/// Words end at white space, punctuation and symbols, and where the script changes or letters meet digits. Marks, tatweel,
/// zero-width and bidi characters do not part a word and are not in its norm. A number is one word with its decimals and
/// groups of thousands (36.9, 4,321,000), which the norm writes with a full stop and without groups.
pub fn tokenize(text: &str) -> Vec<Token<'_>> {
    tokens(text).collect()
}

/// The words of a text one by one; see [`tokenize`].
pub fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0, position: 0 }
}

/// Iterator over the words of a text, made by [`tokens`].
#[derive(Clone, Debug)]
pub struct Tokens<'a> {
    text: &'a str,
    at: usize,
    position: u32,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let (start, kind) = self.skip_to_word()?;
            let mut end = self.take_word(start, kind);
            if kind == TokenKind::Number {
                end = number::end(self.text, start, end);
                self.at = self.at.max(end);
            }
            let original = &self.text[start..end];
            let Views { norm, stem, singulars, readings } = views(original, kind);
            if norm.is_empty() {
                continue;
            }
            let position = self.position;
            self.position = position.saturating_add(1);
            return Some(Token { original, start, end, position, norm, stem, singulars, readings, kind });
        }
    }
}

impl Token<'_> {
    /// The singulars of another stem that the word may have.
    pub fn singulars_of(&self, stem: &str) -> &'static [Box<str>] {
        match singulars(self.original, &self.norm, stem) {
            Singulars::Sure(found) => found,
            Singulars::Possible(_) => &[],
        }
    }
}

impl Tokens<'_> {
    /// Goes to the next letter or digit, noting line breaks on the way.
    fn skip_to_word(&mut self) -> Option<(usize, TokenKind)> {
        let mut broken = false;
        for (index, c) in self.text[self.at..].char_indices() {
            if let Some(kind) = kind_of(c) {
                if broken && self.position > 0 {
                    self.position = self.position.saturating_add(POSITION_GAP);
                }
                return Some((self.at + index, kind));
            }
            broken |= c == '\n';
        }
        self.at = self.text.len();
        None
    }

    /// Goes behind the word and returns its end, which invisible characters at the tail are not part of.
    fn take_word(&mut self, start: usize, kind: TokenKind) -> usize {
        let mut end = start;
        self.at = self.text.len();
        for (count, (index, c)) in self.text[start..].char_indices().enumerate() {
            let inside = kind_of(c) == Some(kind);
            if count == TOKEN_MAX_CHARS || !(inside || continues(c)) {
                self.at = start + index;
                break;
            }
            if inside || c == '\u{0640}' || !is_filler(c) {
                end = start + index + c.len_utf8();
            }
        }
        if kind == TokenKind::Latin {
            self.at += possessive_bytes(&self.text[self.at..]);
        }
        end
    }
}

/// A word as it is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Views {
    pub(crate) norm: String,
    pub(crate) stem: String,
    pub(crate) singulars: &'static [Box<str>],
    pub(crate) readings: Vec<Box<str>>,
}

fn views(original: &str, kind: TokenKind) -> Views {
    match kind {
        TokenKind::Arabic => remembered(original, |original| {
            let norm = normalize::arabic(original);
            let Readings { stem, singulars, others } = readings::read(original, &norm);
            Views { norm, stem, singulars, readings: others }
        }),
        TokenKind::Latin => {
            let norm = normalize::latin(original);
            let stem = english::stem(&norm);
            Views { norm, stem, singulars: &[], readings: Vec::new() }
        }
        TokenKind::Number => alike(number::plain(&normalize::number(original))),
        TokenKind::Other => alike(normalize::other(original)),
    }
}

fn alike(norm: String) -> Views {
    Views { stem: norm.clone(), norm, singulars: &[], readings: Vec::new() }
}

/// The kind of word that a character can begin; `None` for all that is no letter or digit.
fn kind_of(c: char) -> Option<TokenKind> {
    match c {
        'a'..='z' | 'A'..='Z' => Some(TokenKind::Latin),
        '0'..='9' => Some(TokenKind::Number),
        '\0'..='\u{7F}' => None,
        'ء'..='غ' | 'ف'..='ي' => Some(TokenKind::Arabic),
        _ if is_mark_or_filler(c) || is_combining_mark(c) => None,
        _ if c.is_alphanumeric() => {
            kind_of_plain(c.nfkc().next().unwrap_or(c)).or(c.is_numeric().then_some(TokenKind::Number))
        }
        _ => None,
    }
}

/// The kind of a letter or digit without its typographic dress (ﺍ, 𝐀, Ⓐ and Ⅳ are of the script that they show).
fn kind_of_plain(c: char) -> Option<TokenKind> {
    match c {
        _ if is_arabic_letter(c) => Some(TokenKind::Arabic),
        _ if is_latin_letter(c) => Some(TokenKind::Latin),
        _ if c.is_numeric() => Some(TokenKind::Number),
        _ if c.is_alphabetic() && !is_combining_mark(c) => Some(TokenKind::Other),
        _ => None,
    }
}

/// What stands inside words without being a letter of its own.
fn continues(c: char) -> bool {
    c > '\u{7F}' && (is_mark_or_filler(c) || is_combining_mark(c))
}

/// The length of an English `'s` at the head of what follows a word; it is neither part of the word nor a word.
fn possessive_bytes(rest: &str) -> usize {
    let Some(tail) = rest.strip_prefix(['\'', '’']).and_then(|tail| tail.strip_prefix(['s', 'S'])) else { return 0 };
    match tail.chars().next() {
        Some(c) if kind_of(c).is_some() || continues(c) => 0,
        Some(_) | None => rest.len() - tail.len(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn norms(text: &str, expected: &[&str]) {
        let norms: Vec<String> = tokens(text).map(|token| token.norm).collect();
        assert_eq!(norms, expected, "{text}");
    }

    #[test]
    fn words_part_at_punctuation_scripts_and_digits() {
        norms("الـUNDP، نموذج.PDF (٢٠٢٢م)", &["ال", "undp", "نموذج", "pdf", "2022", "م"]);
        norms(
            "4,321,000 ٤٬٣٢١٬٠٠٠ 36.9 ٣٦٫٩ 1.1.2026 12,34 3,000.",
            &["4321000", "4321000", "36.9", "36.9", "1", "1", "2026", "12", "34", "3000"],
        );
        norms("G20 covid-19 ۱۴۰۱", &["g", "20", "covid", "19", "1401"]);
        norms("財政 бюджет Ελλάδα हिन्दी", &["財政", "бюджет", "ελλάδα", "हिन्दी"]);
        norms("the ministry's plan, ‘Ministers’ can't", &["the", "ministry", "plan", "ministers", "can", "t"]);
        norms("ّ ـ \u{200F} ! ٪", &[]);
    }

    #[test]
    fn marks_and_invisible_characters_do_not_part_words() {
        norms(
            "المُوَازَنَـــة \u{200F}الموازنة\u{200F} \u{202B}المالیة\u{202C} می\u{200C}خواهم",
            &["الموازنه", "الموازنه", "الماليه", "ميخواهم"],
        );
        norms("ﺍﻟﻤﺎﻟﻴﺔ هي\u{0654}ة ﷺ", &["الماليه", "هءه", "صلياللهعليهوسلم"]);
    }

    #[test]
    fn a_token_tells_its_place_in_the_original() {
        let found: Vec<_> =
            tokens("«وزارةُ\u{200F}» الـUNDP").map(|token| (token.original, token.start, token.end)).collect();
        assert_eq!(found, [("وزارةُ", 2, 14), ("الـ", 20, 26), ("UNDP", 26, 30)]);
    }

    #[test]
    fn a_line_break_leaves_a_gap() {
        let positions = |text| tokens(text).map(|token| token.position).collect::<Vec<_>>();
        assert_eq!(positions("\n\nأ ب\n \n\nج د"), [0, 1, 2 + POSITION_GAP, 3 + POSITION_GAP]);
        assert_eq!(positions("أ\rب"), [0, 1]);
    }

    #[test]
    fn an_endless_word_is_cut() {
        let text = "ا".repeat(TOKEN_MAX_CHARS * 2 + 1);
        assert_eq!(tokenize(&text).iter().map(|token| token.end - token.start).collect::<Vec<_>>(), [256, 256, 2]);
    }

    proptest! {
        #[test]
        fn every_token_lies_in_the_text(text in "\\PC*|[ا-يa-z0-9\u{640}-\u{655}\u{200B}-\u{200F}'’ \n\u{300}-\u{310}ﷺ\u{FC5E}\u{FE70}]{0,60}") {
            let found = tokenize(&text);
            let mut end = 0;
            let mut position = None;
            for token in &found {
                prop_assert!(token.start >= end && token.start < token.end);
                prop_assert_eq!(text.get(token.start..token.end), Some(token.original));
                prop_assert!(!token.norm.is_empty() && !token.stem.is_empty());
                prop_assert!(position.is_none_or(|before| before < token.position));
                end = token.end;
                position = Some(token.position);
            }
            prop_assert_eq!(tokenize(&text), found);
        }

        #[test]
        fn a_norm_is_its_own_norm(text in "\\PC{0,20}|[ء-ۿ\u{654}]{0,12}|[ء-يA-Za-zÀ-ž\u{640}-\u{655}]{0,12}") {
            for token in tokens(&text) {
                let again: String = tokens(&token.norm).map(|again| again.norm).collect();
                prop_assert_eq!(again, token.norm);
            }
        }
    }
}
