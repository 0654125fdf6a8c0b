//! What must hold of this crate for any bytes: one function for each target of `fuzz/`, which also replays its corpus here.
//!
//! Each takes what a fuzzer made and panics where a promise of the crate is broken.

#[cfg(test)]
#[path = "../../../fuzz/replay.rs"]
mod replay;

use crate::{
    collation_key, edit_distance, fold_path, fold_text, html_to_text, is_slug, slugify, stem, tidy, to_ascii_digits,
    tokenize,
};

/// Words lie in order, on character borders, and are what stands there; their views are stable.
pub fn words(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let words = tokenize(&text);
    let (mut end, mut position) = (0, None);
    for word in &words {
        assert!(end <= word.start && word.start < word.end, "words overlap at {}", word.start);
        assert_eq!(&text[word.start..word.end], word.original);
        assert!(position.is_none_or(|before| before < word.position), "positions go back at {}", word.start);
        assert!(!word.norm.is_empty() && !word.stem.is_empty(), "nothing is left of {:?}", word.original);
        assert_eq!(stem(&word.norm), stem(&word.norm));
        assert_eq!(edit_distance(&word.norm, &word.norm, 1), Some(0));
        (end, position) = (word.end, Some(word.position));
    }
    assert_eq!(tokenize(&text), words);
}

/// To fold, to slug, to tidy twice is to do so once.
pub fn folds(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for once in [fold_path, fold_text, slugify, tidy, to_ascii_digits] {
        let done = once(&text);
        assert_eq!(once(&done), done, "not stable: {text:?}");
    }
    let slug = slugify(&text);
    assert!(slug.is_empty() || is_slug(&slug), "{slug:?}");
    assert_eq!(collation_key(&text, "ar"), collation_key(&text, "ar"));
}

/// Text out of HTML: each byte has its place in the source, on borders of characters and in order.
pub fn html(bytes: &[u8]) {
    let source = String::from_utf8_lossy(bytes);
    let plain = html_to_text(&source);
    let mut before = 0;
    for (at, _) in plain.text.char_indices() {
        let (start, end) = (plain.source_offset(at), plain.source_end(at));
        assert!(source.is_char_boundary(start) && source.is_char_boundary(end), "{at} of {source:?}");
        assert!(before <= start && start <= source.len(), "{at} of {source:?} goes back");
        before = start;
    }
    assert_eq!(plain.source_offset(plain.text.len()), source.len());
    assert_eq!(html_to_text(&source), plain);
}

#[cfg(test)]
mod tests {
    use super::{replay::replay, *};

    #[test]
    fn words_hold_for_the_corpus() {
        replay("arabic_words", words);
    }

    #[test]
    fn folds_hold_for_the_corpus() {
        replay("arabic_folds", folds);
    }

    #[test]
    fn html_holds_for_the_corpus() {
        replay("html_to_text", html);
    }
}
