//! Titles as one types: beginnings of titles, looked up in the order of a dictionary.

use std::collections::BTreeSet;

use diwan_content::{DepartmentId, EntryId, Handle, Locale, PublicPath, rights::PublicScope};
use tantivy::{
    DocAddress, DocId, DocSet, InvertedIndexReader, Searcher, SegmentOrdinal, SegmentReader, TERMINATED, Term,
    postings::TermInfo,
    query::FuzzyTermQuery,
    schema::{Field, IndexRecordOption},
};

use crate::{
    api::SearchRequest,
    documents::{
        document::StoredHit,
        title_terms::{WITHIN, respaced_prefixes, term_prefixes},
    },
    error::SearchError,
    hits::filters::Filters,
    storage::index::SearchIndex,
};

/// Most suggestions of one answer.
pub const SUGGESTIONS_MAX: usize = 20;
/// Longest beginning that is looked up, in characters; more is not looked at.
pub const SUGGEST_MAX_CHARS: usize = 100;

/// Shorter beginnings of words have too many neighbours.
const SLIP_MIN_CHARS: usize = 4;
/// Terms of one segment that are looked at for one beginning.
const TERMS_MAX: usize = 2_000;
/// Titles under one term that are looked at for some that are wanted.
const POSTINGS_MAX: usize = 1_000;
/// Titles that are weighed against each other for one beginning, divided among the segments.
const CANDIDATES_MAX: usize = 200;
/// But not fewer of one segment.
const CANDIDATES_OF_SEGMENT_MIN: usize = 25;

/// What is typed, and where titles may come from.
#[derive(Debug, Clone)]
pub struct SuggestRequest {
    /// The beginning of a title or of a word in it.
    pub beginning: String,
    /// What the asker may see.
    pub scope: PublicScope,
    /// Titles in this locale alone.
    pub locale: Option<Locale>,
    /// Titles of these departments alone; empty means all.
    pub departments: Vec<DepartmentId>,
    /// The collections that `scope` may see and that the asker wants titles of.
    pub collections: Vec<Handle>,
    /// At most so many, and at most [`SUGGESTIONS_MAX`].
    pub size: usize,
}

/// A title that begins so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The entry.
    pub entry: EntryId,
    /// The localization's locale.
    pub locale: Locale,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// The title.
    pub title: String,
}

/// From the beginning of a title rather than from a later word; then the shorter first, then by the text. Titles that go on
/// alike from a word share a text, so each stands by itself.
type Rank = (bool, usize, String, DocAddress);

impl SearchIndex {
    /// Titles that begin so, each text once: those that begin with it before those in which a later word does, shorter
    /// before longer ones.
    pub fn suggest(&self, request: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        let size = request.size.min(SUGGESTIONS_MAX);
        self.ask(|searcher| {
            let best = self.candidates(searcher, request, size).map_err(SearchError::engine("suggest from"))?;
            self.titles(searcher, best, size)
        })
    }

    fn candidates(
        &self,
        searcher: &Searcher,
        request: &SuggestRequest,
        size: usize,
    ) -> tantivy::Result<BTreeSet<Rank>> {
        let filter = request.as_search();
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for (number, segment) in (0..).zip(searcher.segment_readers()) {
            let columns = self.columns.of(segment)?;
            let filters = Filters::new(&filter, &columns);
            segments.push((number, segment, columns, filters));
        }
        let candidates_max = (CANDIDATES_MAX / segments.len().max(1)).max(CANDIDATES_OF_SEGMENT_MIN);
        let mut best: BTreeSet<Rank> = BTreeSet::new();
        let typed: String = request.beginning.chars().take(SUGGEST_MAX_CHARS).collect();
        let last = typed.split_whitespace().last().unwrap_or_default();
        let slips = last.chars().count() >= SLIP_MIN_CHARS;
        let ways = [(Prefixes::AsTyped, false), (Prefixes::Respaced, false), (Prefixes::AsTyped, true)];
        for (prefixes, slip) in ways.into_iter().take(if slips { 3 } else { 1 }) {
            let prefixes = match prefixes {
                Prefixes::AsTyped => term_prefixes(&typed),
                Prefixes::Respaced => respaced_prefixes(&typed),
            };
            for prefix in prefixes {
                // A title has two terms of its beginning at most, and those all stand before what only a later word begins.
                if prefix.starts_with(WITHIN) && best.len() >= 2 * size {
                    break;
                }
                for (number, segment, columns, filters) in &segments {
                    let wanted = |doc| filters.allows(doc, columns) && filters.failed(doc, columns).is_nothing();
                    let terms = Beginning { field: self.fields.suggest, prefix: &prefix, slip };
                    collect(segment, *number, &terms, candidates_max, wanted, &mut best)?;
                }
            }
            // Words apart and slips are looked for where nothing begins as typed.
            if !best.is_empty() {
                break;
            }
        }
        Ok(best)
    }

