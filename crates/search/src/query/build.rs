//! From words to the engine's query, built by hand.
//!
//! Every query is «this must be found» and «this ranks»: found is what has the words (their stems), however it ranks; the
//! spelling, pieces of words, titles and nearness only rank. All work is bounded by the words of the query.

use std::ops::Bound;

use diwan_arabic::ngrams;
use tantivy::{
    Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, Occur, PhraseQuery, Query, RangeQuery,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    parse::{ALL_WORDS_MAX, ParsedQuery, QueryWord},
    synonyms::Meant,
};
use crate::{
    api::Step,
    documents::schema::{Fields, GRAM_CHARS},
};

/// A word of the index that may be what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SimilarWord {
    /// Stem or norm.
    pub(crate) field: Field,
    pub(crate) term: String,
    /// Nothing else is as near, so it is what was meant.
    pub(crate) sure: bool,
}

/// For each of the words of [`ParsedQuery::words`], what may be meant; empty or as many as there are words.
pub(crate) type SimilarWords = Vec<Vec<SimilarWord>>;

/// What a step looks for and how it ranks that.
pub(crate) struct Plan {
    /// What must be found; its score counts.
    pub(crate) found: Box<dyn Query>,
    /// What else ranks and is in few documents: weighed for all that is found.
    pub(crate) titles: Vec<Box<dyn Query>>,
    /// What else ranks: weighed for the best of what is found.
    pub(crate) details: Vec<Box<dyn Query>>,
}

