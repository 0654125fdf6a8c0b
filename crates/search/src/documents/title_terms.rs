//! Terms by which titles are suggested.
//!
//! Each title is in the index under its words in normal spelling without articles, once from its beginning and once from
//! each later word. What is typed is written the same way, so that «الموازنه العا» finds «موازنة عامة» and «الموازنة العامة».

use diwan_arabic::tokens;

/// Words of a title that it can be found from.
const STARTS_MAX: usize = 8;
/// Characters of a title that are told apart.
const TERM_MAX_CHARS: usize = 40;

/// What a title is looked up by.
pub(crate) fn title_terms(title: &str) -> Vec<String> {
    let words = words_of(title);
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

/// The word without its article and what is written before that (للجمارك).
fn without_article(word: &str) -> &str {
    /// «والد» and «بالغ» have no article.
    const LONG_REST_MIN_CHARS: usize = 3;
    let long = ARTICLES.iter().filter_map(|article| word.strip_prefix(article));
    let long = long.filter(|rest| rest.chars().count() >= LONG_REST_MIN_CHARS).min_by_key(|rest| rest.len());
    long.or_else(|| word.strip_prefix("ال").filter(|rest| !rest.is_empty())).unwrap_or(word)
}

/// The article with what may stand before it.
const ARTICLES: [&str; 8] = ["لل", "بال", "وال", "كال", "فال", "ولل", "وبال", "ولال"];

/// What is typed as terms begin, at most eight.
pub(crate) fn term_prefixes(typed: &str) -> Vec<String> {
    prefixes_of(&words_of(typed))
}

/// The same with words together that were typed apart, and apart that were typed together.
pub(crate) fn respaced_prefixes(typed: &str) -> Vec<String> {
    /// Shorter parts are no words.
    const PART_MIN_CHARS: usize = 2;
    const WORDS_MAX: usize = 4;
    let words: Vec<String> = words_of(typed).into_iter().take(WORDS_MAX).collect();
    let mut prefixes = Vec::new();
    for at in 1..words.len() {
        let together = format!("{}{}", words[at - 1], words[at]);
        prefixes.extend(prefixes_of(&[&words[..at - 1], &[together], &words[at + 1..]].concat()));
    }
    for (at, word) in words.iter().enumerate() {
        let chars = word.chars().count().min(TERM_MAX_CHARS);
        for (border, _) in word.char_indices().take((chars + 1).saturating_sub(PART_MIN_CHARS)).skip(PART_MIN_CHARS) {
            let apart = [word[..border].to_owned(), word[border..].to_owned()];
            prefixes.extend(prefixes_of(&[&words[..at], &apart, &words[at + 1..]].concat()));
        }
    }
    prefixes
}

fn words_of(typed: &str) -> Vec<String> {
    tokens(typed).map(|token| token.norm).collect()
}

fn prefixes_of(words: &[String]) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    let Some((last, before)) = words.split_last() else { return prefixes };
    let mut texts = vec![written(words, true), written(words, false)];
    // Who has typed «الموازنة ال» goes on with a word that stands there without its article.
    let begins_article = ARTICLES.iter().chain(&["ال"]).any(|article| article.starts_with(last.as_str()));
    if begins_article && !before.is_empty() {
        texts.extend([written(before, true), written(before, false)].map(|text| text + " "));
    }
    for mark in [BEGINNING, WITHIN] {
        for text in &texts {
            let prefix: String = mark.chars().chain(text.chars().take(TERM_MAX_CHARS)).collect();
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
    }
    prefixes
}
