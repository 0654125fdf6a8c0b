//! Columns of one segment as the pass over its hits reads them.

use std::{collections::BTreeMap, sync::Arc};

use quick_cache::sync::Cache;
use tantivy::{
    DocId, SegmentReader, TantivyError,
    columnar::{Cardinality, Column, StrColumn},
    index::SegmentId,
};

use crate::documents::schema::Fields;

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

/// Most segments whose columns are kept open; an index seldom has more.
const OPEN_MAX: usize = 100;

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
