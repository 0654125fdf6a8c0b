//! «Did you mean»: the query as typed with words of the index in place of those that are nowhere.

use std::collections::HashMap;

use diwan_arabic::tokenize;

use crate::{
    documents::{document::StoredHit, schema::Fields},
    query::{
        build::{SimilarWord, SimilarWords},
        parse::ParsedQuery,
    },
};

/// The query with the likeliest of the similar words, spelt as they stand in the texts that were found; `None` where a
/// word stands in none of them.
pub(crate) fn did_you_mean(
    query: &str,
    parsed: &ParsedQuery,
    similar: &SimilarWords,
    found: &[StoredHit],
    fields: &Fields,
) -> Option<String> {
    let mut instead: HashMap<&str, String> = HashMap::new();
    for (word, similar) in parsed.words.iter().zip(similar) {
        if !similar.is_empty() {
            let spelt = similar.iter().find_map(|similar| spelling(similar, found, fields))?;
            instead.insert(&word.norm, spelt);
        }
    }
    if instead.is_empty() {
        return None;
    }
    let (mut text, mut at) = (String::with_capacity(query.len()), 0);
    for token in tokenize(query) {
        if let Some(spelt) = instead.get(token.norm.as_str()) {
            text.push_str(&query[at..token.start]);
            text.push_str(spelt);
            at = token.end;
        }
    }
    text.push_str(&query[at..]);
    Some(text.trim().to_owned())
}

/// How a word of the index is written, without vowel signs and what stretches it.
fn spelling(similar: &SimilarWord, found: &[StoredHit], fields: &Fields) -> Option<String> {
    let SimilarWord { field, term } = similar;
    for stored in found {
        for text in std::iter::once(&stored.title).chain(&stored.texts) {
            for token in tokenize(text) {
                if *term == if *field == fields.stem { &token.stem } else { &token.norm }[..] {
                    let plain = token.original.chars().filter(|c| c.is_alphanumeric() && *c != '\u{640}');
                    return Some(plain.collect());
                }
            }
        }
    }
    None
}
