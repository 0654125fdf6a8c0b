//! Words that mean the same, as a ministry declares them.

use std::collections::{HashMap, HashSet};

use diwan_arabic::{is_function_word, stem, tokenize};

use super::parse::ParsedQuery;
use crate::documents::joined::{Joined, joined};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meant<'a> {
    /// The first of the words among [`ParsedQuery::words`].
    pub(crate) from: usize,
    /// How many.
    pub(crate) count: usize,
    /// What may stand for them, as stems next to each other.
    pub(crate) instead: Vec<&'a [String]>,
}

/// What is said for the same thing in Arab countries, in other languages and in short.
const STARTERS: &str = include_str!("../../data/synonyms.txt");

impl Synonyms {
    /// Groups that editors declare, with those that the program carries for all texts that editors say nothing of.
    pub(crate) fn with_starters(groups: &[Vec<String>]) -> Self {
        let declared: HashSet<Vec<String>> = groups.iter().flatten().map(|text| stems_of(text)).collect();
        let starters = starters().map(|group| {
            let open = group.filter(|text| !declared.contains(&stems_of(text)));
            open.map(str::to_owned).collect()
        });
        Self::new(&groups.iter().cloned().chain(starters).collect::<Vec<_>>())
    }

    /// From groups of texts. Texts without words and groups of one text say nothing.
    pub fn new(groups: &[Vec<String>]) -> Self {
        let mut synonyms = Self::default();
        for group in groups {
            let mut texts: Vec<Vec<String>> = Vec::new();
            for text in group.iter().take(TEXTS_MAX) {
                let stems = stems_of(text);
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

fn starters() -> impl Iterator<Item = impl Iterator<Item = &'static str>> {
    let lines = STARTERS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split('،').map(str::trim))
}

/// The words of a text by their stems, an abbreviation as one; function words say nothing.
fn stems_of(text: &str) -> Vec<String> {
    let tokens = tokenize(text);
    if let [Joined { from: 0, to, term }] = &joined(text, &tokens)[..]
        && *to == tokens.len()
    {
        return vec![term.clone()];
    }
    let words = tokens.into_iter().filter(|token| !is_function_word(&token.norm));
    words.map(|token| stem(&token.norm)).take(WORDS_MAX).collect()
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
    fn every_line_of_the_starters_says_something() {
        let mut faults = Vec::new();
        for group in starters() {
            let texts: Vec<&str> = group.collect();
            let stems = texts.iter().map(|text| stems_of(text)).filter(|stems| !stems.is_empty());
            if stems.collect::<HashSet<_>>().len() < 2
                || texts.len() > TEXTS_MAX
                || texts.iter().any(|text| text.is_empty())
            {
                faults.push(texts.join("، "));
            }
        }
        assert!(faults.is_empty(), "data/synonyms.txt:\n{}", faults.join("\n"));
        assert!(starters().count() >= 300);
    }

    #[test]
    fn what_editors_declare_holds_instead_of_the_starters() {
        let parsed = ParsedQuery::parse("ميزانية").unwrap();
        let meant = |groups: &[Vec<String>]| {
            let synonyms = Synonyms::with_starters(groups);
            let meant = synonyms.meant(&parsed);
            meant.iter().flat_map(|unit| &unit.instead).map(|stems| stems.join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(meant(&[]), ["موازنه", "budget"]);
        let declared = meant(&[vec!["الميزانية".to_owned(), "كشف".to_owned()]]);
        assert_eq!(declared, ["كشف"]);
    }

    #[test]
    fn groups_that_chain_into_one_another_are_bounded() {
        let groups: Vec<Vec<String>> = (0..1_000)
            .map(|number| vec![format!("كلمة{number}"), format!("كلمة{}", number + 1), "في".to_owned()])
            .collect();
        let synonyms = Synonyms::with_starters(&groups);
        assert!(synonyms.meant(&ParsedQuery::parse("في").unwrap()).is_empty());
        assert!(synonyms.meant(&ParsedQuery::parse("كلمة").unwrap()).len() <= 1);
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
