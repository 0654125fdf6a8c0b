//! What somebody typed, taken apart: words, phrases, what to leave out, a prefix.
//!
//! One pass without recursion, and no text is wrong: what is not understood is punctuation.

use diwan_arabic::{Token, TokenKind, is_attested, is_function_word, stem, tokenize};

use crate::api::{QUERY_MAX_CHARS, QUERY_MAX_WORDS};
use crate::{
    documents::{
        joined::{Joined, joined},
        written::written_otherwise,
    },
    error::SearchError,
};

/// A query taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ParsedQuery {
    /// Words to be found, each stem once.
    pub(crate) words: Vec<QueryWord>,
    /// Function words beside them, which need not be found.
    pub(crate) function_words: Vec<QueryWord>,
    /// Words to be found next to each other, never empty.
    pub(crate) phrases: Vec<Vec<QueryWord>>,
    /// Words or phrases that no hit has, never empty.
    pub(crate) excluded: Vec<Vec<QueryWord>>,
    /// The beginning of the last word.
    pub(crate) prefix: Option<String>,
    /// Stems that stand beside each other among `words`, for ranking.
    pub(crate) neighbours: Vec<(String, String)>,
    /// The first word is a function word and others follow.
    begins_as_question: bool,
}

/// A word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QueryWord {
    pub(crate) norm: String,
    pub(crate) stem: String,
    /// As written, with أ, إ or آ.
    pub(crate) written: Option<String>,
    /// The singulars of the stem, if it is a broken plural.
    pub(crate) singulars: &'static [Box<str>],
    /// Other stems that it may have, and their singulars.
    pub(crate) readings: Vec<Box<str>>,
}

impl QueryWord {
    /// Whether it is known to be no slip, as it stands or by its stem.
    pub(crate) fn is_spelt_well(&self) -> bool {
        is_known(&self.norm) || is_known(&self.stem)
    }

    /// Its stem and, if that is a broken plural, its singulars.
    pub(crate) fn stems(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.stem.as_str()).chain(self.singulars.iter().map(AsRef::as_ref))
    }

    /// Whether it is a number, or one of a year.
    fn is_number(&self) -> bool {
        self.stem.starts_with(|c: char| c.is_ascii_digit())
    }

    /// A word of a phrase, which is wanted as it is written.
    fn written(token: Token<'_>) -> Self {
        let written = written_otherwise(&token);
        let Token { norm, stem, singulars, readings, .. } = token;
        Self { norm, stem, written, singulars, readings }
    }

    /// A word as typed. Many people type ه for ة, so «عمله» is first what it is in normal spelling.
    fn typed(token: Token<'_>) -> Self {
        if token.kind != TokenKind::Arabic || !token.norm.ends_with('ه') {
            return Self::written(token);
        }
        let stem = stem(&token.norm);
        // Who types ة means it: «مكاتبة» is no office.
        let is_meant = token.original.ends_with('ة') && token.stem.strip_suffix('ه') == Some(stem.as_str());
        if stem == token.stem || is_meant {
            return Self::written(token);
        }
        let singulars = token.singulars_of(&stem);
        let Self { norm, stem: other, written, mut readings, .. } = Self::written(token);
        readings.retain(|reading| **reading != *stem);
        readings.insert(0, other.into());
        Self { norm, stem, written, singulars, readings }
    }
}

impl ParsedQuery {
    /// Takes a query apart.
    pub(crate) fn parse(query: &str) -> Result<Self, SearchError> {
        if query.chars().count() > QUERY_MAX_CHARS {
            return Err(SearchError::QueryTooLong);
        }
        let mut reader = Reader::default();
        let mut rest = query.trim_end().trim_end_matches('*');
        let whole = rest;
        let prefix_wanted = rest.len() < query.trim_end().len();
        let mut at_border = true;
        let mut last = Part::Nothing;
        while let Some(c) = rest.chars().next() {
            let tail = &rest[c.len_utf8()..];
            (last, rest) = if c.is_whitespace() {
                (Part::Nothing, tail)
            } else if is_quote(c) {
                quoted(tail)
            } else if at_border && is_minus(c) {
                excluded(tail)
            } else {
                let end = rest.find(|c: char| is_quote(c) || c.is_whitespace()).unwrap_or(rest.len());
                (Part::Text(&rest[..end]), &rest[end..])
            };
            at_border = c.is_whitespace();
            // What is left over ends where the query without its asterisks does.
            let ends_at = whole.len() - rest.len();
            reader.read(&last, ends_at);
        }
        reader.join(whole);
        let beginning = prefix_wanted && matches!(&last, Part::Text(text) if text.ends_with(char::is_alphanumeric));
        reader.finish(beginning)
    }

    /// Whether somebody asks in whole sentences, of which no answer has all words, rather than in keywords.
    pub(crate) fn is_question(&self) -> bool {
        self.phrases.is_empty() && (self.words.len() > ALL_WORDS_MAX || self.begins_as_question)
    }

    /// Whether hits with some of the words may stand after those with all of them: two or three words, and nothing that was
    /// asked for more exactly.
    pub(crate) fn may_be_filled(&self) -> bool {
        !self.is_question() && self.phrases.is_empty() && self.prefix.is_none() && self.words.len() > 1
    }

