//! Words of the index that may be meant instead of those of a query: spelt nearly like one, or written together or apart:
//! «عبدالله» for «عبد الله», and the other way round.

use std::cmp::Reverse;

use diwan_arabic::{edit_distance, is_function_word, stem};
use tantivy::{
    Term,
    query::FuzzyTermQuery,
    schema::{Field, Type},
};

use crate::{
    documents::schema::Fields,
    error::SearchError,
    hits::filters::VisibleDocuments,
    query::{
        build::{SimilarWord, SimilarWords},
        parse::{ParsedQuery, QueryWord, is_known},
        synonyms::Meant,
    },
};

/// Shorter words have too many neighbours that mean something else.
const MIN_CHARS: usize = 4;
/// From here on two edits are allowed.
const TWO_EDITS_MIN_CHARS: usize = 8;
/// Longer ones are no words, and their automata are large.
const MAX_CHARS: usize = 24;
/// Most similar words for one.
const MAX_SIMILAR: usize = 8;
/// Most terms of one segment that are looked at for one word.
const MAX_TERMS: usize = 1_000;
/// Shorter parts are no words of weight.
const PART_MIN_CHARS: usize = 3;
/// Longer runs of letters are no two words.
const PARTED_MAX_CHARS: usize = 24;
/// Most ways to part one word.
const PARTINGS_MAX: usize = 4;

/// What may be meant instead of the words of a query.
#[derive(Debug, Default)]
pub(crate) struct OtherWords {
    /// Words that are spelt nearly like them.
    pub(crate) similar: SimilarWords,
    /// Words that are written together or apart.
    respaced: Vec<Respaced>,
}

impl OtherWords {
    /// Looks them up in what the caller may see.
    pub(crate) fn of(
        documents: &VisibleDocuments<'_>,
        fields: &Fields,
        parsed: &ParsedQuery,
    ) -> Result<Self, SearchError> {
        let similar = similar_words(documents, fields, parsed)?;
        Ok(Self { similar, respaced: respaced(documents, fields, parsed)? })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.similar.iter().all(Vec::is_empty) && self.respaced.is_empty()
    }

    /// The words that are written otherwise beside those that have synonyms already, in their order and without overlap.
    pub(crate) fn beside<'a>(&'a self, synonyms: &[Meant<'a>]) -> Vec<Meant<'a>> {
        let mut all = synonyms.to_vec();
        for Respaced { from, count, instead } in &self.respaced {
            let free = all.iter().all(|other| from + count <= other.from || other.from + other.count <= *from);
            if free {
                all.push(Meant { from: *from, count: *count, instead: instead.iter().map(Vec::as_slice).collect() });
            }
        }
        all.sort_by_key(|unit| unit.from);
        all
    }
}

/// Similar words for the words that are in no document that the caller may see; if all stand somewhere, for all of them.
///
/// Two words that are both known to be spelt well are never taken for each other: «وقود» is no slip for «وقد». What is near one
/// such word may be a slip of a text; it is found, but never named as what was meant.
fn similar_words(
    documents: &VisibleDocuments<'_>,
    fields: &Fields,
    parsed: &ParsedQuery,
) -> Result<SimilarWords, SearchError> {
    let mut missing = Vec::with_capacity(parsed.words.len());
    for word in &parsed.words {
        missing.push(documents.count(&Term::from_field_text(fields.stem, &word.stem), 1)? == 0);
    }
    let all = missing.iter().all(|missing| !missing);
    let mut similar = Vec::with_capacity(parsed.words.len());
    for (word, missing) in parsed.words.iter().zip(missing) {
        similar.push(if missing || all { similar_to(documents, fields, word)? } else { Vec::new() });
    }
    Ok(similar)
}

/// A term of the index, how far it is from the word and in how many documents it is.
struct Candidate {
    edits: usize,
    documents: u64,
    field: Field,
    term: String,
}

fn similar_to(
    documents: &VisibleDocuments<'_>,
    fields: &Fields,
    word: &QueryWord,
) -> Result<Vec<SimilarWord>, SearchError> {
    let mut candidates = Vec::new();
    // A slip may hide from the stemmer what it knows of the word: then the whole word is near the stem.
    let bare = word.norm.strip_prefix("ال").unwrap_or(&word.norm);
    let whole = (bare != word.stem).then_some((fields.stem, bare));
    for (field, text) in [(fields.stem, &*word.stem), (fields.norm, &*word.norm)].into_iter().chain(whole) {
        let chars = text.chars().count();
        if (MIN_CHARS..=MAX_CHARS).contains(&chars) && !text.bytes().any(|byte| byte.is_ascii_digit()) {
            let max_edits = if chars >= TWO_EDITS_MIN_CHARS { 2 } else { 1 };
            let known = is_known(text);
            collect(documents, field, text, max_edits, known, &mut candidates)
                .map_err(SearchError::engine("look for similar words in"))?;
        }
    }
    let rank = |candidate: &Candidate| (candidate.edits, Reverse(candidate.documents));
    candidates.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.term.cmp(&b.term)));
    candidates.truncate(MAX_SIMILAR);
    // What is near a word that is spelt well is a slip of the text, and nothing to be named instead.
    let sure = if word.is_spelt_well() { vec![false; candidates.len()] } else { sure(&candidates) };
    let similar = candidates.into_iter().zip(sure);
    Ok(similar.map(|(Candidate { field, term, .. }, sure)| SimilarWord { field, term, sure }).collect())
}

