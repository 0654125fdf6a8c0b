//! Second readings: other stems that a word may have, less likely than the first one.
//!
//! Arabic is written without what tells «his work» from «currency» (عمله, عملة) or «I pay» from «pay!» (أدفع, ادفع). Instead of
//! one guess, a word has a stem and, seldom, other stems, which search weighs far below it.

use super::{
    lexicon::{Lexicon, is_function_word, lexicon},
    plurals::{Singulars, singulars},
    stem::{self, PROCLITICS, letters},
    verbs,
};
use crate::spelling::characters::is_arabic_mark;

/// Stem and second readings of an Arabic word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Readings {
    pub(crate) stem: String,
    /// The stems of the singulars of which the stem is the broken plural.
    pub(crate) singulars: &'static [Box<str>],
    /// Other stems, and their singulars.
    pub(crate) others: Vec<Box<str>>,
}

/// Reads a word as it is written; `norm` is its normal spelling.
pub(crate) fn read(original: &str, norm: &str) -> Readings {
    read_by(lexicon(), original, norm)
}

/// The same by the lists of a given lexicon; singulars and verbs are those of the crate.
pub(crate) fn read_by(lexicon: &Lexicon, original: &str, norm: &str) -> Readings {
    let mut readings = stems(lexicon, original, norm);
    for number in 0..readings.others.len() {
        match singulars(original, norm, &readings.others[number]) {
            Singulars::Sure(found) | Singulars::Possible(found) => readings.add_all(found),
        }
    }
    match singulars(original, norm, &readings.stem) {
        Singulars::Sure(found) if !has_number(norm, &readings.stem) => readings.singulars = found,
        Singulars::Possible(_) if is_adjective(norm, &readings.stem) => {}
        Singulars::Sure(found) | Singulars::Possible(found) => readings.add_all(found),
    }
    readings
}

/// Whether a word is its stem with the ي of adjectives: قطعي is of قطع and of no pieces.
fn is_adjective(norm: &str, stem: &str) -> bool {
    ["ي", "يه", "يا"].iter().any(|ending| norm.strip_suffix(ending).is_some_and(|rest| rest.ends_with(stem)))
}

/// Whether a word has an ending of number behind its stem, which no broken plural takes: «مزارعون» are farmers, not farms.
fn has_number(norm: &str, stem: &str) -> bool {
    ["ون", "ين", "ان"].iter().any(|ending| norm.strip_suffix(ending).is_some_and(|rest| rest.ends_with(stem)))
}

/// The stems of a word, not yet their singulars.
fn stems(lexicon: &Lexicon, original: &str, norm: &str) -> Readings {
    let (word, is_accusative) = match without_tanween(original, norm) {
        // «أيضًا» is a particle as it is, «مهمًا» is the adjective.
        Some(word) if !is_function_word(norm) || lexicon.is_attested(word) => (word, true),
        Some(_) | None => (norm, false),
    };
    let is_hamza_first = original.starts_with(['أ', 'إ', 'آ']);
    let stem = if is_hamza_first { stem::without_any_article(lexicon, word) } else { stem::arabic_by(lexicon, word) };
    let stem = if is_of_plural(original, word, &stem) { format!("{stem}ه") } else { stem };
    let mut readings = Readings { stem, singulars: &[], others: Vec::new() };
    if is_function_word(word) {
        return readings;
    }
    if let Some(noun) = owned(lexicon, original, word, &readings.stem) {
        let other = std::mem::replace(&mut readings.stem, noun);
        readings.add(other);
    }
    if let Some(noun) = lexicon.reading(&readings.stem) {
        readings.add(noun.to_owned());
    }
    if let Some(noun) = relation(lexicon, word, &readings.stem) {
        readings.add(noun.to_owned());
    }
    if let Some(noun) = not_in_alef(lexicon, original, &readings.stem) {
        readings.add(noun.to_owned());
    }
    let is_listed = lexicon.is_attested(word) || lexicon.exception(word).is_some();
    // «أقدم» is «the oldest» and «I hand in».
    if !is_listed || original.starts_with('أ') && letters(word) > 3 {
        for noun in verbs::nouns(word) {
            readings.add(noun.to_string());
        }
    }
    if is_listed || !is_hamza_first && stem::without_article(word).is_some() {
        return readings;
    }
    if let Some(noun) = yours(lexicon, word).filter(|_| !original.ends_with('ة')) {
        readings.add(noun);
    }
    if let Some(rest) = word.strip_suffix('ا').filter(|rest| !is_accusative && letters(rest) >= 3) {
        readings.add(stem::arabic_by(lexicon, rest));
    }
    readings
}

