//! Words that are written together or apart: «عبدالله» for «عبد الله», and the other way round.

use std::cmp::Reverse;

use diwan_arabic::{is_function_word, stem};
use tantivy::Term;

use crate::{
    documents::schema::Fields,
    error::SearchError,
    hits::visible::VisibleDocuments,
    query::{
        parse::{ParsedQuery, QueryWord},
        synonyms::Meant,
    },
};

/// Shorter parts are no words of weight.
const PART_MIN_CHARS: usize = 3;
/// Longer runs of letters are no two words.
const MAX_CHARS: usize = 24;
/// Most ways to part one word.
const PARTINGS_MAX: usize = 4;

/// Words of a query that may be written otherwise, by what stands in the index.
#[derive(Debug, Default)]
pub(crate) struct Spacing {
    units: Vec<Unit>,
}

#[derive(Debug)]
struct Unit {
    from: usize,
    count: usize,
    instead: Vec<Vec<String>>,
}

impl Spacing {
    /// Looks which words that stand nowhere are two that stand somewhere, and which two neighbours stand somewhere as one.
    pub(crate) fn of(
        visible: &VisibleDocuments<'_>,
        fields: &Fields,
        parsed: &ParsedQuery,
    ) -> Result<Self, SearchError> {
        let documents = |stem: &str, enough| visible.count(&Term::from_field_text(fields.stem, stem), enough);
        let mut units = Vec::new();
        for (from, word) in parsed.words.iter().enumerate() {
            if documents(&word.stem, 1)? == 0 && !word.is_spelt_well() {
                let instead = partings(word, &documents)?;
                units.extend((!instead.is_empty()).then_some(Unit { from, count: 1, instead }));
            }
            let Some(next) = parsed.words.get(from + 1) else { continue };
            let neighbours = parsed.neighbours.iter().any(|(one, other)| *one == word.stem && *other == next.stem);
            let together = stem(&format!("{}{}", word.norm, next.norm));
            if neighbours && documents(&together, 1)? > 0 {
                units.push(Unit { from, count: 2, instead: vec![vec![together]] });
            }
        }
        Ok(Self { units })
    }

    /// Whether no word may be written otherwise.
    pub(crate) fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// These words beside those that have synonyms already, in their order and without overlap.
    pub(crate) fn beside<'a>(&'a self, synonyms: &[Meant<'a>]) -> Vec<Meant<'a>> {
        let mut all = synonyms.to_vec();
        for Unit { from, count, instead } in &self.units {
            let free = all.iter().all(|other| from + count <= other.from || other.from + other.count <= *from);
            if free {
                all.push(Meant { from: *from, count: *count, instead: instead.iter().map(Vec::as_slice).collect() });
            }
        }
        all.sort_by_key(|unit| unit.from);
        all
    }
}

/// The ways to part a word into two that both stand in the index, those of frequent words first; else into a short function
/// word and what follows it.
fn partings(word: &QueryWord, documents: &Documents<'_>) -> Result<Vec<Vec<String>>, SearchError> {
    if word.norm.chars().count() > MAX_CHARS {
        return Ok(Vec::new());
    }
    let mut found = two_parts(&word.norm, documents)?;
    let as_two = !found.is_empty();
    for (index, _) in word.norm.char_indices().skip(2).take(2) {
        let (first, rest) = word.norm.split_at(index);
        if !as_two && is_function_word(first) && documents(&stem(first), 1)? > 0 {
            let more = two_parts(rest, documents)?;
            found.extend(more.into_iter().map(|(rank, stems)| (rank, [vec![stem(first)], stems].concat())));
        }
    }
    found.sort();
    found.truncate(PARTINGS_MAX);
    Ok(found.into_iter().map(|(_, stems)| stems).collect())
}

/// The stems of the parts of a word, and in how many documents the rarest one stands.
type Parting = (Reverse<u64>, Vec<String>);

/// Returns in how many documents a stem is; the count may end once it has reached the number.
type Documents<'a> = dyn Fn(&str, u64) -> Result<u64, SearchError> + 'a;

/// Two parts of a run of letters that both stand in the index, and in how many documents the rarer one does.
fn two_parts(letters: &str, documents: &Documents<'_>) -> Result<Vec<Parting>, SearchError> {
    let mut found = Vec::new();
    let starts = (letters.chars().count() + 1).saturating_sub(2 * PART_MIN_CHARS);
    for (index, _) in letters.char_indices().skip(PART_MIN_CHARS).take(starts) {
        let (one, other) = letters.split_at(index);
        let stems = [stem(one), stem(other)];
        if documents(&stems[0], 1)? > 0 && documents(&stems[1], 1)? > 0 {
            let rarer = documents(&stems[0], u64::MAX)?.min(documents(&stems[1], u64::MAX)?);
            found.push((Reverse(rarer), stems.to_vec()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use crate::samples::{index_of, news, numbers, request};

    #[test]
    fn words_written_together_or_apart_are_found() {
        let (_folder, index) = index_of([
            news(1, "بلاغ", "وقّع عبد الله الصالح إعلان الموازنة العامة."),
            news(2, "بلاغ", "حضر عبدالرحمن الجلسة في وادي النطرون."),
            news(3, "بلاغ", "انتهت جلسة العبد."),
            news(4, "بلاغ", "يفتتح المعرض غدًا إن شاء الله تعالى."),
        ]);
        for (query, expected) in [
            ("عبدالله", &[1][..]),
            ("الموازنةالعامة", &[1]),
            ("عبد الرحمن", &[2]),
            ("جلسة عبد الرحمن", &[2]),
            ("واديالنطرون", &[2]),
            ("انشاءالله", &[4]),
            ("إنشاءالله", &[4]),
        ] {
            let answer = index.search(&request(query)).unwrap();
            let whole = answer.hits.iter().take_while(|hit| !hit.fewer_words).count();
            assert_eq!((&numbers(&answer)[..whole], answer.relaxed), (expected, true), "{query}");
        }
        assert_eq!(index.search(&request("عبدخرافي")).unwrap().total, 0);
    }
}