/// The plan of one step; `None` when the step asks for nothing that an earlier one did not.
pub(crate) fn build(
    parsed: &ParsedQuery,
    similar: &SimilarWords,
    meant: &[Meant<'_>],
    step: Step,
    fields: &Fields,
) -> Option<Plan> {
    let clauses = match step {
        Step::AsTyped => as_typed(parsed, &Vec::new(), meant, fields),
        Step::SimilarWords => as_typed(parsed, similar, meant, fields),
        Step::HalfOfWords | Step::AnyWord => fewer_words(parsed, similar, meant, fields, step)?,
        Step::Pieces => pieces(parsed, fields)?,
    };
    let title_words = title_stems(parsed, similar, fields);
    let titles = title_ranking(parsed, &title_words, meant, fields);
    let mut details = ranking(parsed, step, fields);
    let whole = whole_title(&title_words, fields);
    details.extend(whole.map(|query| -> Box<dyn Query> { Box::new(ConstScoreQuery::new(query, WHOLE_TITLE_WEIGHT)) }));
    Some(Plan { found: Box::new(BooleanQuery::new(clauses)), titles, details })
}

/// What no hit may be, if anything is left out. Collected by itself: the engine's own exclusion seeks backwards in phrases.
pub(crate) fn build_excluded(parsed: &ParsedQuery, fields: &Fields) -> Option<Box<dyn Query>> {
    if parsed.excluded.is_empty() {
        return None;
    }
    let queries = parsed.excluded.iter().map(|words| match words.as_slice() {
        [word] => vec![
            term(fields.stem, &word.stem, IndexRecordOption::Basic),
            term(fields.attached, &word.stem, IndexRecordOption::Basic),
        ],
        words => vec![phrase(fields, words)],
    });
    Some(at_least(1, queries.flatten().collect()))
}

/// What has all words; `None` where words are not what was asked for alone.
pub(crate) fn all_words(
    parsed: &ParsedQuery,
    similar: &SimilarWords,
    meant: &[Meant<'_>],
    fields: &Fields,
) -> Option<Box<dyn Query>> {
    let units = units(parsed, similar, meant, fields);
    (!units.is_empty()).then(|| at_least(units.len(), units))
}

type Clauses = Vec<(Occur, Box<dyn Query>)>;

/// What spelling, pieces, titles and nearness count beside a stem's 1.0; measured on public Arabic question collections.
const LEMMA_WEIGHT: f32 = 0.8;
/// What a word may also be counts far less than what it is.
const READING_WEIGHT: f32 = 0.4;
const NORM_WEIGHT: f32 = 0.3;
/// What a word counts that is written like that of the query («إعداد», not «أعداد»): it decides between equals.
const WRITTEN_WEIGHT: f32 = 0.05;
const GRAM_WEIGHT: f32 = 0.2;
const TITLE_WEIGHT: f32 = 1.0;
/// What a title counts that has all of several words: it is what was asked for, and not only about it.
const WHOLE_TITLE_WEIGHT: f32 = 1.0;
const SUMMARY_WEIGHT: f32 = 0.4;
const FUNCTION_WORD_WEIGHT: f32 = 0.25;
const NEIGHBOURS_WEIGHT: f32 = 0.4;
/// What each word counts that stands in a text at all, however frequent it is: more words are better than rarer ones.
const COVERAGE_WEIGHT: f32 = 0.3;
/// What stands in an attachment counts less than any text of the entry itself.
const ATTACHED_WEIGHT: f32 = 0.2;
/// A similar word counts less than the word itself, but for one that is sure.
const SIMILAR_WEIGHT: f32 = 0.5;
/// What may stand for a word counts nearly as much.
const SYNONYM_WEIGHT: f32 = 0.8;
/// How far apart neighbours of the query may stand and still rank.
const NEIGHBOURS_SLOP: u32 = 2;
/// Queries of more than a few words want so many of a hundred.
const MOST_WORDS_PERCENT: usize = 70;
/// Pieces of a hundred that count as found when whole words did not.
const PIECES_PERCENT: usize = 60;
/// Pieces of a hundred that bring in what has none of a question's words.
const QUESTION_PIECES_PERCENT: usize = 30;

/// Phrases and the beginning always, all or most of the words.
fn as_typed(parsed: &ParsedQuery, similar: &SimilarWords, meant: &[Meant<'_>], fields: &Fields) -> Clauses {
    let mut clauses: Clauses = Vec::new();
    for words in &parsed.phrases {
        clauses.push((Occur::Must, phrase(fields, words)));
    }
    if let Some(prefix) = &parsed.prefix {
        clauses.push((Occur::Must, beginning(fields, prefix)));
    }
    let units = units(parsed, similar, meant, fields);
    let count = units.len();
    let needed = if count <= ALL_WORDS_MAX { count } else { (count * MOST_WORDS_PERCENT).div_ceil(100) };
    if count > 0 {
        clauses.push((Occur::Must, at_least(needed, units)));
    }
    clauses
}

/// The words to be found, those together for which something else may stand.
fn units(parsed: &ParsedQuery, similar: &SimilarWords, meant: &[Meant<'_>], fields: &Fields) -> Vec<Box<dyn Query>> {
    let names_number = parsed.names_number();
    let word = |index: usize| {
        let word = &parsed.words[index];
        let itself = word_query(fields, word, similar.get(index));
        if names_number { or_kind(itself, word, fields) } else { itself }
    };
    let (mut units, mut next) = (Vec::new(), 0);
    for unit in meant {
        units.extend((next..unit.from).map(word));
        next = unit.from + unit.count;
        let itself = at_least(unit.count, (unit.from..next).map(word).collect());
        units.push(or_instead(itself, unit, fields));
    }
    units.extend((next..parsed.words.len()).map(word));
    units
}

/// Words, or what may stand for them.
fn or_instead(itself: Box<dyn Query>, unit: &Meant<'_>, fields: &Fields) -> Box<dyn Query> {
    let mut queries = vec![itself];
    for stems in &unit.instead {
        queries.push(weighted(stems_query(fields, stems), SYNONYM_WEIGHT));
    }
    Box::new(DisjunctionMaxQuery::new(queries))
}

/// A word, or an entry that is called so.
fn or_kind(itself: Box<dyn Query>, word: &QueryWord, fields: &Fields) -> Box<dyn Query> {
    let kinds = word.stems().map(|stem| term(fields.kind, stem, IndexRecordOption::Basic));
    Box::new(DisjunctionMaxQuery::new(std::iter::once(itself).chain(kinds).collect()))
}

fn stems_query(fields: &Fields, stems: &[String]) -> Box<dyn Query> {
    match stems {
        [stem] => {
            any_of([fields.stem, fields.lemma].map(|field| term(field, stem, IndexRecordOption::WithFreqs)).into())
        }
        stems => {
            Box::new(PhraseQuery::new(stems.iter().map(|stem| Term::from_field_text(fields.stem, stem)).collect()))
        }
    }
}

/// Some of all words; phrases count as their words, the beginning as one.
fn fewer_words(
    parsed: &ParsedQuery,
    similar: &SimilarWords,
    meant: &[Meant<'_>],
    fields: &Fields,
    step: Step,
) -> Option<Clauses> {
    let mut queries = Vec::new();
    for word in parsed.all_words() {
        let index = parsed.words.iter().position(|other| other.stem == word.stem);
        let itself = word_query(fields, word, index.and_then(|index| similar.get(index)));
        let unit = meant.iter().find(|unit| unit.count == 1 && Some(unit.from) == index);
        queries.push(match unit {
            Some(unit) => or_instead(itself, unit, fields),
            None => itself,
        });
    }
    queries.extend(parsed.prefix.as_deref().map(|prefix| beginning(fields, prefix)));
    let loosely = step == Step::AnyWord && parsed.is_question();
    // A single word cannot be fewer, unless it was a phrase of function words and others.
    if queries.len() < 2 && parsed.phrases.is_empty() && !loosely || queries.is_empty() {
        return None;
    }
    let needed = if step == Step::HalfOfWords { queries.len().div_ceil(2) } else { 1 };
    let words = at_least(needed, queries);
    let Some(pieces) = some_pieces(&all_grams(parsed), fields, QUESTION_PIECES_PERCENT).filter(|_| loosely) else {
        return Some(vec![(Occur::Must, words)]);
    };
    // Pieces are weighed with the details; here they only bring in what has them.
    let either: Clauses = vec![(Occur::Should, words), (Occur::Should, Box::new(ConstScoreQuery::new(pieces, 0.0)))];
    Some(vec![(Occur::Must, Box::new(BooleanQuery::new(either)))])
}

/// Most pieces of the words that are not known to be spelt well: «لجنة» stands in «الجنة» letter by letter and is no slip.
fn pieces(parsed: &ParsedQuery, fields: &Fields) -> Option<Clauses> {
    let unknown = parsed.all_words().into_iter().filter(|word| !word.is_spelt_well());
    let grams = grams_of(unknown.map(|word| word.norm.as_str()).chain(parsed.prefix.as_deref()));
    Some(vec![(Occur::Must, some_pieces(&grams, fields, PIECES_PERCENT)?)])
}

/// So many of a hundred pieces of all words.
fn some_pieces(grams: &[String], fields: &Fields, percent: usize) -> Option<Box<dyn Query>> {
    if grams.is_empty() {
        return None;
    }
    let needed = (grams.len() * percent).div_ceil(100);
    let queries = grams.iter().map(|gram| term(fields.gram, gram, IndexRecordOption::WithFreqs)).collect();
    Some(at_least(needed, queries))
}

/// For each word the stems that a title may have instead of it. Singular, plural and the correction of a slip weigh alike:
/// titles are indexed with their singulars too.
fn title_stems<'a>(parsed: &'a ParsedQuery, similar: &'a SimilarWords, fields: &Fields) -> Vec<Vec<&'a str>> {
    let stems = |word: &'a QueryWord| {
        let index = parsed.words.iter().position(|other| other.stem == word.stem);
        let sure = index.and_then(|index| similar.get(index)).into_iter().flatten().filter(|similar| similar.sure);
        let corrected = sure.filter(|similar| similar.field == fields.stem).map(|similar| similar.term.as_str());
        word.stems().chain(corrected).collect()
    };
    parsed.all_words().into_iter().map(stems).collect()
}

/// Titles that have all of several words.
fn whole_title(words: &[Vec<&str>], fields: &Fields) -> Option<Box<dyn Query>> {
    let word = |stems: &Vec<&str>| {
        any_of(stems.iter().map(|stem| term(fields.title_stem, stem, IndexRecordOption::Basic)).collect())
    };
    (words.len() > 1).then(|| at_least(words.len(), words.iter().map(word).collect()))
}

/// What ranks by titles and summaries.
fn title_ranking(
    parsed: &ParsedQuery,
    words: &[Vec<&str>],
    meant: &[Meant<'_>],
    fields: &Fields,
) -> Vec<Box<dyn Query>> {
    let frequencies = IndexRecordOption::WithFreqs;
    let mut queries = Vec::new();
    for stems in words {
        for (field, weight) in [(fields.title_stem, TITLE_WEIGHT), (fields.summary_stem, SUMMARY_WEIGHT)] {
            let terms: Vec<Box<dyn Query>> = stems.iter().map(|stem| term(field, stem, frequencies)).collect();
            queries.push(weighted(any_of(terms), weight));
        }
        // What an entry is called counts with its number like a word of its title.
        if parsed.names_number() {
            let kinds = stems.iter().map(|stem| term(fields.kind, stem, IndexRecordOption::Basic)).collect();
            queries.push(weighted(any_of(kinds), TITLE_WEIGHT));
        }
    }
    for stems in meant.iter().flat_map(|unit| &unit.instead) {
        if let [stem] = stems {
            queries.push(weighted(term(fields.title_stem, stem, frequencies), TITLE_WEIGHT * SYNONYM_WEIGHT));
        }
    }
    queries
}

/// What ranks by the texts beside the words themselves.
fn ranking(parsed: &ParsedQuery, step: Step, fields: &Fields) -> Vec<Box<dyn Query>> {
    let frequencies = IndexRecordOption::WithFreqs;
    let mut queries = Vec::new();
    for word in parsed.all_words() {
        queries.push(weighted(term(fields.norm, &word.norm, frequencies), NORM_WEIGHT));
    }
    for written in parsed.all_words().iter().filter_map(|word| word.written.as_deref()) {
        let written = term(fields.written, written, IndexRecordOption::Basic);
        queries.push(Box::new(ConstScoreQuery::new(written, WRITTEN_WEIGHT)));
    }
    for word in &parsed.function_words {
        queries.push(weighted(term(fields.stem, &word.stem, frequencies), FUNCTION_WORD_WEIGHT));
    }
    for gram in all_grams(parsed) {
        queries.push(weighted(term(fields.gram, &gram, frequencies), GRAM_WEIGHT));
    }
    // Where all words are found anyway, they need not be counted.
    let counted = step != Step::AsTyped || parsed.words.len() > ALL_WORDS_MAX;
    for word in parsed.all_words().into_iter().filter(|_| counted) {
        queries.push(Box::new(ConstScoreQuery::new(word_query(fields, word, None), COVERAGE_WEIGHT)));
    }
    for (one, other) in &parsed.neighbours {
        let terms = [one, other].map(|stem| Term::from_field_text(fields.stem, stem));
        let near = PhraseQuery::new_with_offset_and_slop(terms.into_iter().enumerate().collect(), NEIGHBOURS_SLOP);
        queries.push(weighted(Box::new(near), NEIGHBOURS_WEIGHT));
    }
    queries
}

/// The different pieces of all words and of the beginning.
fn all_grams(parsed: &ParsedQuery) -> Vec<String> {
    grams_of(parsed.all_words().into_iter().map(|word| word.norm.as_str()).chain(parsed.prefix.as_deref()))
}

fn grams_of<'a>(norms: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut grams: Vec<String> = Vec::new();
    for gram in norms.flat_map(|norm| ngrams(norm, GRAM_CHARS)) {
        if grams.len() < GRAMS_MAX && !grams.iter().any(|other| other == gram) {
            grams.push(gram.to_owned());
        }
    }
    grams
}

/// Most pieces of one query that are looked up.
const GRAMS_MAX: usize = 128;

/// A word by its stem, as singular and plural of each other, or one of the similar ones.
fn word_query(fields: &Fields, word: &QueryWord, similar: Option<&Vec<SimilarWord>>) -> Box<dyn Query> {
    let frequencies = IndexRecordOption::WithFreqs;
    let mut queries = vec![term(fields.stem, &word.stem, frequencies)];
    for singular in word.singulars {
        queries.push(weighted(term(fields.stem, singular, frequencies), LEMMA_WEIGHT));
        queries.push(weighted(term(fields.lemma, singular, frequencies), LEMMA_WEIGHT));
    }
    if word.singulars.is_empty() {
        queries.push(weighted(term(fields.lemma, &word.stem, frequencies), LEMMA_WEIGHT));
    }
    for stem in word.stems() {
        queries.push(weighted(term(fields.attached, stem, frequencies), ATTACHED_WEIGHT));
    }
    queries.push(weighted(term(fields.reading, &word.stem, frequencies), READING_WEIGHT));
    for reading in &word.readings {
        for field in [fields.stem, fields.lemma, fields.reading] {
            queries.push(weighted(term(field, reading, frequencies), READING_WEIGHT));
        }
    }
    let similar = similar.map(Vec::as_slice).unwrap_or_default();
    for SimilarWord { field, term: text, sure } in similar {
        let weight = if *sure { 1.0 } else { SIMILAR_WEIGHT };
        queries.push(weighted(term(*field, text, IndexRecordOption::WithFreqs), weight));
    }
    Box::new(DisjunctionMaxQuery::new(queries))
}

/// Words next to each other by their stems; a single one in quotes is wanted as spelt.
fn phrase(fields: &Fields, words: &[QueryWord]) -> Box<dyn Query> {
    match words {
        [word] => term(fields.norm, &word.norm, IndexRecordOption::WithFreqs),
        words => {
            let terms = |field| words.iter().map(|word| Term::from_field_text(field, &word.stem)).collect();
            let own: Box<dyn Query> = Box::new(PhraseQuery::new(terms(fields.stem)));
            let attached = weighted(Box::new(PhraseQuery::new(terms(fields.attached))), ATTACHED_WEIGHT);
            Box::new(DisjunctionMaxQuery::new(vec![own, attached]))
        }
    }
}

/// Words that begin so, with or without an article and what may stand before it.
fn beginning(fields: &Fields, prefix: &str) -> Box<dyn Query> {
    let mut queries = vec![term(fields.stem, prefix, IndexRecordOption::WithFreqs)];
    for (field, prefix) in beginnings(fields, prefix) {
        let from = Bound::Included(Term::from_field_text(field, prefix));
        let to = Bound::Excluded(Term::from_field_text(field, &format!("{prefix}\u{10FFFF}")));
        queries.push(Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(from, to)), 1.0)));
    }
    Box::new(DisjunctionMaxQuery::new(queries))
}

/// Where words that begin so are looked up: as spelt, and by their stem, which has no article.
pub(crate) fn beginnings<'a>(fields: &Fields, prefix: &'a str) -> Vec<(Field, &'a str)> {
    let bare = prefix.strip_prefix("ال").filter(|rest| rest.chars().count() >= 2);
    let attached = Some((fields.attached, bare.unwrap_or(prefix)));
    [Some((fields.norm, prefix)), Some((fields.stem, prefix)), bare.map(|rest| (fields.stem, rest)), attached]
        .into_iter()
        .flatten()
        .collect()
}

fn any_of(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.pop() {
        Some(only) if queries.is_empty() => only,
        last => Box::new(DisjunctionMaxQuery::new(queries.into_iter().chain(last).collect())),
    }
}

fn at_least(needed: usize, mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    if queries.len() == 1
        && let Some(only) = queries.pop()
    {
        return only;
    }
    let clauses = queries.into_iter().map(|query| (Occur::Should, query)).collect();
    Box::new(BooleanQuery::with_minimum_required_clauses(clauses, needed))
}

fn term(field: Field, text: &str, record: IndexRecordOption) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), record))
}

fn weighted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}
