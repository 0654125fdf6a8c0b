//! Lemmas: the singular of a broken plural, which no ending tells.
//!
//! Arabic makes most plurals of nouns by other vowels and letters inside the word (قانون, قوانين). Templates that guess the
//! singular from the shape of a plural are wrong too often, so the pairs are a list, `data/plurals.tsv`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::lexicon::lines;
use crate::{normalize, stem};

/// The stems of the singulars of which this stem is a broken plural; mostly one, none for any other word.
///
/// `lemmas(stem("القوانين")) == ["قانون"]`. A stem is never its own lemma.
pub fn lemmas(stem: &str) -> &'static [Box<str>] {
    static LEMMAS: OnceLock<HashMap<Box<str>, Vec<Box<str>>>> = OnceLock::new();
    let lemmas = LEMMAS.get_or_init(|| by_plural(include_str!("../data/plurals.tsv")));
    lemmas.get(stem).map(Vec::as_slice).unwrap_or_default()
}

/// One line of the list, in the spelling that it is written in.
pub(crate) struct Row<'a> {
    pub(crate) singular: &'a str,
    plurals: &'a str,
    #[cfg(test)]
    others: Vec<&'a str>,
}

impl<'a> Row<'a> {
    /// The plurals without the sign that another line shares them.
    pub(crate) fn plurals(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        items(self.plurals).map(|plural| plural.trim_end_matches(SHARED))
    }
}

/// Behind a plural that two singulars share.
const SHARED: char = '*';

/// The lines of the list.
pub(crate) fn rows(data: &str) -> impl Iterator<Item = Row<'_>> {
    lines(data).filter_map(|line| {
        let mut columns = line.split('\t');
        let (singular, plurals) = (columns.next()?, columns.next()?);
        Some(Row {
            singular,
            plurals,
            #[cfg(test)]
            others: columns.collect(),
        })
    })
}

pub(crate) fn items(column: &str) -> impl Iterator<Item = &str> {
    column.split('،').map(str::trim).filter(|item| !item.is_empty())
}