    fn titles(&self, searcher: &Searcher, best: BTreeSet<Rank>, size: usize) -> Result<Vec<Suggestion>, SearchError> {
        let mut suggestions: Vec<Suggestion> = Vec::new();
        for (.., address) in best {
            if suggestions.len() >= size {
                break;
            }
            let document = searcher.doc(address).map_err(SearchError::engine("read a document of"))?;
            let StoredHit { entry, locale, collection, department, path, title, published_at: _ } =
                StoredHit::from_indexed(&document, &self.fields)?;
            if suggestions.iter().any(|other| other.title == title) {
                continue;
            }
            let path = path.map(PublicPath::from_stored);
            suggestions.push(Suggestion { entry, locale, collection, department, path, title });
        }
        Ok(suggestions)
    }
}

/// How the words that were typed begin a title.
#[derive(Clone, Copy)]
enum Prefixes {
    AsTyped,
    /// Written together or apart otherwise.
    Respaced,
}

impl SuggestRequest {
    /// The same filters as a search has.
    fn as_search(&self) -> SearchRequest {
        let Self { beginning: _, scope, locale, departments, collections, size: _ } = self;
        SearchRequest {
            locale: locale.clone(),
            departments: departments.clone(),
            ..SearchRequest::of(String::new(), *scope, collections.clone())
        }
    }
}

/// What terms begin with.
struct Beginning<'a> {
    field: Field,
    prefix: &'a str,
    /// One letter may be another, missing or too many.
    slip: bool,
}

/// Titles of one segment under one beginning, within bounds.
fn collect(
    segment: &SegmentReader,
    number: SegmentOrdinal,
    beginning: &Beginning<'_>,
    candidates_max: usize,
    wanted: impl Fn(DocId) -> bool,
    best: &mut BTreeSet<Rank>,
) -> tantivy::Result<()> {
    let index = segment.inverted_index(beginning.field)?;
    let mut found = 0;
    each_term(&index, beginning, |term, info| {
        let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let (mut doc, mut looked_at, mut of_term) = (postings.doc(), 0, 0);
        while doc != TERMINATED && looked_at < POSTINGS_MAX && of_term < SUGGESTIONS_MAX {
            looked_at += 1;
            if segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) && wanted(doc) {
                let address = DocAddress::new(number, doc);
                best.insert((term.starts_with(WITHIN), term.chars().count(), term.to_owned(), address));
                of_term += 1;
            }
            doc = postings.advance();
        }
        found += of_term;
        Ok(found < candidates_max)
    })
}

