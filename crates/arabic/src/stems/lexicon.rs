//! The word lists of `data/`, read once: attested words, exceptions, function words.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::plurals;
use crate::words::normalize;

/// Whether a normalised word is one that carries the sentence, not the subject: prepositions, pronouns, question words.
///
/// With و or ف in front it still is, unless the whole is a word of its own (فهم). Such words are indexed like others
/// and count little in a query.
pub fn is_function_word(norm: &str) -> bool {
    let lexicon = lexicon();
    if lexicon.function_words.contains(norm) {
        return true;
    }
    let rest = norm.strip_prefix(['و', 'ف']);
    rest.is_some_and(|rest| lexicon.function_words.contains(rest) && !lexicon.is_attested(norm))
}

/// Whether a normalised word stands in the list of attested words as it is, and so is spelt well.
pub fn is_attested(norm: &str) -> bool {
    lexicon().is_attested(norm)
}

/// A hash over all lists of `data/`: an index that was built with others holds other terms and must be rebuilt.
///
/// FNV-1a of 64 bits (Fowler, Noll and Vo): the same on every machine, and no secret.
pub fn lexicon_hash() -> u64 {
    static HASH: OnceLock<u64> = OnceLock::new();
    *HASH.get_or_init(|| {
        let bytes = LISTS.iter().flat_map(|list| list.bytes().chain([0]));
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

/// Attested words, exceptions, function words, plurals, then verbal nouns and given names (both attested, too), adjectives of
/// nouns in ة, second readings, verbs.
pub(crate) const LISTS: [&str; 9] = [
    include_str!("../../data/attested.txt"),
    include_str!("../../data/exceptions.tsv"),
    include_str!("../../data/function_words.txt"),
    include_str!("../../data/plurals.tsv"),
    include_str!("../../data/verbal_nouns.txt"),
    include_str!("../../data/names.txt"),
    include_str!("../../data/relations.txt"),
    include_str!("../../data/readings.tsv"),
    include_str!("../../data/verbs.tsv"),
];

/// Which words are attested that begin with a given string and have nothing, ه (for ة) or ي after it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forms {
    /// The string itself is a word.
    pub(crate) plain: bool,
    /// With ه it is one.
    pub(crate) with_ha: bool,
    /// With ي it is one.
    pub(crate) with_ya: bool,
    /// The string itself is a broken plural of the list.
    pub(crate) plural: bool,
    /// With ه it is one: no number or adjective is made of such a plural (طلبات are not of طلبة).
    pub(crate) plural_with_ha: bool,
    /// The string ends in ي and is listed with ي, not only with ى (ليلى).
    pub(crate) ends_in_ya: bool,
}

/// The lists in normal spelling.
pub(crate) struct Lexicon {
    forms: HashMap<Box<str>, Forms>,
    exceptions: HashMap<Box<str>, Box<str>>,
    function_words: HashSet<Box<str>>,
    /// Nouns without their ة, of which there is an adjective in ي.
    relations: HashSet<Box<str>>,
    readings: HashMap<Box<str>, Box<str>>,
}

impl Lexicon {
    /// What is attested of a string and its two commonest endings, in one look-up.
    pub(crate) fn forms(&self, word: &str) -> Forms {
        self.forms.get(word).copied().unwrap_or_default()
    }

    /// Whether a word is attested as it stands.
    pub(crate) fn is_attested(&self, word: &str) -> bool {
        self.forms(word).plain
    }

    /// Whether a word is a broken plural of the list.
    pub(crate) fn is_plural(&self, word: &str) -> bool {
        self.forms(word).plural
    }

    /// The stem that a linguist gave a word.
    pub(crate) fn exception(&self, word: &str) -> Option<&str> {
        self.exceptions.get(word).map(AsRef::as_ref)
    }

    /// Whether the adjective in ي is of the noun in ة, be there one without it or not.
    pub(crate) fn is_relation_of_ha(&self, root: &str) -> bool {
        self.relations.contains(root)
    }

    /// What a linguist says that a stem may also be read as.
    pub(crate) fn reading(&self, stem: &str) -> Option<&str> {
        self.readings.get(stem).map(AsRef::as_ref)
    }

    pub(crate) fn parse(lists: [&str; 9]) -> Self {
        let [attested, exceptions, function_words, plurals, verbal_nouns, names, relations, readings, _verbs] = lists;
        let mut forms: HashMap<Box<str>, Forms> = HashMap::new();
        let singulars = plurals::rows(plurals).map(|row| row.singular);
        let read_twice = lines(readings).filter_map(|line| line.split('\t').next());
        let words = lines(attested).chain(lines(verbal_nouns)).chain(lines(names)).chain(read_twice).chain(singulars);
        for written in words {
            let word = normalize::arabic(written);
            if let Some(root) = word.strip_suffix('ه') {
                forms.entry(root.into()).or_default().with_ha = true;
            }
            if let Some(root) = word.strip_suffix('ي') {
                forms.entry(root.into()).or_default().with_ya = true;
            }
            let form = forms.entry(word.into()).or_default();
            form.plain = true;
            form.ends_in_ya |= written.ends_with('ي');
        }
        for written in plurals::rows(plurals).flat_map(|row| row.plurals()) {
            let plural = norm(written);
            if let Some(root) = plural.strip_suffix('ه') {
                forms.entry(root.into()).or_default().plural_with_ha = true;
            }
            if let Some(root) = plural.strip_suffix('ي') {
                forms.entry(root.into()).or_default().with_ya = true;
            }
            let form = forms.entry(plural).or_default();
            (form.plain, form.plural) = (true, true);
            form.ends_in_ya |= written.ends_with('ي');
        }
        let pairs = |list| {
            let pairs = lines(list).filter_map(|line| line.split_once('\t'));
            pairs.map(|(word, other)| (norm(word), norm(other))).collect()
        };
        let function_words = lines(function_words).map(any_norm).collect();
        let relations = lines(relations).map(|word| norm(word.strip_suffix('ي').unwrap_or(word))).collect();
        Self { forms, exceptions: pairs(exceptions), function_words, relations, readings: pairs(readings) }
    }
}

/// The lists that the crate carries.
pub(crate) fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::parse(LISTS))
}

