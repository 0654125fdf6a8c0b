//! Which documents a request lets through, read from the columns of each segment, and in how many of those that the caller may
//! see a word is.
//!
//! What a search makes of a word that nothing has must not depend on documents that the caller may not see: otherwise the
//! answers tell which words are in them.

use std::{collections::BTreeMap, sync::Arc};

use quick_cache::sync::Cache;
use tantivy::{
    DocId, DocSet as _, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, TantivyError, Term,
    columnar::{Cardinality, Column, StrColumn},
    index::SegmentId,
    postings::TermInfo,
    schema::IndexRecordOption,
};

use crate::{
    api::SearchRequest,
    documents::schema::{FACET_SEPARATOR, Fields},
    error::SearchError,
};

/// Most facet fields of one request; more have no place in [`Failed`].
pub(crate) const FACET_FIELDS_MAX: usize = 24;
/// Most segments whose columns are kept open; an index seldom has more.
const OPEN_MAX: usize = 100;
/// Documents of one segment and word that are counted where each of them must be looked at. More make no difference to what
/// is likely to be meant.
const COUNTED_MAX: u64 = 1_000;

/// A column of names; each document has one of them, or several.
pub(crate) struct Names {
    names: Vec<String>,
    numbers: Option<Column<u64>>,
}

/// The columns of one segment.
pub(crate) struct Columns {
    pub(crate) collection: Names,
    pub(crate) department: Names,
    pub(crate) locale: Names,
    /// Facet field and value, parted by [`FACET_SEPARATOR`](crate::documents::schema::FACET_SEPARATOR).
    pub(crate) values: Names,
    pub(crate) needs_key: Column<bool>,
    /// Year, month and day as one decimal number.
    pub(crate) day: Column<u64>,
    pub(crate) published_ms: Column<i64>,
    pub(crate) identity: Column<u64>,
}

/// The columns of the segments that were searched last. To open them takes longer than to search a small segment, and
/// columns never change: what is deleted is known elsewhere.
pub(crate) struct OpenColumns(Cache<SegmentId, Arc<Columns>>);

impl Default for OpenColumns {
    fn default() -> Self {
        Self(Cache::new(OPEN_MAX))
    }
}

impl OpenColumns {
    /// Those of a segment.
    pub(crate) fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Columns>> {
        self.0.get_or_insert_with(&segment.segment_id(), || Columns::open(segment).map(Arc::new))
    }
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        Ok(Self {
            collection: Names::open(columns.str(Fields::COLLECTION)?)?,
            department: Names::open(columns.str(Fields::DEPARTMENT)?)?,
            locale: Names::open(columns.str(Fields::LOCALE)?)?,
            values: Names::open(columns.str(Fields::FACET)?)?,
            needs_key: columns.bool(Fields::NEEDS_KEY)?,
            day: columns.u64(Fields::DAY)?,
            published_ms: columns.i64(Fields::PUBLISHED_MS)?,
            identity: columns.u64(Fields::IDENTITY)?,
        })
    }
}

impl Names {
    fn open(column: Option<StrColumn>) -> tantivy::Result<Self> {
        let Some(column) = column else { return Ok(Self { names: Vec::new(), numbers: None }) };
        let mut names = Vec::with_capacity(column.num_terms());
        let mut stream = column.dictionary().stream()?;
        while stream.advance() {
            let name = std::str::from_utf8(stream.key());
            names.push(name.map_err(|_| TantivyError::InternalError("a name is no UTF-8".into()))?.to_owned());
        }
        drop(stream);
        Ok(Self { names, numbers: Some(column.ords().clone()) })
    }

    /// How many different names there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether every document has exactly one of the names.
    pub(crate) fn is_full(&self) -> bool {
        self.numbers.as_ref().is_some_and(|numbers| numbers.get_cardinality() == Cardinality::Full)
    }

    /// The number of a document's name.
    pub(crate) fn of(&self, doc: DocId) -> Option<usize> {
        usize::try_from(self.numbers.as_ref()?.first(doc)?).ok()
    }

    /// The numbers of all names of a document.
    pub(crate) fn all_of(&self, doc: DocId) -> impl Iterator<Item = usize> + '_ {
        let numbers = self.numbers.iter().flat_map(move |numbers| numbers.values_for_doc(doc));
        numbers.filter_map(|number| usize::try_from(number).ok())
    }

    /// For each name what is said of it.
    pub(crate) fn map<T>(&self, say: impl Fn(&str) -> T) -> Vec<T> {
        self.names.iter().map(|name| say(name)).collect()
    }

    /// The names that were counted.
    pub(crate) fn counted(&self, counts: &[u64]) -> BTreeMap<String, u64> {
        let counted = self.names.iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0);
        counted.map(|(name, count)| (name.clone(), count)).collect()
    }
}

