//! Terms by which titles are suggested.
//!
//! Each title is in the index under its words in normal spelling without articles, once from its beginning and once from
//! each later word. What is typed is written the same way, so that «الموازنه العا» finds «موازنة عامة» and «الموازنة العامة».

use diwan_arabic::tokenize;

/// Words of a title that it can be found from.
const STARTS_MAX: usize = 8;
/// Characters of a title that are told apart.
const TERM_MAX_CHARS: usize = 40;

/// What a title is looked up by.
pub(crate) fn title_terms(title: &str) -> Vec<String> {
    let words: Vec<String> = tokenize(title).into_iter().map(|token| token.norm).collect();
    let mut terms: Vec<String> = Vec::new();
    for start in 0..words.len().min(STARTS_MAX) {
        let mark = if start == 0 { BEGINNING } else { WITHIN };
        for rest in [written(&words[start..], true), written(&words[start..], false)] {
            let term: String = mark.chars().chain(rest.chars().take(TERM_MAX_CHARS)).collect();
            if !terms.contains(&term) {
                terms.push(term);
            }
        }
    }
    terms
}

/// Stand before terms of titles from their beginning and from a later word.
const BEGINNING: &str = "0";
pub(crate) const WITHIN: &str = "1";

/// Words without articles, but for the first one where it is to keep it.
fn written(words: &[String], keep_first: bool) -> String {
    let mut text = String::new();
    for (number, word) in words.iter().enumerate() {
        if number > 0 {
            text.push(' ');
        }
        text.push_str(if number == 0 && keep_first { word } else { without_article(word) });
    }
    text
}

fn without_article(word: &str) -> &str {
    word.strip_prefix("ال").filter(|rest| !rest.is_empty()).unwrap_or(word)
}

/// What is typed as terms begin, at most four.
pub(crate) fn term_prefixes(typed: &str) -> Vec<String> {
    let words: Vec<String> = tokenize(typed).into_iter().map(|token| token.norm).collect();
    let mut prefixes: Vec<String> = Vec::new();
    if words.is_empty() {
        return prefixes;
    }
    for mark in [BEGINNING, WITHIN] {
        for text in [written(&words, true), written(&words, false)] {
            let prefix: String = mark.chars().chain(text.chars().take(TERM_MAX_CHARS)).collect();
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
    }
    prefixes
}