fn by_plural(data: &str) -> HashMap<Box<str>, Vec<Box<str>>> {
    let mut lemmas: HashMap<Box<str>, Vec<Box<str>>> = HashMap::new();
    for row in rows(data) {
        let singular = stem::arabic(&normalize::arabic(row.singular));
        for plural in row.plurals() {
            let plural = stem::arabic(&normalize::arabic(plural));
            let found = lemmas.entry(plural.into()).or_default();
            if !found.iter().any(|other| **other == singular) {
                found.push(singular.as_str().into());
            }
        }
    }
    lemmas
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;
    use crate::lexicon::{is_attested, is_function_word};

    const DATA: &str = include_str!("../data/plurals.tsv");

    /// In place of a pattern: the plural is of another root (امرأة, نساء).
    const OTHER_WORD: &str = "لفظ آخر";

    /// What each plural must be found under, too: conjunctions and prepositions, article, pronouns.
    const CLITICS: &[(&str, &str)] =
        &[("ال", ""), ("وال", ""), ("بال", ""), ("لل", ""), ("و", ""), ("", "ها"), ("", "هم")];

    fn stem_of(word: &str) -> String {
        stem::arabic(&normalize::arabic(word))
    }

    /// The stems under which a word is found.
    fn met(word: &str) -> BTreeSet<String> {
        let stem = stem_of(word);
        let lemmas = lemmas(&stem).iter().map(ToString::to_string);
        std::iter::once(stem.clone()).chain(lemmas).collect()
    }

    #[track_caller]
    fn report(faults: &[String]) {
        assert!(faults.is_empty(), "data/plurals.tsv, {} mistakes:\n{}", faults.len(), faults.join("\n"));
    }

    #[test]
    fn plurals_every_line_has_its_columns() {
        let mut faults = Vec::new();
        for row in rows(DATA) {
            let [patterns, source, apart] = row.others[..] else {
                faults.push(format!("«{}» must have five columns", row.singular));
                continue;
            };
            if items(patterns).count() != row.plurals().count() {
                faults.push(format!("«{}» must have one pattern for each plural", row.singular));
            }
            if source.split_whitespace().count() < 2 || items(apart).next().is_none() {
                faults
                    .push(format!("«{}» must say where the plural is known from and what to keep apart", row.singular));
            }
        }
        report(&faults);
    }

    #[test]
    fn plurals_follow_their_patterns() {
        let mut faults = Vec::new();
        for row in rows(DATA) {
            for (plural, pattern) in row.plurals().zip(items(row.others[0])) {
                if pattern != OTHER_WORD && !fits(&normalize::arabic(plural), &normalize::arabic(pattern)) {
                    faults.push(format!("«{plural}» is not of the pattern {pattern}"));
                }
            }
        }
        report(&faults);
    }

    /// Whether the letters that a pattern adds to the root stand where it has them. A weak or doubled root may have lost one
    /// of its own letters (مواد, أدلة).
    fn fits(plural: &str, pattern: &str) -> bool {
        let (letters, pattern): (Vec<char>, Vec<char>) = (plural.chars().collect(), pattern.chars().collect());
        if pattern == ['ا', 'ت'] {
            return letters.ends_with(&pattern);
        }
        let without = |at: usize| [&pattern[..at], &pattern[at + 1..]].concat();
        stands_in(&letters, &pattern)
            || (0..pattern.len()).any(|at| is_root(pattern[at]) && stands_in(&letters, &without(at)))
    }

    fn stands_in(letters: &[char], pattern: &[char]) -> bool {
        if letters.len() != pattern.len() {
            return false;
        }
        // ى is written ا behind ي: قضايا.
        let last = letters.len() - 1;
        letters.iter().zip(pattern).enumerate().all(|(at, (letter, part))| {
            is_root(*part) || letter == part || at == last && *part == 'ي' && *letter == 'ا'
        })
    }

    fn is_root(part: char) -> bool {
        "فعل".contains(part)
    }

    #[test]
    fn plurals_meet_their_singulars_with_all_that_is_written_with_them() {
        let mut faults = Vec::new();
        for row in rows(DATA) {
            let singular = stem_of(row.singular);
            if is_function_word(&normalize::arabic(row.singular)) {
                faults.push(format!("«{}» is a function word", row.singular));
            }
            for plural in row.plurals() {
                if stem_of(plural) == singular {
                    faults.push(format!("«{plural}» meets «{}» without being here", row.singular));
                }
                for (before, behind) in std::iter::once(&("", "")).chain(CLITICS) {
                    let form = written(before, plural, behind);
                    // Some are written like another word: وسادة is a pillow.
                    let other = is_attested(&normalize::arabic(&form)) && !form.eq(plural);
                    let two_articles = *before == "و" && normalize::arabic(plural).starts_with("ال");
                    if other || two_articles || plural.chars().count() < 4 && (*before == "و" || !behind.is_empty()) {
                        continue;
                    }
                    if !met(&form).contains(&singular) {
                        faults.push(format!("«{form}» does not meet «{}»: {:?}, {singular}", row.singular, met(&form)));
                    }
                }
            }
        }
        report(&faults);
    }

    fn written(before: &str, plural: &str, behind: &str) -> String {
        let stem = match (plural.strip_suffix('ة'), plural.strip_suffix('ى')) {
            (Some(root), _) if !behind.is_empty() => format!("{root}ت"),
            (_, Some(root)) if !behind.is_empty() => format!("{root}ا"),
            _ => plural.to_owned(),
        };
        format!("{before}{stem}{behind}")
    }

    #[test]
    fn plurals_stay_apart_from_what_looks_alike() {
        let mut faults = Vec::new();
        for row in rows(DATA) {
            let mut own = met(row.singular);
            own.extend(row.plurals().flat_map(met));
            for apart in items(row.others[2]) {
                let both: Vec<String> = met(apart).intersection(&own).cloned().collect();
                if !both.is_empty() {
                    faults.push(format!("«{}» meets «{apart}»: {}", row.singular, both.join(" ")));
                }
            }
        }
        report(&faults);
    }

    #[test]
    fn plurals_are_shared_by_two_singulars_only_where_the_lines_say_so() {
        let mut owners: HashMap<String, Vec<(&str, bool)>> = HashMap::new();
        for row in rows(DATA) {
            for plural in items(row.plurals) {
                let shared = plural.ends_with(SHARED);
                owners.entry(stem_of(plural.trim_end_matches(SHARED))).or_default().push((row.singular, shared));
            }
        }
        let singulars: HashSet<String> = rows(DATA).map(|row| stem_of(row.singular)).collect();
        let mut faults = Vec::new();
        for (plural, owners) in &owners {
            if owners.iter().any(|(_, shared)| *shared != (owners.len() > 1)) {
                faults.push(format!("«{plural}» is a plural of {owners:?}"));
            }
            if singulars.contains(plural) {
                faults.push(format!("«{plural}» is a plural and the singular of another"));
            }
        }
        faults.sort();
        report(&faults);
    }

    #[test]
    fn there_are_plurals_enough_for_the_words_of_administration() {
        assert!(rows(DATA).count() >= 1_200);
        assert!(rows(DATA).map(|row| row.plurals().count()).sum::<usize>() >= 1_250);
    }
}
