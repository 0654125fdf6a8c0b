//! Words of the index that are spelt nearly like one of the query.

use diwan_arabic::{edit_distance, is_function_word, stem};
use tantivy::{
    Term,
    query::FuzzyTermQuery,
    schema::{Field, Type},
};

use crate::{
    documents::schema::Fields,
    error::SearchError,
    hits::visible::VisibleDocuments,
    query::{
        build::{SimilarWord, SimilarWords},
        parse::{ParsedQuery, QueryWord, is_known},
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

/// Similar words for the words that are in no document that the caller may see; if all stand somewhere, for all of them.
///
/// Two words that are both known to be spelt well are never taken for each other: «وقود» is no slip for «وقد». What is near one
/// such word may be a slip of a text; it is found, but never named as what was meant.
pub(crate) fn similar_words(
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
    let rank = |candidate: &Candidate| (candidate.edits, std::cmp::Reverse(candidate.documents));
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