    /// Whether a number is looked for: then what an entry is called counts as one of its words («تعميم 3/2026»).
    pub(crate) fn names_number(&self) -> bool {
        self.words.iter().any(QueryWord::is_number)
    }

    /// The words of all phrases and the others, for when phrases are given up and for ranking.
    pub(crate) fn all_words(&self) -> Vec<&QueryWord> {
        let mut all: Vec<&QueryWord> = self.words.iter().collect();
        for word in self.phrases.iter().flatten() {
            if !is_function_word(&word.norm) && !all.iter().any(|other| other.stem == word.stem) {
                all.push(word);
            }
        }
        all
    }
}

/// Whether a query can be asked at all.
///
/// # Errors
/// It names nothing to look for, or is too long.
pub fn check_query(query: &str) -> Result<(), SearchError> {
    ParsedQuery::parse(query).map(drop)
}

/// One part of a query.
enum Part<'a> {
    Text(&'a str),
    Phrase(&'a str),
    Excluded(&'a str),
    Nothing,
}

/// A word outside of quotes, whether it is a function word, and its first byte in the query.
struct Free {
    word: QueryWord,
    function: bool,
    start: usize,
}

#[derive(Default)]
struct Reader {
    parsed: ParsedQuery,
    /// Free words in their order, function words among them.
    free: Vec<Free>,
    count: usize,
}

impl Reader {
    /// Reads a part that ends at a byte of the query.
    fn read(&mut self, part: &Part<'_>, ends_at: usize) {
        match part {
            Part::Text(text) => {
                let begins_at = ends_at - text.len();
                for token in tokenize(text) {
                    let start = begins_at + token.start;
                    let word = QueryWord::typed(token);
                    let function = is_function_word(&word.norm);
                    self.count = self.count.saturating_add(1);
                    self.free.push(Free { word, function, start });
                }
            }
            Part::Phrase(text) => {
                let words = self.words(text);
                if !words.is_empty() {
                    self.parsed.phrases.push(words);
                }
            }
            Part::Excluded(text) => {
                let words = self.words(text);
                // To leave out all that has «من» in it is never meant: such a dash is a bullet.
                if words.iter().all(|word| is_function_word(&word.norm)) {
                    let free = words.into_iter().map(|word| Free { word, function: true, start: ends_at });
                    self.free.extend(free);
                } else {
                    self.parsed.excluded.push(words);
                }
            }
            Part::Nothing => {}
        }
    }

    fn words(&mut self, text: &str) -> Vec<QueryWord> {
        let words: Vec<QueryWord> = tokenize(text).into_iter().map(QueryWord::written).collect();
        self.count = self.count.saturating_add(words.len());
        words
    }

    /// Puts one word in the place of numbers and letters that are one thing; their parts only rank.
    fn join(&mut self, query: &str) {
        let tokens = tokenize(query);
        for Joined { from, to, term } in joined(query, &tokens).into_iter().rev() {
            let (start, end) = (tokens[from].start, tokens[to - 1].start);
            let first = self.free.partition_point(|free| free.start < start);
            let after = self.free.partition_point(|free| free.start <= end);
            // Quotes and a minus take words out of the row.
            if after - first == to - from {
                let word =
                    QueryWord { norm: term.clone(), stem: term, written: None, singulars: &[], readings: Vec::new() };
                let parts = self.free.splice(first..after, [Free { word, function: false, start }]);
                self.parsed.function_words.extend(parts.map(|free| free.word));
            }
        }
    }

    fn finish(mut self, prefix_wanted: bool) -> Result<ParsedQuery, SearchError> {
        if self.count > QUERY_MAX_WORDS {
            return Err(SearchError::QueryTooLong);
        }
        if prefix_wanted
            && let Some(Free { word, .. }) = self.free.pop_if(|free| free.word.norm.chars().count() >= PREFIX_MIN_CHARS)
        {
            self.parsed.prefix = Some(word.norm);
        }
        // Where nothing else is asked for, function words are what is asked for.
        let only_function_words = self.free.iter().all(|free| free.function)
            && self.parsed.phrases.is_empty()
            && self.parsed.prefix.is_none();
        self.parsed.begins_as_question = !only_function_words && self.free.first().is_some_and(|free| free.function);
        // «رقم 15»: what has the number seldom says that it is one.
        let said: Vec<bool> =
            self.free.windows(2).map(|pair| pair[0].word.norm == NUMBER_SIGN && pair[1].word.is_number()).collect();
        let mut before: Option<String> = None;
        for (Free { word, function, .. }, said) in self.free.into_iter().zip(said.into_iter().chain([false])) {
            let (list, counts) = if (function || said) && !only_function_words {
                (&mut self.parsed.function_words, false)
            } else {
                (&mut self.parsed.words, true)
            };
            if counts {
                let neighbours = before.replace(word.stem.clone()).map(|before| (before, word.stem.clone()));
                self.parsed.neighbours.extend(neighbours.filter(|(one, other)| one != other));
            }
            if !list.iter().any(|other| other.stem == word.stem) {
                list.push(word);
            }
        }
        let ParsedQuery { words, phrases, prefix, .. } = &self.parsed;
        if words.is_empty() && phrases.is_empty() && prefix.is_none() {
            return Err(SearchError::NoWords);
        }
        Ok(self.parsed)
    }
}

/// Queries of up to so many words are keywords, all of which are wanted.
pub(crate) const ALL_WORDS_MAX: usize = 3;

/// Stands before numbers.
const NUMBER_SIGN: &str = "رقم";

/// A beginning of one letter would be found nearly everywhere; it is read as a word.
const PREFIX_MIN_CHARS: usize = 2;

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '«' | '»' | '“' | '”' | '„' | '‟' | '＂')
}

fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−')
}

/// What stands behind an opening quote; one that is never closed is punctuation.
fn quoted(tail: &str) -> (Part<'_>, &str) {
    match tail.split_once(is_quote) {
        Some((phrase, behind)) => (Part::Phrase(phrase), behind),
        None => (Part::Nothing, tail),
    }
}

/// What stands behind a minus; one before white space is punctuation.
fn excluded(tail: &str) -> (Part<'_>, &str) {
    if let Some(quoted) = tail.strip_prefix(is_quote)
        && let Some((phrase, behind)) = quoted.split_once(is_quote)
    {
        return (Part::Excluded(phrase), behind);
    }
    let end = tail.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(tail.len());
    if end == 0 {
        return (Part::Nothing, tail);
    }
    (Part::Excluded(&tail[..end]), &tail[end..])
}

/// Whether a stem or norm is a word that is spelt well, as it stands or by its stem.
pub(crate) fn is_known(text: &str) -> bool {
    is_attested(text) || is_attested(&stem(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A query in short: words, then «phrases», -excluded, prefix*.
    fn read(query: &str) -> String {
        let norms = |words: &[QueryWord]| words.iter().map(|word| word.norm.as_str()).collect::<Vec<_>>().join(" ");
        match ParsedQuery::parse(query) {
            Ok(ParsedQuery {
                words,
                function_words,
                phrases,
                excluded,
                prefix,
                neighbours: _,
                begins_as_question: _,
            }) => {
                let mut parts = vec![norms(&words)];
                parts.extend((!function_words.is_empty()).then(|| format!("({})", norms(&function_words))));
                parts.extend(phrases.iter().map(|phrase| format!("«{}»", norms(phrase))));
                parts.extend(excluded.iter().map(|words| format!("-{}", norms(words))));
                parts.extend(prefix.map(|prefix| format!("{prefix}*")));
                parts.retain(|part| !part.is_empty());
                parts.join(" ")
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn queries_are_taken_apart() {
        let none = SearchError::NoWords.to_string();
        let cases = [
            ("الموازنة العامة", "الموازنه العامه"),
            ("مُوازنة موازنة", "موازنه"),
            ("ما هي الموازنة", "الموازنه (ما هي)"),
            ("ما هي", "ما هي"),
            ("قرار رقم 15 لسنة 2026", "قرار 15/2026 (15 لسنه 2026 رقم)"),
            ("«وزارة المالية» خطة", "خطه «وزاره الماليه»"),
            ("“البنك الدولي\" \"", "«البنك الدولي»"),
            ("\"وزارة المالية", "وزاره الماليه"),
            ("مشروع -قانون", "مشروع -قانون"),
            ("مشروع -\"قانون العمل\" جديد", "مشروع جديد -قانون العمل"),
            ("- من نشر التقرير", "نشر التقرير (من)"),
            ("-من نشر التقرير", "نشر التقرير (من)"),
            ("covid-19", "covid 19"),
            ("مواز*", "مواز*"),
            ("خطة مواز**  ", "خطه مواز*"),
            ("م*", "م"),
            ("خطة *", "خطه"),
            ("خطة !*", "خطه"),
            ("-قانون", none.as_str()),
            ("\"\"", none.as_str()),
            ("ـــ ّ !؟ ()", none.as_str()),
            ("", none.as_str()),
        ];
        for (query, expected) in cases {
            assert_eq!(read(query), expected, "{query}");
        }
    }

    #[test]
    fn long_queries_are_refused() {
        let refused = SearchError::QueryTooLong.to_string();
        for query in ["(".repeat(50_000), "\"".repeat(50_000), "و ".repeat(33), "ا".repeat(1_001)] {
            assert_eq!(read(&query), refused);
        }
        assert_ne!(read(&"(".repeat(1_000)), refused);
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_or_refused(query in "\\PC{0,80}|[-\"«»“”* \u{200F}ا-يa0]{0,60}") {
            if let Ok(parsed) = ParsedQuery::parse(&query) {
                prop_assert!(parsed.phrases.iter().chain(&parsed.excluded).all(|words| !words.is_empty()));
                let found = parsed.words.len() + parsed.phrases.len() + usize::from(parsed.prefix.is_some());
                prop_assert!(found > 0 && parsed.words.len() <= QUERY_MAX_WORDS);
            }
        }
    }
}
