//! Verbs that people ask services with («كيف أدفع», «سجلت شركتي»), and the nouns that pages name the same by (دفع, تسجيل).
//!
//! The verbs are a list, `data/verbs.tsv`. Their persons, numbers, tenses and objects are read by rule.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::{
    lexicon::{LISTS, lines},
    pattern, plurals, stem,
};
use crate::words::normalize;

/// The stems of the nouns that a form of a verb may be searched by; none for any other word.
pub(crate) fn nouns(norm: &str) -> &'static [Box<str>] {
    static VERBS: OnceLock<Verbs> = OnceLock::new();
    let verbs = VERBS.get_or_init(|| {
        let [.., data] = LISTS;
        Verbs::parse(data)
    });
    verbs.nouns(norm).unwrap_or_default()
}

struct Verbs {
    /// By the present without its first letter, which tells the person.
    presents: HashMap<Box<str>, Vec<Box<str>>>,
    pasts: HashMap<Box<str>, Vec<Box<str>>>,
    present_endings: HashSet<String>,
    past_endings: HashSet<String>,
}

/// What may stand before a verb: conjunctions, «so that», the future, and the present of dialects.
const BEFORE: &[&str] = &["", "و", "ف", "ل", "س", "ول", "وس", "ح", "ب"];
/// The letters of the persons.
const PERSONS: &[char] = &['ا', 'ت', 'ن', 'ي'];
const PRESENT_SUBJECTS: &[&str] = &["", "ون", "وا", "ين", "ي", "ن", "و", "ان"];
const PAST_SUBJECTS: &[&str] = &["ت", "نا", "تم", "تما", "تن", "وا", "و", "تو"];
const OBJECTS: [&str; 11] = ["", "ه", "ها", "هم", "هن", "هما", "ك", "كم", "كن", "نا", "ني"];
/// A past without an ending is written like nouns, unless it is as long as those with است.
const BARE_PAST_MIN_LETTERS: usize = 5;

impl Verbs {
    fn parse(data: &str) -> Self {
        let (mut presents, mut pasts) = (HashMap::new(), HashMap::new());
        for (present, past, nouns) in rows(data) {
            let nouns = nouns.map(|noun| stem::arabic(&normalize::arabic(noun)).into_boxed_str());
            let mut nouns: Vec<Box<str>> = nouns.collect();
            let present = normalize::arabic(present);
            nouns.extend(participle(&present, nouns.first().map(AsRef::as_ref)));
            if let Some(rest) = present.strip_prefix('ي') {
                let known: &mut Vec<Box<str>> = presents.entry(rest.into()).or_default();
                known.extend(nouns.iter().cloned());
            }
            let known: &mut Vec<Box<str>> = pasts.entry(normalize::arabic(past).into()).or_default();
            known.extend(nouns);
        }
        let endings = |subjects: &[&str]| {
            let all = subjects.iter().flat_map(|subject| OBJECTS.map(|object| format!("{subject}{object}")));
            all.collect()
        };
        Self { presents, pasts, present_endings: endings(PRESENT_SUBJECTS), past_endings: endings(PAST_SUBJECTS) }
    }

    fn nouns(&self, norm: &str) -> Option<&[Box<str>]> {
        for rest in BEFORE.iter().filter_map(|before| norm.strip_prefix(before)) {
            let present = rest.strip_prefix(PERSONS).and_then(|rest| find(&self.presents, rest, &self.present_endings));
            let past = || find(&self.pasts, rest, &self.past_endings);
            let bare = || self.pasts.get(rest).filter(|_| stem::letters(rest) >= BARE_PAST_MIN_LETTERS);
            if let Some(found) = present.or_else(past).or_else(bare) {
                return Some(found);
            }
        }
        None
    }
}

/// The participle of a derived verb, which is written alike for who does and for what is done (مجدد); those of the simple
/// verb differ from root to root, so the list has them.
fn participle(present: &str, noun: Option<&str>) -> Option<Box<str>> {
    const OF_SECOND_FORM: [&str; 2] = ["ت..ي.", "ت...ه"];
    let is_second = |noun| OF_SECOND_FORM.iter().any(|measure| pattern::has_measure(noun, measure));
    let is_derived = stem::letters(present) > 4 || noun.is_some_and(is_second);
    let rest = present.strip_prefix('ي').filter(|_| is_derived)?;
    Some(stem::arabic(&format!("م{rest}")).into())
}

/// The longest verb that a word is a form of.
fn find<'a>(
    verbs: &'a HashMap<Box<str>, Vec<Box<str>>>,
    word: &str,
    endings: &HashSet<String>,
) -> Option<&'a Vec<Box<str>>> {
    /// Longer endings are not looked for.
    const ENDING_MAX_LETTERS: usize = 5;
    let borders = std::iter::once(word.len()).chain(word.char_indices().rev().map(|(index, _)| index));
    borders.take(ENDING_MAX_LETTERS + 1).find_map(|border| {
        let (verb, ending) = word.split_at(border);
        verbs.get(verb).filter(|_| endings.contains(ending))
    })
}

/// The lines of the list: present, past, nouns.
fn rows(data: &str) -> impl Iterator<Item = (&str, &str, impl Iterator<Item = &str>)> {
    lines(data).filter_map(|line| {
        let mut columns = line.split('\t');
        let (present, past, nouns) = (columns.next()?, columns.next()?, columns.next()?);
        Some((present, past, plurals::items(nouns)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stems::lexicon::is_attested;

    #[test]
    fn verbs_lead_to_their_nouns() {
        for (form, noun) in [
            ("أدفع", "دفع"),
            ("يدفعون", "دفع"),
            ("سأدفعها", "دفع"),
            ("بندفع", "دفع"),
            ("دفعت", "دفع"),
            ("أسجل", "تسجيل"),
            ("نسجلها", "تسجيل"),
            ("سجلنا", "تسجيل"),
            ("استخرجت", "استخراج"),
            ("استخرج", "استخراج"),
            ("ألغي", "إلغاء"),
            ("يجدد", "مجدد"),
            ("ليجددوا", "تجديد"),
        ] {
            let found = nouns(&normalize::arabic(form));
            assert!(found.iter().any(|found| **found == *normalize::arabic(noun)), "{form}: {found:?}");
        }
        for word in ["قانون", "موازنه", "ا", "", "تسجيل"] {
            assert!(nouns(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn verbs_every_line_has_its_columns_and_known_nouns() {
        let [.., data] = LISTS;
        let mut faults = Vec::new();
        for line in lines(data) {
            if line.split('\t').count() != 3 || !normalize::arabic(line).starts_with('ي') {
                faults.push(format!("«{line}» must be a present in ي, a past and nouns, parted by tabs"));
            }
        }
        for (present, _, nouns) in rows(data) {
            for noun in nouns.filter(|noun| !is_attested(&stem::arabic(&normalize::arabic(noun)))) {
                faults.push(format!("«{noun}» of «{present}» must be on a list of whole words"));
            }
        }
        assert!(faults.is_empty(), "data/verbs.tsv:\n{}", faults.join("\n"));
        assert!(rows(data).count() >= 240);
    }
}