impl Readings {
    fn add(&mut self, other: String) {
        if other != self.stem && !self.others.iter().any(|known| **known == *other) {
            self.others.push(other.into());
        }
    }

    fn add_all(&mut self, others: &[Box<str>]) {
        others.iter().for_each(|other| self.add(other.to_string()));
    }
}

/// The word without the ا that tanween is written on, if it is written: then it is certain.
fn without_tanween<'a>(original: &str, norm: &'a str) -> Option<&'a str> {
    const TANWEEN: char = '\u{64B}';
    let rest = norm.strip_suffix('ا').filter(|rest| letters(rest) >= 2)?;
    let mut last = original.chars().rev().filter(|c| *c != '\u{640}').peekable();
    if last.peek().is_some_and(|c| matches!(c, 'ا' | 'ى')) {
        last.next();
    }
    // With a shadda there are two marks on the letter.
    let is_written = last.take_while(|c| is_arabic_mark(*c)).any(|c| c == TANWEEN);
    is_written.then_some(rest)
}

/// The noun of «عمله», which is written like عملة in normal spelling, but not by who wrote ه.
fn owned(lexicon: &Lexicon, original: &str, word: &str, stem: &str) -> Option<String> {
    let noun = stem.strip_suffix('ه').filter(|noun| last_letter(original) == Some('ه') && letters(noun) >= 2)?;
    let before = word.strip_suffix(stem)?;
    let is_bare = before.is_empty() || PROCLITICS.iter().any(|(proclitic, _)| *proclitic == before);
    (is_bare && lexicon.forms(noun).plain).then(|| noun.to_owned())
}

/// Whether a word is a broken plural with ة behind it, and so another word: مكاتبة is correspondence, and مكاتبه «his offices».
fn is_of_plural(original: &str, word: &str, stem: &str) -> bool {
    last_letter(original) == Some('ة')
        && word.strip_suffix('ه').is_some_and(|rest| rest.ends_with(stem))
        && matches!(singulars(original, word, stem), Singulars::Sure([_, ..]))
}

/// The noun of an adjective in ي that is listed as a word in ى: «ليلي» is of ليل, though there is a name ليلى.
fn not_in_alef<'a>(lexicon: &Lexicon, original: &str, stem: &'a str) -> Option<&'a str> {
    let noun = stem.strip_suffix('ي').filter(|noun| letters(noun) >= 2)?;
    let form = lexicon.forms(stem);
    let is_name = form.plain && !form.ends_in_ya && last_letter(original) != Some('ى');
    (is_name && lexicon.is_attested(noun)).then_some(noun)
}

/// The last letter of a word as it is written.
fn last_letter(original: &str) -> Option<char> {
    original.chars().rev().find(|c| !is_arabic_mark(*c) && *c != '\u{640}')
}

/// The noun without ة that an adjective may be of, which is listed as of the one with ة.
fn relation<'a>(lexicon: &Lexicon, word: &str, stem: &'a str) -> Option<&'a str> {
    let noun = stem.strip_suffix('ه')?;
    let is_adjective = word.split_once(noun).is_some_and(|(_, ending)| ending.starts_with('ي'));
    (is_adjective && lexicon.is_relation_of_ha(noun) && lexicon.forms(noun).plain).then_some(noun)
}