/// The filters that keep a document out, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(u32);

/// The filters of a request in one segment.
pub(crate) struct Filters {
    allowed_collections: Chosen,
    chosen_collections: Chosen,
    chosen_departments: Chosen,
    chosen_locales: Chosen,
    /// For each facet value the bit of its field, if the request may see that field.
    facets: Vec<Option<Failed>>,
    /// For each facet value whether it is asked for.
    chosen_values: Vec<bool>,
    /// The fields that a value is asked of.
    filtered_fields: Vec<Failed>,
    from_day: u64,
    to_day: u64,
    dated: bool,
    keyed: bool,
    /// Every document of the segment says whether it needs a key, and the asker needs none that he lacks.
    open: bool,
}

/// Which names of a column pass; nothing needs to be read where every document has one and all pass.
enum Chosen {
    Everything,
    Some(Vec<bool>),
}

impl Failed {
    /// By the filter on collections.
    pub(crate) const COLLECTION: Self = Self(1);
    /// By the filter on departments.
    pub(crate) const DEPARTMENT: Self = Self(1 << 1);
    /// By the filter on locales.
    pub(crate) const LOCALE: Self = Self(1 << 2);
    /// By the filter on days.
    pub(crate) const DAY: Self = Self(1 << 3);

    const NOTHING: Self = Self(0);

    fn field(number: usize) -> Self {
        Self(1 << (4 + number.min(FACET_FIELDS_MAX)))
    }

    /// Whether no filter but this one keeps the document out.
    pub(crate) fn none_but(self, one: Self) -> bool {
        self.0 & !one.0 == 0
    }

    /// Whether a filter keeps the document out.
    pub(crate) fn has(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    /// Whether no filter keeps the document out.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Filters {
    /// Those of a request.
    pub(crate) fn new(request: &SearchRequest, columns: &Columns) -> Self {
        let departments: Vec<String> = request.departments.iter().map(ToString::to_string).collect();
        let chosen_collection = |name: &str| {
            request.collections.is_empty() || request.collections.iter().any(|handle| handle.as_str() == name)
        };
        let facet = |name: &str| {
            let (field, _) = name.split_once(FACET_SEPARATOR)?;
            request.facet_fields.iter().position(|handle| handle.as_str() == field)
        };
        let chosen_value = |name: &str| {
            let Some((field, value)) = name.split_once(FACET_SEPARATOR) else { return false };
            let filter = request.values.iter().find(|filter| filter.field.as_str() == field);
            filter.is_some_and(|filter| filter.values.iter().any(|other| other == value))
        };
        let filtered = request.values.iter().map(|filter| {
            // A field that the request may not see holds no value for it.
            let place = request.facet_fields.iter().position(|field| *field == filter.field);
            Failed::field(place.unwrap_or(FACET_FIELDS_MAX))
        });
        Self {
            allowed_collections: Chosen::of(&columns.collection, |name| {
                request.allowed_collections.iter().any(|handle| handle.as_str() == name)
            }),
            chosen_collections: Chosen::of(&columns.collection, chosen_collection),
            chosen_departments: Chosen::of(&columns.department, |name| {
                departments.is_empty() || departments.iter().any(|other| other == name)
            }),
            chosen_locales: Chosen::of(&columns.locale, |name| {
                request.locale.as_ref().is_none_or(|locale| locale.as_str() == name)
            }),
            facets: columns.values.map(|name| facet(name).map(Failed::field)),
            chosen_values: columns.values.map(chosen_value),
            filtered_fields: filtered.collect(),
            from_day: request.from_day.map_or(0, u64::from),
            to_day: request.to_day.map_or(u64::MAX, u64::from),
            dated: request.from_day.is_some() || request.to_day.is_some(),
            keyed: request.scope.is_keyed(),
            open: columns.needs_key.get_cardinality() == Cardinality::Full
                && (request.scope.is_keyed() || !columns.needs_key.max_value()),
        }
    }

    /// Whether the caller may see every document of the segment.
    pub(crate) fn allow_all(&self) -> bool {
        self.open && matches!(self.allowed_collections, Chosen::Everything)
    }

    /// Whether the asker may see a document at all. One without its values is never seen.
    pub(crate) fn allows(&self, doc: DocId, columns: &Columns) -> bool {
        self.allowed_collections.has(doc, &columns.collection)
            && (self.open || columns.needs_key.first(doc).is_some_and(|needs_key| self.keyed || !needs_key))
    }

    /// The filters that keep a document out.
    pub(crate) fn failed(&self, doc: DocId, columns: &Columns) -> Failed {
        let mut failed = Failed::NOTHING;
        if !self.chosen_collections.has(doc, &columns.collection) {
            failed = failed.with(Failed::COLLECTION);
        }
        if !self.chosen_departments.has(doc, &columns.department) {
            failed = failed.with(Failed::DEPARTMENT);
        }
        if !self.chosen_locales.has(doc, &columns.locale) {
            failed = failed.with(Failed::LOCALE);
        }
        if self.dated && columns.day.first(doc).is_none_or(|day| day < self.from_day || day > self.to_day) {
            failed = failed.with(Failed::DAY);
        }
        for field in &self.filtered_fields {
            let found = |number: usize| {
                self.facet_of(number) == Some(*field) && self.chosen_values.get(number).copied().unwrap_or(false)
            };
            if !columns.values.all_of(doc).any(found) {
                failed = failed.with(*field);
            }
        }
        failed
    }

    /// The bit of a facet value's field.
    pub(crate) fn facet_of(&self, number: usize) -> Option<Failed> {
        self.facets.get(number).copied().flatten()
    }
}

impl Chosen {
    fn of(column: &Names, chosen: impl Fn(&str) -> bool) -> Self {
        let chosen = column.map(chosen);
        if column.is_full() && chosen.iter().all(|chosen| *chosen) { Self::Everything } else { Self::Some(chosen) }
    }

