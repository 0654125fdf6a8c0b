//! The table of word pairs that must or must not match, as far as an analyzer alone can answer it.
//!
//! The table is not part of this repository: `DIWAN_SHARED` names the folder that holds `arabic/pairs.tsv`, with the
//! columns query, text, 1 or 0, why.

use diwan_arabic::{Token, edit_distance, html_to_text, is_function_word, tokenize};

/// Rows of these classes may match; the search ranks them below the exact word.
const RANKED: &[&str] = &["false-hard"];

/// Rows of these classes wait for a lexicon of broken plurals or for the ranking of a whole index.
const NOT_YET: &[&str] = &["broken plural", "typo"];

/// Right rows at the last count; may only rise.
const FLOOR: usize = 50;

#[test]
fn the_word_pairs_are_answered_no_worse_than_before() {
    let Some(folder) = std::env::var_os("DIWAN_SHARED") else {
        writeln_note("skipped: DIWAN_SHARED is not set");
        return;
    };
    let path = std::path::Path::new(&folder).join("arabic/pairs.tsv");
    let table = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut right = 0;
    let mut asked = 0;
    let mut wrong = Vec::new();
    for line in table.lines().skip(1) {
        let [query, text, must, why] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not four columns: {line}")
        };
        let class = why.split(':').next().unwrap_or(why);
        if NOT_YET.contains(&class) {
            continue;
        }
        asked += 1;
        let found = matches(query, text, class);
        if found == (must == "1") || RANKED.contains(&class) {
            right += 1;
        }
        if found != (must == "1") {
            wrong.push(format!("{line}\n    {} | {}", stems(query), stems(text)));
        }
    }
    writeln_note(&format!(
        "{right} of {asked} rows are right; these are not, or must be ranked lower:\n{}",
        wrong.join("\n")
    ));
    assert!(right >= FLOOR, "{right} of {asked} rows are right, {FLOOR} were before");
}

/// Whether a text answers a query: a phrase in order, a prefix by its beginning, else every word by stem or norm.
fn matches(query: &str, text: &str, class: &str) -> bool {
    let plain = if class == "html" { html_to_text(text).text } else { text.to_owned() };
    let words = tokenize(&plain);
    if let Some(prefix) = query.strip_suffix('*') {
        let prefix = tokenize(prefix).remove(0).norm;
        return words.iter().any(|word| word.norm.starts_with(&prefix) || word.stem.starts_with(&prefix));
    }
    let asked = tokenize(query);
    if query.starts_with('"') {
        return words.iter().any(|first| {
            asked.iter().all(|ask| {
                words.iter().any(|word| word.position == first.position + ask.position && word.norm == ask.norm)
            })
        });
    }
    asked.iter().all(|ask| words.iter().any(|word| meet(ask, word)))
}

fn meet(ask: &Token<'_>, word: &Token<'_>) -> bool {
    edit_distance(&ask.norm, &word.norm, 0).is_some() || (ask.stem == word.stem && !is_function_word(&ask.norm))
}

fn stems(text: &str) -> String {
    tokenize(text).into_iter().map(|token| token.stem).collect::<Vec<_>>().join(" ")
}

/// Tests may speak to whoever runs them with `--nocapture`.
fn writeln_note(note: &str) {
    use std::io::Write;
    writeln!(std::io::stderr(), "{note}").expect("standard error is open in tests");
}
