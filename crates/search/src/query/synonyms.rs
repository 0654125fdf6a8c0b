//! Words that mean the same, as a ministry declares them.

use std::collections::HashMap;

use diwan_arabic::{is_function_word, tokenize};

use super::parse::ParsedQuery;

/// Most groups that are looked at, most texts of a group and most words of a text.
pub const SYNONYM_GROUPS_MAX: usize = 5_000;
const TEXTS_MAX: usize = 20;
const WORDS_MAX: usize = 6;

/// Groups of texts that mean the same, ready to look up.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// Each text of a group as its stems.
    groups: Vec<Vec<Vec<String>>>,
    /// Groups by the first stem of their texts.
    by_first: HashMap<String, Vec<usize>>,
}

/// Words of a query that something else may stand for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meant<'a> {
    /// The first of the words among [`ParsedQuery::words`].
    pub(crate) from: usize,
    /// How many.
    pub(crate) count: usize,
    /// What may stand for them, as stems next to each other.
    pub(crate) instead: Vec<&'a [String]>,
}

impl Synonyms {
    /// From groups of texts. Texts without words and groups of one text say nothing.
    pub fn new(groups: &[Vec<String>]) -> Self {
        let mut synonyms = Self::default();
        for group in groups.iter().take(SYNONYM_GROUPS_MAX) {
            let mut texts: Vec<Vec<String>> = Vec::new();
            for text in group.iter().take(TEXTS_MAX) {
                let words = tokenize(text).into_iter().filter(|token| !is_function_word(&token.norm));
                let stems: Vec<String> = words.map(|token| token.stem).take(WORDS_MAX).collect();
                if !stems.is_empty() && !texts.contains(&stems) {
                    texts.push(stems);
                }
            }
            if texts.len() < 2 {
                continue;
            }
            let number = synonyms.groups.len();
            for text in &texts {
                let known = synonyms.by_first.entry(text[0].clone()).or_default();
                if known.last() != Some(&number) {
                    known.push(number);
                }
            }
            synonyms.groups.push(texts);
        }
        synonyms
    }

    /// What may stand for words of a query; the longer texts first, none over another.
    pub(crate) fn meant(&self, parsed: &ParsedQuery) -> Vec<Meant<'_>> {
        let stems: Vec<&str> = parsed.words.iter().map(|word| word.stem.as_str()).collect();
        let (mut found, mut from) = (Vec::new(), 0);
        while from < stems.len() {
            match self.longest(&stems[from..]) {
                Some((count, instead)) => {
                    found.push(Meant { from, count, instead });
                    from += count;
                }
                None => from += 1,
            }
        }
        found
    }

    /// The longest text that these words begin with, and what else its groups hold.
    fn longest(&self, stems: &[&str]) -> Option<(usize, Vec<&[String]>)> {
        let groups = self.by_first.get(*stems.first()?)?;
        let begins = |text: &&Vec<String>| text.len() <= stems.len() && text.iter().zip(stems).all(|(a, b)| a == b);
        let lengths = groups.iter().flat_map(|group| &self.groups[*group]).filter(begins).map(Vec::len);
        let count = lengths.max()?;
        let mut instead: Vec<&[String]> = Vec::new();
        for group in groups.iter().map(|group| &self.groups[*group]) {
            let is_meant = |text: &Vec<String>| text.len() == count && begins(&text);
            if group.iter().any(is_meant) {
                let others = group.iter().filter(|text| !is_meant(text)).map(Vec::as_slice);
                others.for_each(|text| instead.extend((!instead.contains(&text)).then_some(text)));
            }
        }
        instead.truncate(TEXTS_MAX);
        Some((count, instead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{index_of, news, numbers, request};

    fn synonyms(groups: &[&[&str]]) -> Synonyms {
        let groups: Vec<Vec<String>> =
            groups.iter().map(|group| group.iter().map(|text| (*text).to_owned()).collect()).collect();
        Synonyms::new(&groups)
    }

    #[test]
    fn one_word_and_several_stand_for_each_other() {
        let synonyms = std::sync::Arc::new(synonyms(&[
            &["ضريبة القيمة المضافة", "ضقم", "VAT"],
            &["مكوس", "جمارك"],
            &["وحيد"],
            &["؟", "!"],
        ]));
        let (_folder, index) = index_of([
            news(1, "بلاغ", "تسجيل في ضريبة القيمة المضافة."),
            news(2, "بلاغ", "VAT registration تسجيل"),
            news(3, "بلاغ", "قيمة مضافة وضريبة أخرى"),
            news(4, "بلاغ", "رسوم الجمارك"),
        ]);
        let found = |query: &str| {
            let mut asked = request(query);
            asked.synonyms = synonyms.clone();
            let mut numbers = numbers(&index.search(&asked).unwrap());
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(found("vat"), [1, 2]);
        assert_eq!(found("ضقم تسجيل"), [1, 2]);
        assert_eq!(found("ضريبة القيمة المضافة"), [1, 2, 3]);
        assert_eq!(found("رسوم المكوس"), [4]);
        assert_eq!(found("وحيد"), Vec::<u128>::new());
    }

    #[test]
    fn what_a_synonym_found_is_marked() {
        let (_folder, index) = index_of([news(1, "بلاغ", "رسوم الجمارك البرية")]);
        let mut asked = request("مكوس");
        asked.synonyms = std::sync::Arc::new(synonyms(&[&["مكوس", "جمارك"]]));
        let answer = index.search(&asked).unwrap();
        assert_eq!(answer.hits[0].highlights.fragments, ["رسوم <mark>الجمارك</mark> البرية"]);
        assert!(!answer.relaxed);
    }
}
