//! What was meant by a query that is answered otherwise than typed: the query with words of the index in place of those that
//! are nowhere, or as the same keys write it in the other script: «hgqvhzf» for «الضرائب».

use std::collections::HashMap;

use diwan_arabic::{Token, tokenize, typed_in_arabic, typed_in_latin};

use crate::{
    documents::{schema::Fields, written::written},
    query::{
        build::{SimilarWord, SimilarWords},
        parse::ParsedQuery,
    },
};

/// A word as a text spells it.
pub(crate) struct SpeltWord {
    original: String,
    norm: String,
    stem: String,
}

impl SpeltWord {
    /// A word of a text.
    pub(crate) fn of(token: &Token<'_>) -> Self {
        let Token { original, norm, stem, start: _, end: _, position: _, singulars: _, readings: _, kind: _ } = token;
        Self { original: (*original).to_owned(), norm: norm.clone(), stem: stem.clone() }
    }
}

/// The query with words of the index in place of slips, spelt as they stand in the texts that were found; `None` where it is
/// not sure what was meant, or where a word stands in none of the texts.
pub(crate) fn did_you_mean(
    query: &str,
    parsed: &ParsedQuery,
    similar: &SimilarWords,
    found: &[SpeltWord],
    fields: &Fields,
) -> Option<String> {
    let mut instead: HashMap<&str, String> = HashMap::new();
    for (word, similar) in parsed.words.iter().zip(similar) {
        if !similar.is_empty() {
            let mut sure = similar.iter().filter(|similar| similar.sure);
            let spelt = sure.find_map(|similar| spelling(similar, &word.norm, found, fields))?;
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
            // Who types in small letters is not told to use large ones.
            let is_small = !token.original.contains(char::is_uppercase);
            text.push_str(&if is_small { spelt.to_lowercase() } else { spelt.clone() });
            at = token.end;
        }
    }
    text.push_str(&query[at..]);
    Some(text.trim().to_owned())
}

/// How a word of the index is written, without vowel signs and what stretches it, with an article if the typed word has one
/// and with nothing else before it.
fn spelling(similar: &SimilarWord, typed: &str, found: &[SpeltWord], fields: &Fields) -> Option<String> {
    let wants_article = typed.starts_with(ARTICLE);
    let mut other = None;
    for word in found.iter().filter(|word| is_meant(word, similar, fields)) {
        let Some((bare, has_article)) = bare(word) else { continue };
        let spelt = if wants_article { format!("{ARTICLE}{bare}") } else { bare };
        if has_article == wants_article {
            return Some(spelt);
        }
        other.get_or_insert(spelt);
    }
    other
}

const ARTICLE: &str = "ال";

fn is_meant(word: &SpeltWord, similar: &SimilarWord, fields: &Fields) -> bool {
    similar.term == if similar.field == fields.stem { &*word.stem } else { &*word.norm }
}

/// A word as it is spelt, without its article and whether it had one. `None` where it is not known how many letters before it
/// belong to it.
fn bare(word: &SpeltWord) -> Option<(String, bool)> {
    let plain = written(&word.original);
    let root: String = word.stem.chars().take(2).collect();
    if word.norm.starts_with(&root) {
        return Some((plain, false));
    }
    let after_article = word.norm.strip_prefix(ARTICLE).is_some_and(|rest| rest.starts_with(&root));
    if after_article {
        return plain.strip_prefix(ARTICLE).map(|bare| (bare.to_owned(), true));
    }
    // «للموازنة» is shown as «موازنة».
    let before = word.norm.find(word.stem.as_str()).map(|at| word.norm[..at].chars().count())?;
    (plain.chars().count() == word.norm.chars().count()).then(|| (plain.chars().skip(before).collect(), false))
}

/// What the same keys write in the other script, likeliest first; nothing for a query of both scripts or of neither.
pub(crate) fn in_other_layout(query: &str) -> Vec<String> {
    let is_latin = |c: char| c.is_ascii_alphabetic();
    let is_arabic = |c: char| ('ء'..='ي').contains(&c);
    match (query.contains(is_latin), query.contains(is_arabic)) {
        (true, false) => vec![typed_in_arabic(query)],
        // One key writes «لا», and so do two.
        (false, true) => {
            let (one, two) = (typed_in_latin(&query.replace("لا", "b")), typed_in_latin(query));
            if one == two { vec![one] } else { vec![one, two] }
        }
        (true, true) | (false, false) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{index_of, news, numbers, request};

    #[test]
    fn keys_are_read_as_the_other_script() {
        for (typed, meant) in [("hgqvhzf", "الضرائب"), ("hgl,h.km", "الموازنة"), ("لاعيلثف", "budget"), ("ردش", "v]a")]
        {
            assert_eq!(in_other_layout(typed)[0], meant, "{typed}");
        }
        for typed in ["", "123", "pdf نموذج"] {
            assert!(in_other_layout(typed).is_empty(), "{typed}");
        }
    }

    #[test]
    fn a_query_in_the_wrong_layout_is_answered_and_told() {
        let (_folder, index) = index_of([news(1, "دائرة الضرائب", "نص"), news(2, "Budget", "text")]);
        for (query, meant, found) in [("hgqvhzf", "الضرائب", 1), ("لاعيلثف", "budget", 2)] {
            let answer = index.search(&request(query)).unwrap();
            assert_eq!((numbers(&answer), answer.did_you_mean.as_deref()), (vec![found], Some(meant)), "{query}");
            assert!(answer.relaxed);
        }
        assert_eq!(index.search(&request("hgqvhzfzz")).unwrap().did_you_mean, None);
    }

    proptest! {
        #[test]
        fn any_text_has_no_more_than_two_other_ways(query in "\\PC{0,40}|[a-z\u{0}-\u{1F}لاضص ]{0,40}") {
            prop_assert!(in_other_layout(&query).len() <= 2);
        }
    }
}