/// Lines that say something: not empty, no comment.
pub(crate) fn lines(data: &str) -> impl Iterator<Item = &str> {
    data.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn norm(word: &str) -> Box<str> {
    normalize::arabic(word.trim()).into()
}

fn any_norm(word: &str) -> Box<str> {
    if word.is_ascii() { word.to_ascii_lowercase().into() } else { norm(word) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        spelling::characters::is_arabic_mark,
        stems::{readings, stem},
    };

    #[test]
    fn function_words_are_known_with_a_conjunction() {
        for word in ["في", "من", "الي", "ما", "كيف", "هل", "وفي", "والتي", "the", "what"] {
            assert!(is_function_word(word), "{word}");
        }
        for word in ["وزاره", "فهم", "موازنه", ""] {
            assert!(!is_function_word(word), "{word}");
        }
    }

    #[test]
    fn the_lists_are_sorted_and_without_repeats() {
        let names = [
            "attested.txt",
            "exceptions.tsv",
            "function_words.txt",
            "plurals.tsv",
            "verbal_nouns.txt",
            "names.txt",
            "relations.txt",
            "readings.tsv",
            "verbs.tsv",
        ];
        for (name, data) in names.into_iter().zip(LISTS) {
            let found: Vec<&str> = lines(data).map(|line| line.split('\t').next().unwrap_or(line)).collect();
            for pair in found.windows(2) {
                assert!(pair[0] < pair[1], "{name}: «{}» must stand before «{}», once", pair[1], pair[0]);
            }
            let mut seen = HashSet::new();
            for word in found {
                assert!(seen.insert(any_norm(word)), "{name}: «{word}» is there in another spelling");
            }
        }
    }

    /// Nouns that a ministry needs more than the particles that are written alike: loss, orbit, understanding, guardian.
    const OUTWEIGH_PARTICLES: &[&str] = &["فقد", "فلك", "فهم", "ولي"];

    #[test]
    fn no_listed_word_hides_a_word_with_an_article_or_a_conjunction() {
        let lexicon = lexicon();
        let mut faults = Vec::new();
        for (word, _) in lexicon.forms.iter().filter(|(_, forms)| forms.plain) {
            if let Some(bare) = stem::without_article(word).filter(|bare| lexicon.is_attested(bare)) {
                faults.push(format!("«{word}» is also «{bare}» with an article"));
            }
            let rest = word.strip_prefix(['و', 'ف']).filter(|rest| lexicon.function_words.contains(*rest));
            if let Some(rest) = rest.filter(|_| !OUTWEIGH_PARTICLES.contains(&&**word)) {
                faults.push(format!("«{word}» is also a conjunction with «{rest}»"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }

    /// Words without their vowel signs, each with the list of whole words that has it.
    fn whole_words() -> Vec<(String, &'static str)> {
        let [attested, _, _, plurals, verbal_nouns, names, _, readings, _] = LISTS;
        let plain = |word: &str| word.chars().filter(|c| !is_arabic_mark(*c)).collect::<String>();
        let mut words: Vec<_> = [("attested.txt", attested), ("verbal_nouns.txt", verbal_nouns), ("names.txt", names)]
            .into_iter()
            .flat_map(|(name, list)| lines(list).map(move |word| (plain(word), name)))
            .collect();
        words.extend(lines(readings).filter_map(|line| Some((plain(line.split('\t').next()?), "readings.tsv"))));
        for row in plurals::rows(plurals) {
            words.push((plain(row.singular), "plurals.tsv"));
            words.extend(row.plurals().map(|plural| (plain(plural), "plurals.tsv")));
        }
        words
    }

    #[test]
    fn no_word_is_on_two_lists_of_whole_words() {
        let mut lists: HashMap<String, &str> = HashMap::new();
        let mut faults = Vec::new();
        for (word, list) in whole_words() {
            let other = lists.insert(word.clone(), list);
            if let Some(other) = other.filter(|other| *other != list) {
                faults.push(format!("{list}: «{word}» is in {other}, too"));
            }
        }
        faults.sort();
        assert!(faults.is_empty(), "{} lines have no effect:\n{}", faults.len(), faults.join("\n"));
    }

    /// The lists but for one.
    fn without(list: usize) -> Lexicon {
        let mut lists = LISTS;
        lists[list] = "";
        Lexicon::parse(lists)
    }

    #[test]
    fn no_line_is_without_effect() {
        let (all, no_exceptions, no_readings) = (lexicon(), without(1), without(7));
        let mut faults = Vec::new();
        for (word, stem) in &all.exceptions {
            if stem::arabic_by(&no_exceptions, word) == **stem {
                faults.push(format!("exceptions.tsv: the rules, too, read «{word}» as «{stem}»"));
            }
        }
        for word in &all.function_words {
            let rest = word.strip_prefix(['و', 'ف']).filter(|rest| all.function_words.contains(*rest));
            if let Some(rest) = rest.filter(|_| !all.is_attested(word)) {
                faults.push(format!("function_words.txt: «{word}» is a particle because «{rest}» is"));
            }
        }
        for root in &all.relations {
            let stem = stem::arabic(&format!("{root}ي"));
            if stem != format!("{root}ه") {
                faults.push(format!("relations.txt: «{root}ي» is read as «{stem}» and of no noun in ة"));
            }
        }
        for (word, other) in &all.readings {
            if readings::read_by(&no_readings, word, word) == readings::read_by(all, word, word) {
                faults.push(format!("readings.tsv: «{word}» is read so without the line of «{other}»"));
            }
        }
        faults.sort();
        assert!(faults.is_empty(), "{} lines have no effect:\n{}", faults.len(), faults.join("\n"));
    }

    #[test]
    fn no_word_is_both_whole_and_an_exception() {
        let lexicon = lexicon();
        for (word, stem) in &lexicon.exceptions {
            assert!(word == stem || !lexicon.is_attested(word), "{word} is in attested.txt and in exceptions.tsv");
            let of_stem = lexicon.exception(stem).unwrap_or(stem);
            assert_eq!(of_stem, &**stem, "the stem of {word} has another stem");
        }
    }
}
