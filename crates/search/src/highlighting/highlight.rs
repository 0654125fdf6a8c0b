//! The found words on their original spelling, in safe HTML.
//!
//! Only stretches of a text in which the index has a found word are analysed, and the analysis decides what is marked.
//! Lengths are counted in characters, never in bytes: an Arabic letter has two. Words are marked whole, and only those that
//! were found as words; what only a piece of a word hit is not marked.

use std::collections::{HashMap, HashSet};

use diwan_arabic::{Token, stem, tokenize};
use tantivy::{
    DocAddress, DocId, DocSet as _, Searcher, SegmentOrdinal, Term,
    postings::Postings as _,
    schema::{Field, IndexRecordOption},
};

use super::fragments::{Mark, fragments, render};
use crate::{
    api::{AttachmentHit, Step},
    documents::{
        document::{ShownText, StoredAttachment, TEXT_MAX_BYTES},
        schema::Fields,
    },
    error::SearchError,
    hits::collector::by_segment,
    query::{
        build::{SimilarWord, SimilarWords, beginnings},
        parse::{ParsedQuery, QueryWord},
        synonyms::Meant,
    },
};

/// How much text is looked at for all hits of one page, and for each hit at least.
const PAGE_MAX_BYTES: usize = 600_000;
const HIT_MIN_BYTES: usize = 4_000;

/// How much text may still be looked at for highlights. Best hits come first and take what they need.
#[derive(Debug)]
pub(crate) struct TextBudget {
    page: usize,
    hit: usize,
}

impl Default for TextBudget {
    fn default() -> Self {
        Self { page: PAGE_MAX_BYTES, hit: HIT_MIN_BYTES }
    }
}

impl TextBudget {
    /// The next hit has its least share, whatever the others took.
    pub(crate) fn next_hit(&mut self) {
        self.hit = HIT_MIN_BYTES;
    }

    /// The beginning of a text that may be looked at.
    pub(crate) fn take<'a>(&mut self, text: &'a str) -> &'a str {
        let taken = &text[..text.floor_char_boundary(self.page.max(self.hit).min(TEXT_MAX_BYTES))];
        self.page = self.page.saturating_sub(taken.len());
        self.hit = self.hit.saturating_sub(taken.len());
        taken
    }
}

/// What is marked for one query.
pub(crate) struct Marker {
    /// Stems and norms of single words, each with the number of the query's word that it stands for.
    stems: HashMap<String, usize>,
    norms: HashMap<String, usize>,
    stem_beginnings: Vec<String>,
    norm_beginnings: Vec<String>,
    /// Stems that are marked only next to each other.
    phrases: Vec<Vec<String>>,
    /// A single word in quotes is marked as it is written.
    has_quoted: bool,
}

/// A text and the words that are marked in it.
pub(crate) struct MarkedText<'a> {
    pub(super) text: &'a str,
    /// Words that were looked at; marks are among them.
    pub(super) words: Vec<Token<'a>>,
    pub(super) marks: Vec<Mark>,
}

/// Stands for the beginning of a word that is looked for.
const BEGINNING: usize = usize::MAX / 2;