/// The noun of «حسابك» and «نصه», which no list has.
fn yours(lexicon: &Lexicon, word: &str) -> Option<String> {
    let proclitics = PROCLITICS.iter().map(|(proclitic, _)| *proclitic);
    let rests = std::iter::once(word).chain(proclitics.filter_map(|proclitic| word.strip_prefix(proclitic)));
    for rest in rests {
        for pronoun in ["كن", "ك", "ه"] {
            let Some(noun) = rest.strip_suffix(pronoun) else { continue };
            let is_short = letters(noun) == 2 && rest == word && lexicon.is_attested(noun);
            let found = match pronoun {
                _ if is_short => Some(noun.to_owned()),
                "ه" => None,
                _ if letters(noun) >= 3 => stem::with_pronoun(lexicon, noun),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{stems::lexicon::LISTS, tokenize, tokens};

    #[track_caller]
    fn check(word: &str, stem: &str, others: &[&str]) {
        let token = &tokenize(word)[0];
        let found: Vec<&str> = token.readings.iter().map(AsRef::as_ref).collect();
        assert_eq!((token.stem.as_str(), found), (stem, others.to_vec()), "{word}");
    }

    #[test]
    fn a_word_may_be_read_in_more_than_one_way() {
        check("عملة", "عمله", &[]);
        check("عمله", "عمل", &["عمله"]);
        check("وعمله", "عمل", &["عمله"]);
        check("العمله", "عمله", &[]);
        check("حسابك", "حسابك", &["حساب"]);
        check("هويتك", "هويتك", &["هويه"]);
        check("بحسابك", "بحسابك", &["حساب"]);
        check("سنوي", "سنوي", &["سنه"]);
        check("السنوية", "سنوي", &["سنه"]);
        check("تجاري", "تجاره", &["تجار", "تاجر"]);
        check("شهري", "شهر", &[]);
        check("حقك", "حقك", &["حق"]);
        check("نصه", "نص", &["نصه"]);
        check("أقدم", "اقدم", &["تقديم", "مقدم"]);
        check("ألغي", "الغ", &["الغاء"]);
        check("أدفع", "ادفع", &["دفع", "مدفوع"]);
        check("ليلي", "ليلي", &["ليل"]);
        check("الليلية", "ليلي", &["ليل"]);
        check("ليلى", "ليلي", &[]);
    }

    #[test]
    fn a_broken_plural_takes_no_ending() {
        check("منازله", "منازل", &[]);
        check("منازلة", "منازله", &[]);
        check("والمنازلة", "منازله", &[]);
        check("المزارعين", "مزارع", &["مزرعه"]);
        check("مزارع", "مزارع", &[]);
        check("المعاصرة", "معاصر", &["معصره"]);
        check("قطع", "قطع", &["قطعه"]);
        check("القطعية", "قطع", &[]);
    }

    /// Rows of the two tables of word forms that are answered right with an empty list of exceptions; may only rise.
    const RIGHT_WITHOUT_EXCEPTIONS: usize = 2_450;

    #[test]
    fn rules_and_the_other_lists_answer_most_forms_without_the_list_of_exceptions() {
        let mut lists = LISTS;
        lists[1] = "";
        let lexicon = Lexicon::parse(lists);
        let stems = |text: &str| -> HashSet<Box<str>> {
            let words = tokens(text).map(|token| read_by(&lexicon, token.original, &token.norm));
            words
                .flat_map(|read| [read.stem.into()].into_iter().chain(read.singulars.to_vec()).chain(read.others))
                .collect()
        };
        let tables = [
            include_str!("../../../../tests/fixtures/search/pairs/tuned.tsv"),
            include_str!("../../../../tests/fixtures/search/pairs/held-back.tsv"),
        ];
        let rows = tables.into_iter().flat_map(|table| table.lines().skip(1));
        let right = rows.filter(|row| {
            let [query, text, must, _] = row.split('\t').collect::<Vec<_>>()[..] else { return false };
            stems(query).is_disjoint(&stems(text)) == (must == "0")
        });
        let right = right.count();
        assert!(right >= RIGHT_WITHOUT_EXCEPTIONS, "{right} rows are right, {RIGHT_WITHOUT_EXCEPTIONS} were before");
    }

    #[test]
    fn tanween_is_taken_off_first() {
        check("وكيلًا", "وكيل", &[]);
        check("مهمًّا", "مهم", &[]);
        check("مهماً", "مهم", &[]);
        check("شبرنقًا", "شبرنق", &[]);
        check("شبرنقا", "شبرنقا", &["شبرنق"]);
        check("أيضًا", "ايضا", &[]);
        check("مهما", "مهما", &[]);
    }
}