    fn has(&self, doc: DocId, column: &Names) -> bool {
        match self {
            Self::Everything => true,
            Self::Some(chosen) => column.of(doc).and_then(|number| chosen.get(number)).copied().unwrap_or(false),
        }
    }
}

/// The documents that a request may see, whatever its other filters.
pub(crate) struct VisibleDocuments<'a>(Vec<VisibleSegment<'a>>);

/// The same of one segment.
pub(crate) struct VisibleSegment<'a> {
    pub(crate) segment: &'a SegmentReader,
    /// What decides for each document; absent where all may be seen.
    by_document: Option<(Arc<Columns>, Filters)>,
}

impl<'a> VisibleDocuments<'a> {
    /// Those of a request.
    pub(crate) fn of(
        searcher: &'a Searcher,
        columns: &OpenColumns,
        request: &SearchRequest,
    ) -> Result<Self, SearchError> {
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for segment in searcher.segment_readers() {
            let columns = columns.of(segment).map_err(SearchError::engine("search"))?;
            let filters = Filters::new(request, &columns);
            let by_document = (!filters.allow_all()).then_some((columns, filters));
            segments.push(VisibleSegment { segment, by_document });
        }
        Ok(Self(segments))
    }

    /// By segment.
    pub(crate) fn segments(&self) -> &[VisibleSegment<'a>] {
        &self.0
    }

    /// In how many documents a word is. The count may end once it has reached `enough`.
    pub(crate) fn count(&self, term: &Term, enough: u64) -> Result<u64, SearchError> {
        let mut count = 0;
        for segment in &self.0 {
            count += segment.count_term(term, enough - count).map_err(SearchError::engine("look up a word in"))?;
            if count >= enough {
                break;
            }
        }
        Ok(count)
    }
}

impl VisibleSegment<'_> {
    fn count_term(&self, term: &Term, enough: u64) -> tantivy::Result<u64> {
        let index = self.segment.inverted_index(term.field())?;
        match index.get_term_info(term)? {
            Some(info) => self.count(&index, &info, enough),
            None => Ok(0),
        }
    }

    /// The same of a word that was found in the segment's dictionary.
    pub(crate) fn count(&self, index: &InvertedIndexReader, info: &TermInfo, enough: u64) -> tantivy::Result<u64> {
        let Some((columns, filters)) = &self.by_document else { return Ok(info.doc_freq.into()) };
        let mut postings = index.read_postings_from_terminfo(info, IndexRecordOption::Basic)?;
        let (mut doc, mut count) = (postings.doc(), 0);
        while doc != TERMINATED && count < enough.min(COUNTED_MAX) {
            let is_alive = self.segment.alive_bitset().is_none_or(|alive| alive.is_alive(doc));
            if is_alive && filters.allows(doc, columns) {
                count += 1;
            }
            doc = postings.advance();
        }
        Ok(count)
    }
}