impl Marker {
    /// What the given step of a query looked for.
    pub(crate) fn new(
        parsed: &ParsedQuery,
        similar: &SimilarWords,
        meant: &[Meant<'_>],
        step: Step,
        fields: &Fields,
    ) -> Self {
        let mut marker = Self {
            stems: HashMap::new(),
            norms: HashMap::new(),
            stem_beginnings: Vec::new(),
            norm_beginnings: Vec::new(),
            phrases: Vec::new(),
            has_quoted: false,
        };
        let whole_phrases = step.has_all_words();
        for (number, QueryWord { norm: _, stem, written: _, singulars, readings }) in parsed.words.iter().enumerate() {
            // «15/2026» is marked where its numbers stand.
            for part in stem.split('/').filter(|part| part.len() < stem.len()) {
                marker.stems.insert(part.to_owned(), number);
            }
            marker.stems.insert(stem.clone(), number);
            for other in singulars.iter().chain(readings) {
                marker.stems.entry(other.to_string()).or_insert(number);
            }
            if step == Step::AsTyped {
                continue;
            }
            for SimilarWord { field, term, .. } in similar.get(number).into_iter().flatten() {
                let terms = if *field == fields.stem { &mut marker.stems } else { &mut marker.norms };
                terms.entry(term.clone()).or_insert(number);
            }
        }
        for unit in meant {
            marker.add_instead(unit);
        }
        for (index, phrase) in parsed.phrases.iter().enumerate() {
            match phrase.as_slice() {
                [QueryWord { norm, .. }] => {
                    marker.has_quoted = true;
                    marker.norms.insert(norm.clone(), parsed.words.len() + index);
                }
                words if whole_phrases => {
                    marker.phrases.push(words.iter().map(|word| word.stem.clone()).collect());
                }
                words => {
                    let number = parsed.words.len() + index;
                    marker.stems.extend(words.iter().map(|word| (word.stem.clone(), number)));
                }
            }
        }
        for (field, beginning) in parsed.prefix.iter().flat_map(|prefix| beginnings(fields, prefix)) {
            let stems = field == fields.stem || field == fields.attached;
            let list = if stems { &mut marker.stem_beginnings } else { &mut marker.norm_beginnings };
            list.push(beginning.to_owned());
        }
        marker
    }

    /// What may stand for words of the query.
    fn add_instead(&mut self, unit: &Meant<'_>) {
        for stems in &unit.instead {
            match stems {
                [stem] => {
                    self.stems.entry(stem.clone()).or_insert(unit.from);
                }
                stems => self.phrases.push(stems.to_vec()),
            }
        }
    }

    /// Where in these documents words may be marked.
    pub(crate) fn places(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        documents: &[DocAddress],
    ) -> Result<Places, SearchError> {
        let by_stem = [fields.stem, fields.lemma, fields.reading];
        let stems_of_norms: Vec<String> = self.norms.keys().flat_map(|norm| stems_of_norm(norm)).collect();
        let stems = self.stems.keys().flat_map(|stem| by_stem.map(|field| (field, stem.as_str())));
        let phrases = self.phrases.iter().flatten().map(|stem| (fields.stem, stem.as_str()));
        let of_norms = stems_of_norms.iter().flat_map(|stem| by_stem.map(|field| (field, stem.as_str())));
        let terms: Vec<(Field, &str)> = stems.chain(phrases).chain(of_norms).collect();
        Places::of(searcher, terms.into_iter(), documents)
    }

    /// A whole text with its marks.
    pub(crate) fn mark<'a>(&self, text: &'a str) -> MarkedText<'a> {
        self.marked(text, tokenize(text))
    }

    /// A text of a hit with its marks, which are at some of the places.
    pub(crate) fn mark_shown<'a>(
        &self,
        shown: &'a ShownText,
        places: &[u32],
        budget: &mut TextBudget,
    ) -> MarkedText<'a> {
        let text = budget.take(&shown.text);
        // Which words begin in some way, or are written as in quotes, is not looked up.
        if self.has_beginnings() || self.has_quoted {
            self.mark(text)
        } else {
            self.marked(text, shown.stretches.words_near(text, places))
        }
    }

    fn marked<'a>(&self, text: &'a str, words: Vec<Token<'a>>) -> MarkedText<'a> {
        let marks = self.marks(&words);
        MarkedText { text, words, marks }
    }

    fn has_beginnings(&self) -> bool {
        !self.stem_beginnings.is_empty() || !self.norm_beginnings.is_empty()
    }

    /// All words that a text may have.
    fn all_words(&self) -> HashSet<usize> {
        let single = self.stems.values().chain(self.norms.values()).copied();
        let phrases = (0..self.phrases.len()).map(|number| usize::MAX - number);
        single.chain(phrases).chain(self.has_beginnings().then_some(BEGINNING)).collect()
    }

    fn marks(&self, tokens: &[Token<'_>]) -> Vec<Mark> {
        let mut words: Vec<Option<usize>> = tokens.iter().map(|token| self.word_of(token)).collect();
        for (number, phrase) in self.phrases.iter().enumerate() {
            for (at, window) in tokens.windows(phrase.len()).enumerate() {
                let together = window.windows(2).all(|pair| pair[1].position == pair[0].position + 1);
                if together && window.iter().zip(phrase).all(|(token, stem)| token.stem == *stem) {
                    // Numbers of phrases stand apart from those of words.
                    words[at..at + phrase.len()].fill(Some(usize::MAX - number));
                }
            }
        }
        let numbered = words.into_iter().enumerate();
        numbered.filter_map(|(token, word)| word.map(|word| Mark { token, word })).collect()
    }

    fn word_of(&self, token: &Token<'_>) -> Option<usize> {
        if let Some(word) = self.stems.get(&token.stem).or_else(|| self.norms.get(&token.norm)) {
            return Some(*word);
        }
        if let Some(word) = token.singulars.iter().find_map(|singular| self.stems.get(&**singular)) {
            return Some(*word);
        }
        // «عمله» is no «عملة» but by the way it is written: found, and not marked.
        let mut meant = token.readings.iter().filter(|reading| reading.strip_suffix('ه') != Some(token.stem.as_str()));
        if let Some(word) = meant.find_map(|stem| self.stems.get(&**stem)) {
            return Some(*word);
        }
        let begins = self.stem_beginnings.iter().any(|beginning| token.stem.starts_with(beginning))
            || self.norm_beginnings.iter().any(|beginning| token.norm.starts_with(beginning));
        begins.then_some(BEGINNING)
    }

    /// The attachments that have words of the query which the entry's own texts lack: `found` are those that they have. Words
    /// that are in none of the kept beginnings must be further on, so all attachments are named then of which only a beginning
    /// is kept.
    pub(crate) fn attachments(
        &self,
        found: &HashSet<usize>,
        attachments: &[StoredAttachment],
        budget: &mut TextBudget,
    ) -> Vec<AttachmentHit> {
        if attachments.is_empty() {
            return Vec::new();
        }
        let mut lacking = self.all_words();
        lacking.retain(|word| !found.contains(word));
        if lacking.is_empty() {
            return Vec::new();
        }
        let named = |attachment: &StoredAttachment, fragments: Vec<String>| AttachmentHit {
            asset: attachment.asset,
            name: attachment.name.clone(),
            fragments,
        };
        let mut hits = Vec::new();
        for attachment in attachments {
            let marked = self.mark(budget.take(&attachment.text));
            if marked.found().any(|(word, _)| lacking.contains(&word)) {
                hits.push(named(attachment, fragments(&[marked])));
            }
        }
        if hits.is_empty() {
            hits.extend(attachments.iter().filter(|attachment| attachment.cut).map(|cut| named(cut, Vec::new())));
        }
        hits
    }
}

