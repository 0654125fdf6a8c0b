//! Texts that are analysed already, as the engine takes them: terms parted by NUL. No term of ours contains a control character.
//!
//! The analysis happens once per text and not once per field, and the engine's own tokenizers never see a text.

use diwan_arabic::POSITION_GAP;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Ends a term.
const END: char = '\0';
/// Begins a term that has the position of the one before.
const BESIDE: char = '\u{1}';

/// Collects terms; an empty one stands for a free position.
#[derive(Debug, Default)]
pub(crate) struct TermText {
    text: String,
    /// The position that the next term gets.
    next: u32,
    /// The position of the current text's beginning.
    base: u32,
    /// Positions of the current text that gaps were cut by.
    cut: u32,
}

impl TermText {
    /// Adds a term at the next position.
    pub(crate) fn push(&mut self, term: &str) {
        self.text.push_str(term);
        self.text.push(END);
        self.next = self.next.saturating_add(1);
    }

    /// Adds a term at the position of the last one.
    pub(crate) fn push_beside(&mut self, term: &str) {
        self.text.push(BESIDE);
        self.text.push_str(term);
        self.text.push(END);
    }

    /// Adds terms at one position, if there are any: that of a word in another field, not before the last term here.
    pub(crate) fn push_all_at<'a>(&mut self, position: u32, terms: impl IntoIterator<Item = &'a str>) {
        for term in terms {
            if position < self.next {
                self.push_beside(term);
                continue;
            }
            self.leave_free(position - self.next);
            self.push(term);
        }
    }

    fn leave_free(&mut self, positions: u32) {
        (0..positions).for_each(|_| self.text.push(END));
        self.next = self.next.saturating_add(positions);
    }

    /// The position of the last term.
    pub(crate) fn last_position(&self) -> u32 {
        self.next.saturating_sub(1)
    }

    /// Adds a term at a position of the current text.
    pub(crate) fn push_at(&mut self, position: u32, term: &str) {
        let wanted = self.base.saturating_add(position.saturating_sub(self.cut));
        // A gap is never wider than between two blocks, so that many empty blocks cost nothing.
        let gap = wanted.saturating_sub(self.next).min(POSITION_GAP + 1);
        self.leave_free(gap);
        // What comes after moves along, so that words of one block keep their distances.
        self.cut = self.cut.saturating_add(wanted.saturating_sub(self.next));
        self.push(term);
    }

    /// Ends the current text; no phrase reaches into the next one.
    pub(crate) fn part(&mut self) {
        self.base = self.next.saturating_add(POSITION_GAP);
        self.cut = 0;
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Reads what [`TermText`] wrote.
#[derive(Clone, Default)]
pub(crate) struct TermTokenizer {
    token: Token,
}

/// The terms of one text.
pub(crate) struct TermStream<'a> {
    rest: &'a str,
    /// The position of the next term.
    next: usize,
    token: &'a mut Token,
}

impl Tokenizer for TermTokenizer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        TermStream { rest: text, next: 0, token: &mut self.token }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((term, rest)) = self.rest.split_once(END) {
            self.rest = rest;
            let (term, position) = match term.strip_prefix(BESIDE) {
                Some(term) => (term, self.next.saturating_sub(1)),
                None => (term, self.next),
            };
            self.next = position + 1;
            if !term.is_empty() {
                self.token.position = position;
                self.token.text.clear();
                self.token.text.push_str(term);
                return true;
            }
        }
        false
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_keep_their_positions() {
        let mut terms = TermText::default();
        terms.push_at(0, "وزاره");
        terms.push_at(1, "ماليه");
        terms.push_at(18, "خطه");
        terms.part();
        terms.push_at(0, "بلاغ");
        let mut tokenizer = TermTokenizer::default();
        let mut stream = tokenizer.token_stream(terms.as_str());
        let mut found = Vec::new();
        stream.process(&mut |token| found.push((token.position, token.text.clone())));
        let expected = [(0, "وزاره"), (1, "ماليه"), (18, "خطه"), (35, "بلاغ")];
        assert_eq!(found, expected.map(|(position, term)| (position, term.to_owned())));
    }

    #[test]
    fn terms_may_share_a_position() {
        let mut terms = TermText::default();
        terms.push_all_at(3, ["قانون", "سنه"]);
        terms.push_all_at(4, ["رسم"]);
        terms.push_all_at(9, []);
        assert_eq!(terms.last_position(), 4);
        let mut tokenizer = TermTokenizer::default();
        let mut stream = tokenizer.token_stream(terms.as_str());
        let mut found = Vec::new();
        stream.process(&mut |token| found.push((token.position, token.text.clone())));
        assert_eq!(found, [(3, "قانون"), (3, "سنه"), (4, "رسم")].map(|(position, term)| (position, term.to_owned())));
    }

    #[test]
    fn a_wide_gap_costs_no_more_than_one_between_blocks() {
        let mut terms = TermText::default();
        terms.push_at(4_000_000_000, "بعيد");
        terms.push_at(4_000_000_001, "جار");
        assert!(terms.as_str().len() < 40);
        assert!(terms.as_str().ends_with("بعيد\0جار\0"));
    }
}