/// Which candidates must be meant: those of one word that is nearer than all others. Two edits lead to a word that is known.
fn sure(candidates: &[Candidate]) -> Vec<bool> {
    let Some(best) = candidates.first() else { return Vec::new() };
    let nearest: Vec<String> = candidates
        .iter()
        .filter(|candidate| candidate.edits == best.edits)
        .map(|nearest| stem(&nearest.term))
        .collect();
    let is_one_word = nearest.iter().all(|stem| *stem == nearest[0]);
    let is_sure = is_one_word && (best.edits < 2 || is_known(&best.term));
    candidates.iter().map(|candidate| is_sure && candidate.edits == best.edits).collect()
}

fn begins_equal(one: &str, other: &str) -> bool {
    one.chars().next() == other.chars().next()
}

/// Whether the first letters are the same or sound the same. They are seldom wrong otherwise, and without them «لجنة» would
/// be near «جنة».
fn begins_alike(one: &str, other: &str) -> bool {
    match (one.chars().next(), other.chars().next()) {
        (Some(one), Some(other)) => {
            one == other || ALIKE.iter().any(|group| group.contains(one) && group.contains(other))
        }
        (None, _) | (_, None) => false,
    }
}

/// Letters that are mistaken for each other in writing: of one shape without their dots, or that many speakers pronounce alike.
const ALIKE: [&str; 14] = ["جحخ", "بتثني", "دذ", "رز", "سش", "صض", "طظ", "عغ", "فق", "ضظ", "ذز", "ثس", "صس", "طت"];

/// Walks the dictionaries along an automaton of the word, so that only near terms are visited.
fn collect(
    documents: &VisibleDocuments<'_>,
    field: Field,
    text: &str,
    max_edits: u8,
    known: bool,
    candidates: &mut Vec<Candidate>,
) -> tantivy::Result<()> {
    let term = Term::from_field_text(field, text);
    debug_assert_eq!(term.typ(), Type::Str);
    let automaton = FuzzyTermQuery::new(term, max_edits, true).automaton()?;
    for visible in documents.segments() {
        let index = visible.segment.inverted_index(field)?;
        let mut stream = index.terms().search(&automaton).into_stream()?;
        let mut seen = 0;
        while seen < MAX_TERMS && stream.advance() {
            seen += 1;
            let Ok(found) = std::str::from_utf8(stream.key()) else { continue };
            let may_be_meant = match known {
                true => begins_equal(found, text) && !is_known(found) && !is_function_word(found),
                false => begins_alike(found, text),
            };
            if found == text || !may_be_meant {
                continue;
            }
            let known = candidates.iter_mut().find(|other| other.field == field && other.term == found);
            let edits = match &known {
                Some(known) => Some(known.edits),
                None => edit_distance(text, found, usize::from(max_edits)),
            };
            let Some(edits) = edits else { continue };
            let documents = visible.count(&index, stream.value(), u64::MAX)?;
            match known {
                Some(known) => known.documents += documents,
                None if documents == 0 => {}
                None => candidates.push(Candidate { edits, documents, field, term: found.to_owned() }),
            }
        }
    }
    Ok(())
}

/// Words of a query that may be written otherwise, by what is in the index.
#[derive(Debug)]
struct Respaced {
    from: usize,
    count: usize,
    instead: Vec<Vec<String>>,
}

/// Looks which words that stand nowhere are two that stand somewhere, and which two neighbours stand somewhere as one.
fn respaced(
    visible: &VisibleDocuments<'_>,
    fields: &Fields,
    parsed: &ParsedQuery,
) -> Result<Vec<Respaced>, SearchError> {
    let documents = |stem: &str, enough| visible.count(&Term::from_field_text(fields.stem, stem), enough);
    let mut found = Vec::new();
    for (from, word) in parsed.words.iter().enumerate() {
        if documents(&word.stem, 1)? == 0 && !word.is_spelt_well() {
            let instead = partings(word, &documents)?;
            found.extend((!instead.is_empty()).then_some(Respaced { from, count: 1, instead }));
        }
        let Some(next) = parsed.words.get(from + 1) else { continue };
        let neighbours = parsed.neighbours.iter().any(|(one, other)| *one == word.stem && *other == next.stem);
        let together = stem(&format!("{}{}", word.norm, next.norm));
        if neighbours && documents(&together, 1)? > 0 {
            found.push(Respaced { from, count: 2, instead: vec![vec![together]] });
        }
    }
    Ok(found)
}

/// The ways to part a word into two that are both in the index, those of frequent words first; else into a short function
/// word and what follows it.
fn partings(word: &QueryWord, documents: &Documents<'_>) -> Result<Vec<Vec<String>>, SearchError> {
    if word.norm.chars().count() > PARTED_MAX_CHARS {
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

/// Two parts of a run of letters that are both in the index, and in how many documents the rarer one does.
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