impl<'a> MarkedText<'a> {
    /// The whole text with its marks; `None` if it has none.
    pub(crate) fn whole(&self) -> Option<String> {
        (!self.marks.is_empty()).then(|| render(self.text, 0, self.text.len(), &self.words, &self.marks))
    }

    /// The marked words, each with the number of the query's word that it matches.
    pub(crate) fn found(&self) -> impl Iterator<Item = (usize, &Token<'a>)> {
        self.marks.iter().map(|mark| (mark.word, &self.words[mark.token]))
    }
}

/// The stems that words of one norm have: the analysis also reads أ, ة and tanween, which the norm does not have.
fn stems_of_norm(norm: &str) -> HashSet<String> {
    let hamza = norm.strip_prefix('ا').map(|rest| format!("أ{rest}"));
    let begun = std::iter::once(norm.to_owned()).chain(hamza);
    let spellings = begun.flat_map(|word| {
        let ta = word.strip_suffix('ه').map(|rest| format!("{rest}ة"));
        let tanween = word.ends_with('ا').then(|| format!("{word}\u{64B}"));
        [Some(word), ta, tanween].into_iter().flatten()
    });
    let of_words = spellings.flat_map(|word| tokenize(&word).into_iter().map(|token| token.stem).collect::<Vec<_>>());
    of_words.chain([stem(norm)]).collect()
}

/// Positions in the index, in order, by document.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<DocAddress, Vec<u32>>);

impl Places {
    /// Where these terms are in these documents.
    pub(crate) fn of<'a>(
        searcher: &Searcher,
        terms: impl Iterator<Item = (Field, &'a str)>,
        documents: &[DocAddress],
    ) -> Result<Self, SearchError> {
        let terms: Vec<Term> = terms.map(|(field, text)| Term::from_field_text(field, text)).collect();
        let mut places = Self::default();
        for (segment, docs) in by_segment(documents.iter().copied()) {
            for term in &terms {
                places.add(searcher, segment, term, &docs).map_err(SearchError::engine("read positions of"))?;
            }
        }
        for positions in places.0.values_mut() {
            positions.sort_unstable();
            positions.dedup();
        }
        Ok(places)
    }

    /// The positions in one document.
    pub(crate) fn in_document(&self, address: DocAddress) -> &[u32] {
        self.0.get(&address).map_or(&[], Vec::as_slice)
    }

    /// Adds the positions of a term in documents of one segment, which are in order.
    fn add(
        &mut self,
        searcher: &Searcher,
        segment: SegmentOrdinal,
        term: &Term,
        docs: &[DocId],
    ) -> tantivy::Result<()> {
        let index = searcher.segment_reader(segment).inverted_index(term.field())?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)? else {
            return Ok(());
        };
        for doc in docs {
            let at = if postings.doc() < *doc { postings.seek(*doc) } else { postings.doc() };
            if at == *doc {
                let positions = self.0.entry(DocAddress::new(segment, *doc)).or_default();
                postings.append_positions_with_offset(0, positions);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
