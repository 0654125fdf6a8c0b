//! Texts that are analysed already, as the engine takes them: terms parted by NUL, which no term of ours contains.
//!
//! The analysis happens once per text and not once per field, and the engine's own tokenizers never see a text.

use diwan_arabic::POSITION_GAP;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

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
        self.text.push('\0');
        self.next = self.next.saturating_add(1);
    }

    /// Adds a term at a position of the current text.
    pub(crate) fn push_at(&mut self, position: u32, term: &str) {
        let wanted = self.base.saturating_add(position.saturating_sub(self.cut));
        // A gap is never wider than between two blocks, so that many empty blocks cost nothing.
        let gap = wanted.saturating_sub(self.next).min(POSITION_GAP + 1);
        for _ in 0..gap {
            self.text.push('\0');
        }
        self.next = self.next.saturating_add(gap);
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
    position: usize,
    token: &'a mut Token,
}

impl Tokenizer for TermTokenizer {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        TermStream { rest: text, position: 0, token: &mut self.token }
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        while let Some((term, rest)) = self.rest.split_once('\0') {
            self.rest = rest;
            let position = self.position;
            self.position += 1;
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
    fn a_wide_gap_costs_no_more_than_one_between_blocks() {
        let mut terms = TermText::default();
        terms.push_at(4_000_000_000, "بعيد");
        terms.push_at(4_000_000_001, "جار");
        assert!(terms.as_str().len() < 40);
        assert!(terms.as_str().ends_with("بعيد\0جار\0"));
    }
}