/// Goes through the terms that begin so, until `visit` has enough.
fn each_term(
    index: &InvertedIndexReader,
    beginning: &Beginning<'_>,
    mut visit: impl FnMut(&str, &TermInfo) -> tantivy::Result<bool>,
) -> tantivy::Result<()> {
    let Beginning { field, prefix, slip } = beginning;
    let mut seen = 0;
    let mut goes_on = |key: &[u8], info: &TermInfo| {
        seen += 1;
        let goes_on = std::str::from_utf8(key).map_or(Ok(true), |term| visit(term, info))?;
        tantivy::Result::Ok(goes_on && seen < TERMS_MAX)
    };
    let from = Term::from_field_text(*field, prefix);
    if *slip {
        let automaton = FuzzyTermQuery::new_prefix(from, 1, true).automaton()?;
        let mut terms = index.terms().search(automaton).into_stream()?;
        while terms.advance() && goes_on(terms.key(), terms.value())? {}
    } else {
        let to = Term::from_field_text(*field, &format!("{prefix}\u{10FFFF}"));
        let range = index.terms().range().ge(from.serialized_value_bytes()).lt(to.serialized_value_bytes());
        let mut terms = range.into_stream()?;
        while terms.advance() && goes_on(terms.key(), terms.value())? {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SearchDocument,
        samples::{BUDGET, CUSTOMS, index_of, news, request},
    };

    fn titles(documents: Vec<SearchDocument>, change: impl Fn(&mut SuggestRequest), beginning: &str) -> Vec<String> {
        let (_folder, index) = index_of(documents);
        let all = request("");
        let mut asked = SuggestRequest {
            beginning: beginning.to_owned(),
            scope: all.scope,
            locale: None,
            departments: Vec::new(),
            collections: all.allowed_collections,
            size: 10,
        };
        change(&mut asked);
        index.suggest(&asked).unwrap().into_iter().map(|suggestion| suggestion.title).collect()
    }

    fn samples() -> Vec<SearchDocument> {
        let mut other = news(4, "موازنة المواطن", "نص");
        other.department = CUSTOMS;
        vec![
            news(1, "الموازنة العامة", "نص"),
            news(2, "تعميم إعداد الموازنة", "نص"),
            news(3, "Budget of 2026", "text"),
            news(5, "إقرار الموازنة", "نص"),
            news(6, "الإدارة العامة للجمارك", "نص"),
            other,
        ]
    }

    #[test]
    fn titles_are_suggested_with_and_without_the_article_from_any_word() {
        let cases: [(&str, &[&str]); 16] = [
            ("الموازنه", &["الموازنة العامة", "موازنة المواطن", "تعميم إعداد الموازنة", "إقرار الموازنة"]),
            ("مواز", &["الموازنة العامة", "موازنة المواطن", "تعميم إعداد الموازنة", "إقرار الموازنة"]),
            ("الموازنة عا", &["الموازنة العامة"]),
            ("موازنه الع", &["الموازنة العامة"]),
            ("إعداد", &["تعميم إعداد الموازنة"]),
            ("bud", &["Budget of 2026"]),
            ("٢٠٢", &["Budget of 2026"]),
            ("ت", &["تعميم إعداد الموازنة"]),
            ("الموازنة ا", &["الموازنة العامة", "موازنة المواطن"]),
            ("الموازنة ال", &["الموازنة العامة", "موازنة المواطن"]),
            ("جمارك", &["الإدارة العامة للجمارك"]),
            ("للجمارك", &["الإدارة العامة للجمارك"]),
            ("الحمارك", &["الإدارة العامة للجمارك"]),
            ("موازنةالمو", &["موازنة المواطن"]),
            ("ادارة عا", &["الإدارة العامة للجمارك"]),
            ("؟ ـ", &[]),
        ];
        for (beginning, expected) in cases {
            assert_eq!(titles(samples(), |_| {}, beginning), expected, "{beginning}");
        }
        assert_eq!(titles(samples(), |_| {}, "ا").len(), 5, "the article alone begins many");
    }

    #[test]
    fn titles_come_from_where_they_were_asked_of() {
        assert_eq!(titles(samples(), |asked| asked.departments = vec![CUSTOMS], "مواز"), ["موازنة المواطن"]);
        assert_eq!(titles(samples(), |asked| asked.departments = vec![BUDGET], "موازنة الم"), Vec::<String>::new());
        assert_eq!(titles(samples(), |asked| asked.locale = "en".parse().ok(), "bud"), Vec::<String>::new());
        assert_eq!(titles(samples(), |asked| asked.collections.clear(), "bud"), Vec::<String>::new());
        assert_eq!(titles(samples(), |asked| asked.size = 1, "مواز"), ["الموازنة العامة"]);
    }
}
