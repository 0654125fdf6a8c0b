//! One pass over all that a query finds: filters, total, facets and the best hits, all from the same documents.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, HashSet},
};

use diwan_content::{DepartmentId, Handle};
use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyError,
    collector::{Collector, SegmentCollector},
    columnar::{Column, StrColumn},
};

use crate::{
    request::{FACET_MAX_VALUES, Facets, OrderKey, PAGE_MAX_HITS, SearchRequest},
    schema::Fields,
};

/// What is collected for one request.
pub(crate) struct HitCollector<'a> {
    pub(crate) request: &'a SearchRequest,
    /// Hits behind this one.
    pub(crate) after: Option<OrderKey>,
    /// What the query leaves out.
    pub(crate) excluded: &'a HashSet<DocAddress>,
}

/// What was collected.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) total: u64,
    /// What may be seen, be it outside the chosen collections and departments too: if there is any, the words are right, the
    /// facets show where they are, and the query is not relaxed.
    pub(crate) visible: u64,
    /// Best first, one more than the page has if there are more.
    pub(crate) best: Vec<(OrderKey, DocAddress)>,
    collections: BTreeMap<String, u64>,
    departments: BTreeMap<String, u64>,
}

impl Collected {
    /// The largest values of each facet.
    pub(crate) fn facets(self) -> Facets {
        Facets {
            collections: largest::<Handle>(self.collections),
            departments: largest::<DepartmentId>(self.departments),
        }
    }
}

impl Collector for HitCollector<'_> {
    type Fruit = Collected;
    type Child = SegmentHits;

    fn for_segment(&self, segment_ord: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentHits> {
        let request = self.request;
        let columns = reader.fast_fields();
        let allowed = |name: &str| request.allowed_collections.iter().any(|handle| handle.as_str() == name);
        let chosen = |name: &str| {
            request.collections.is_empty() || request.collections.iter().any(|handle| handle.as_str() == name)
        };
        let departments: Vec<String> = request.departments.iter().map(ToString::to_string).collect();
        let in_department = |name: &str| departments.is_empty() || departments.iter().any(|other| other == name);
        let in_locale = |name: &str| request.locale.as_ref().is_none_or(|locale| locale.as_str() == name);
        let excluded = self.excluded.iter().filter(|address| address.segment_ord == segment_ord);
        let collection = Values::open(columns.str(Fields::COLLECTION)?)?;
        let department = Values::open(columns.str(Fields::DEPARTMENT)?)?;
        let locale = Values::open(columns.str(Fields::LOCALE)?)?;
        Ok(SegmentHits {
            segment_ord,
            allowed_collections: collection.where_name(allowed),
            chosen_collections: collection.where_name(chosen),
            chosen_departments: department.where_name(in_department),
            chosen_locales: locale.where_name(in_locale),
            collection_counts: vec![0; collection.names.len()],
            department_counts: vec![0; department.names.len()],
            collection,
            department,
            locale,
            needs_key: columns.bool(Fields::NEEDS_KEY)?,
            keyed: request.scope.is_keyed(),
            published_ms: columns.i64(Fields::PUBLISHED_MS)?,
            identity: columns.u64(Fields::IDENTITY)?,
            after: self.after,
            excluded: excluded.map(|address| address.doc_id).collect(),
            total: 0,
            visible: 0,
            best: BinaryHeap::new(),
            best_max: best_max(request),
        })
    }

    fn requires_scoring(&self) -> bool {
        best_max(self.request) > 0
    }

    fn merge_fruits(&self, segments: Vec<Collected>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        for Collected { total, visible, best, collections, departments } in segments {
            all.total += total;
            all.visible += visible;
            all.best.extend(best);
            for (name, count) in collections {
                *all.collections.entry(name).or_default() += count;
            }
            for (name, count) in departments {
                *all.departments.entry(name).or_default() += count;
            }
        }
        all.best.sort_unstable_by_key(|hit| Reverse(*hit));
        all.best.truncate(best_max(self.request));
        Ok(all)
    }
}

