//! The singulars of broken plurals, which no ending tells.
//!
//! Arabic makes most plurals of nouns by other vowels and letters inside the word (قانون, قوانين). Templates that guess the
//! singular from the shape of a plural are wrong too often, so the pairs are a list, `data/plurals.tsv`.
//!
//! Some plurals look like another word in normal spelling. أنفاق (tunnels) and إنفاق (spending) differ by the seat of the hamza,
//! so the word as it is written decides; صدور (chests) and صدور (issuance) do not differ at all.

use std::collections::HashMap;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;

use super::{lexicon::lines, stem};
use crate::{spelling::characters::is_arabic_letter, words::normalize};

/// What the singulars of a stem are worth for one word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Singulars {
    /// The word is the plural of these, or of none.
    Sure(&'static [Box<str>]),
    /// The word may be the plural of these, but is more often another word.
    Possible(&'static [Box<str>]),
}

impl Singulars {
    const NONE: Self = Self::Sure(&[]);
}

/// The stems of the singulars of which `stem` is a broken plural, for a word written as `original`.
///
/// `norm` is the normal spelling of the word. A stem is never its own singular.
pub(crate) fn singulars(original: &str, norm: &str, stem: &str) -> Singulars {
    let Some(plural) = plurals().get(stem) else { return Singulars::NONE };
    let written = if plural.tells_hamza() { first_letter(original, norm, stem) } else { None };
    plural.read(written)
}

/// A broken plural of the list.
#[derive(Debug)]
struct Plural {
    /// The stems of its singulars; mostly one.
    singulars: Vec<Box<str>>,
    /// Its first letter as the list has it.
    first: char,
    /// The first letter of the commoner word that has the same normal spelling.
    twin: Option<char>,
}

impl Plural {
    /// Whether the first letter of a word may tell this plural from another word.
    fn tells_hamza(&self) -> bool {
        matches!(self.first, 'أ' | 'آ')
    }

    /// Reads a word with this first letter. A bare alef or an unknown letter tells nothing.
    fn read(&'static self, written: Option<char>) -> Singulars {
        match (written, self.twin) {
            (Some('إ'), _) if self.tells_hamza() => Singulars::NONE,
            (Some('أ' | 'آ'), Some(twin)) if twin != self.first => Singulars::Sure(&self.singulars),
            (_, Some(_)) => Singulars::Possible(&self.singulars),
            (_, None) => Singulars::Sure(&self.singulars),
        }
    }
}

/// The letter of the word as it is written with which its stem begins; `None` where the letters cannot be counted off.
fn first_letter(original: &str, norm: &str, stem: &str) -> Option<char> {
    // The end of a stem may differ from the word (أدويتهم, أدوية), its beginning does not.
    let beginning = stem.char_indices().nth(2).map_or(stem, |(border, _)| &stem[..border]);
    let at = norm[..norm.find(beginning)?].chars().count();
    let letters = || original.nfc().filter(|c| is_arabic_letter(*c));
    (letters().count() == norm.chars().count()).then(|| letters().nth(at)).flatten()
}

/// One line of the list, in the spelling that it is written in.
pub(crate) struct Row<'a> {
    pub(crate) singular: &'a str,
    plurals: &'a str,
    apart: &'a str,
    /// Patterns and source.
    #[cfg(test)]
    others: [&'a str; 2],
}

impl<'a> Row<'a> {
    /// The plurals without the sign that another line shares them.
    pub(crate) fn plurals(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        items(self.plurals).map(|plural| plural.trim_end_matches(SHARED))
    }

    /// The word to be kept apart that has the normal spelling of a plural.
    fn twin(&self, plural: &str) -> Option<&'a str> {
        items(self.apart).find(|apart| normalize::arabic(apart) == normalize::arabic(plural))
    }
}

/// Follows a plural that two singulars share.
const SHARED: char = '*';

/// The lines of the list.
pub(crate) fn rows(data: &str) -> impl Iterator<Item = Row<'_>> {
    lines(data).filter_map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [singular, plurals, _, _, apart] = columns[..] else { return None };
        Some(Row {
            singular,
            plurals,
            apart,
            #[cfg(test)]
            others: [columns[2], columns[3]],
        })
    })
}

pub(crate) fn items(column: &str) -> impl Iterator<Item = &str> {
    column.split('،').map(str::trim).filter(|item| !item.is_empty())
}