/// The pass over one segment.
pub(crate) struct SegmentHits {
    segment_ord: SegmentOrdinal,
    collection: Values,
    department: Values,
    locale: Values,
    allowed_collections: Vec<bool>,
    chosen_collections: Vec<bool>,
    chosen_departments: Vec<bool>,
    chosen_locales: Vec<bool>,
    collection_counts: Vec<u64>,
    department_counts: Vec<u64>,
    needs_key: Column<bool>,
    keyed: bool,
    published_ms: Column<i64>,
    identity: Column<u64>,
    after: Option<OrderKey>,
    excluded: HashSet<DocId>,
    total: u64,
    visible: u64,
    best: BinaryHeap<Reverse<(OrderKey, DocAddress)>>,
    best_max: usize,
}

impl SegmentCollector for SegmentHits {
    type Fruit = Collected;

    fn collect(&mut self, doc: DocId, score: Score) {
        let (collection, department) = (self.collection.of(doc), self.department.of(doc));
        // What may not be seen is gone before anything is counted. A document without its values is never seen.
        let visible = is(&self.allowed_collections, collection)
            && is(&self.chosen_locales, self.locale.of(doc))
            && self.needs_key.first(doc).is_some_and(|needs_key| self.keyed || !needs_key)
            && !self.excluded.contains(&doc);
        if !visible {
            return;
        }
        self.visible += 1;
        let in_collection = is(&self.chosen_collections, collection);
        let in_department = is(&self.chosen_departments, department);
        if in_department {
            count(&mut self.collection_counts, collection);
        }
        if in_collection {
            count(&mut self.department_counts, department);
        }
        if in_collection && in_department {
            self.total += 1;
            self.keep(doc, score);
        }
    }

    fn harvest(self) -> Collected {
        Collected {
            total: self.total,
            visible: self.visible,
            best: self.best.into_iter().map(|Reverse(hit)| hit).collect(),
            collections: self.collection.counted(&self.collection_counts),
            departments: self.department.counted(&self.department_counts),
        }
    }
}

impl SegmentHits {
    /// Keeps a hit while it is among the best behind the position.
    fn keep(&mut self, doc: DocId, score: Score) {
        if self.best_max == 0 {
            return;
        }
        let key = OrderKey {
            score: thousandths(score),
            published_ms: self.published_ms.first(doc).unwrap_or(i64::MIN),
            identity: self.identity.first(doc).unwrap_or_default(),
        };
        if self.after.is_some_and(|after| key >= after) {
            return;
        }
        self.best.push(Reverse((key, DocAddress::new(self.segment_ord, doc))));
        if self.best.len() > self.best_max {
            self.best.pop();
        }
    }
}

/// A column of names, each document with one of them.
struct Values {
    names: Vec<String>,
    numbers: Option<Column<u64>>,
}

impl Values {
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

    /// The number of a document's name.
    fn of(&self, doc: DocId) -> Option<usize> {
        let number = self.numbers.as_ref()?.first(doc)?;
        usize::try_from(number).ok()
    }

    fn where_name(&self, wanted: impl Fn(&str) -> bool) -> Vec<bool> {
        self.names.iter().map(|name| wanted(name)).collect()
    }

    fn counted(self, counts: &[u64]) -> BTreeMap<String, u64> {
        self.names.into_iter().zip(counts.iter().copied()).filter(|(_, count)| *count > 0).collect()
    }
}

/// One more than the page, to see whether there are more.
fn best_max(request: &SearchRequest) -> usize {
    match request.size.min(PAGE_MAX_HITS) {
        0 => 0,
        size => size + 1,
    }
}

fn is(wanted: &[bool], number: Option<usize>) -> bool {
    number.and_then(|number| wanted.get(number)).copied().unwrap_or(false)
}

fn count(counts: &mut [u64], number: Option<usize>) {
    if let Some(count) = number.and_then(|number| counts.get_mut(number)) {
        *count += 1;
    }
}

/// A score as whole thousandths; casts of floats saturate, and of what is no number comes 0.
fn thousandths(score: Score) -> u32 {
    (score * 1_000.0).round() as u32
}

fn largest<T: std::str::FromStr + Ord>(counts: BTreeMap<String, u64>) -> Vec<(T, u64)> {
    let mut values: Vec<(T, u64)> =
        counts.into_iter().filter_map(|(name, count)| Some((name.parse().ok()?, count))).collect();
    values.sort_by(|(one, one_count), (other, other_count)| other_count.cmp(one_count).then_with(|| one.cmp(other)));
    values.truncate(FACET_MAX_VALUES);
    values
}