fn plurals() -> &'static HashMap<Box<str>, Plural> {
    static PLURALS: OnceLock<HashMap<Box<str>, Plural>> = OnceLock::new();
    PLURALS.get_or_init(|| by_plural(include_str!("../../data/plurals.tsv")))
}

fn by_plural(data: &str) -> HashMap<Box<str>, Plural> {
    let mut plurals: HashMap<Box<str>, Plural> = HashMap::new();
    for row in rows(data) {
        let singular = stem::arabic(&normalize::arabic(row.singular));
        for word in row.plurals() {
            let Some(first) = word.chars().next() else { continue };
            let twin = row.twin(word).and_then(|twin| twin.chars().next());
            let stem = stem::arabic(&normalize::arabic(word));
            let plural =
                plurals.entry(stem.into()).or_insert_with(|| Plural { singulars: Vec::new(), first, twin: None });
            plural.twin = plural.twin.or(twin);
            if !plural.singulars.iter().any(|other| **other == singular) {
                plural.singulars.push(singular.as_str().into());
            }
        }
    }
    plurals
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;
    use crate::{
        stems::lexicon::{is_attested, is_function_word},
        tokenize,
    };

    const DATA: &str = include_str!("../../data/plurals.tsv");

    /// In place of a pattern: the plural is of another root (امرأة, نساء).
    const OTHER_WORD: &str = "لفظ آخر";

    /// What each plural must be found under, too: conjunctions and prepositions, article, pronouns.
    const CLITICS: &[(&str, &str)] =
        &[("ال", ""), ("وال", ""), ("بال", ""), ("لل", ""), ("و", ""), ("", "ها"), ("", "هم")];

    fn stem_of(word: &str) -> String {
        stem::arabic(&normalize::arabic(word))
    }

    /// The stems under which a word is found, as it is written. Second readings do not count.
    fn met(word: &str) -> BTreeSet<String> {
        let token = &tokenize(word)[0];
        let singulars = token.singulars.iter().map(ToString::to_string);
        std::iter::once(token.stem.clone()).chain(singulars).collect()
    }

    /// The same with second readings.
    fn met_at_all(word: &str) -> BTreeSet<String> {
        let readings = tokenize(word)[0].readings.iter().map(ToString::to_string).collect();
        &met(word) | &readings
    }

    #[track_caller]
    fn report(faults: &[String]) {
        assert!(faults.is_empty(), "data/plurals.tsv, {} mistakes:\n{}", faults.len(), faults.join("\n"));
    }

    #[test]
    fn plurals_every_line_has_its_columns() {
        let mut faults = Vec::new();
        let without = lines(DATA).filter(|line| line.split('\t').count() != 5);
        faults.extend(without.map(|line| format!("«{line}» must have five columns")));
        for row in rows(DATA) {
            let [patterns, source] = row.others;
            if items(patterns).count() != row.plurals().count() {
                faults.push(format!("«{}» must have one pattern for each plural", row.singular));
            }
            if source.split_whitespace().count() < 2 || items(row.apart).next().is_none() {
                faults
                    .push(format!("«{}» must say where the plural is known from and what to keep apart", row.singular));
            }
        }
        report(&faults);
    }

    /// The measures of broken plurals, with vowel signs where letters alone would be those of several.
    const PATTERNS: &str = "فُعْل فُعُل فُعَل فِعَل فُعَّل فُعَال فَعَال فِعَال فُعَّال فُعُول فَعِيل فِعَالة أَفْعُل أَفْعَال أَفْعِلة أَفْعِلاء فُعَلاء فَعْلى \
        فِعْلة فِعَلة فُعَلة فَعَلة فُعْلان فِعْلان فَعَالى فَعَالي فَعَالِل فَعَالِيل فَعَالِلة فَوَاعِل فَوَاعِيل فَعَائِل فَيَاعِل فَيَاعِلة \
        أَفَاعِل أَفَاعِيل تَفَاعِل تَفَاعِيل مَفَاعِل مَفَاعِيل";

    #[test]
    fn plurals_follow_their_patterns() {
        let known: HashSet<String> = PATTERNS.split_whitespace().map(normalize::arabic).collect();
        let mut faults = Vec::new();
        for row in rows(DATA) {
            for (plural, pattern) in row.plurals().zip(items(row.others[0])) {
                let norm = (normalize::arabic(plural), normalize::arabic(pattern));
                if pattern == OTHER_WORD {
                    continue;
                }
                if norm.1 != "ات" && !known.contains(&norm.1) {
                    faults.push(format!("{pattern} of «{plural}» is no pattern of plurals"));
                }
                if NEED_VOWELS.contains(&pattern) {
                    faults.push(format!("{pattern} of «{plural}» must say its vowels"));
                }
                if !fits(&norm.0, &norm.1) {
                    faults.push(format!("«{plural}» is not of the pattern {pattern}"));
                }
                if let Some(other) = must_be(&normalize::arabic(row.singular), &norm.0).filter(|other| *other != norm.1)
                {
                    faults.push(format!("«{plural}» of «{}» is of the pattern {other}", row.singular));
                }
            }
        }
        report(&faults);
    }

    /// Patterns whose letters are those of several.
    const NEED_VOWELS: &[&str] = &["فعل", "فعال", "فعّال", "فعلة", "فعلان"];

    /// The pattern that the long vowel of the singular decides: فواعل of فاعل, فعائل of فعيلة.
    fn must_be(singular: &str, plural: &str) -> Option<&'static str> {
        let letter = |word: &str, at: usize| word.chars().nth(at);
        let ends = (letter(plural, 2), letter(plural, 3), plural.chars().count());
        match (letter(singular, 1), letter(singular, 2), ends) {
            (Some('ا'), _, (Some('ا'), Some(_), 5)) if letter(plural, 1) == Some('و') => Some("فواعل"),
            // What begins with م may be a noun of place (مصير).
            (Some(second), Some('ا' | 'و' | 'ي'), (Some('ا'), Some('ء'), 5))
                if second != 'ا' && !singular.starts_with('م') =>
            {
                Some("فعاءل")
            }
            _ => None,
        }
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
                    let met = if row.twin(plural).is_some() { met_at_all(&form) } else { met(&form) };
                    if !met.contains(&singular) {
                        faults.push(format!("«{form}» does not meet «{}»: {met:?}, {singular}", row.singular));
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
            for apart in items(row.apart) {
                let mut own = met(row.singular);
                // A twin has the spelling of the plural, but not its singular.
                let is_twin = row.plurals().any(|plural| row.twin(plural) == Some(apart));
                own.extend(row.plurals().filter(|_| !is_twin).flat_map(met));
                let both: Vec<String> = met(apart).intersection(&own).cloned().collect();
                if !both.is_empty() {
                    faults.push(format!("«{}» meets «{apart}»: {}", row.singular, both.join(" ")));
                }
            }
        }
        report(&faults);
    }

    #[test]
    fn a_word_like_a_plural_but_for_its_hamza_has_no_singular() {
        for (word, singular, sure, possible) in [
            ("أنفاق", "نفق", true, false),
            ("الأنفاق", "نفق", true, false),
            ("وبالأنفاق", "نفق", true, false),
            ("أنفاقها", "نفق", true, false),
            ("أَنْفَاق", "نفق", true, false),
            ("ا\u{654}نفاق", "نفق", true, false),
            ("إنفاق", "نفق", false, false),
            ("الإنفاق", "نفق", false, false),
            ("وإنفاقها", "نفق", false, false),
            ("إِنْفَاقًا", "نفق", false, false),
            ("انفاق", "نفق", false, true),
            ("الانفاق", "نفق", false, true),
            ("للإخطار", "خطر", false, false),
            ("الإخطارات", "خطر", false, false),
            ("أخطار", "خطر", true, false),
            ("اتباع", "تابع", false, true),
            ("أتباع", "تابع", true, false),
            // No commoner word is written so: a bare alef is that of the plural.
            ("احكام", "حكم", true, false),
            ("إحكام", "حكم", false, false),
            ("قوانين", "قانون", true, false),
        ] {
            let (met, all) = (met(word).contains(singular), met_at_all(word).contains(singular));
            assert_eq!((met, all), (sure, sure || possible), "{word} {singular}");
        }
    }

    #[test]
    fn plurals_are_shared_by_two_singulars_only_where_the_lines_say_so() {
        let mut owners: HashMap<String, Vec<(&str, bool)>> = HashMap::new();
        for row in rows(DATA) {
            for plural in items(row.plurals) {
                let (shared, plural) = (plural.ends_with(SHARED), plural.trim_end_matches(SHARED));
                // A twin may have a line of its own.
                if row.twin(plural).is_none() {
                    owners.entry(stem_of(plural)).or_default().push((row.singular, shared));
                }
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
