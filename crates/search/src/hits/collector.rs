//! What one step of a query finds: filters, total, facets and the best hits, all from the same documents in one pass.
//!
//! The pass ranks by words and titles alone. Pieces of words, spelling and nearness would have to be looked up for every
//! document; they are weighed for the best [`RANKED_MAX`] only, which then stand before all others.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

use tantivy::{
    DocAddress, DocId, DocSet, Score, Searcher, SeekDangerResult, SegmentOrdinal, SegmentReader, TERMINATED,
    collector::{Collector, DocSetCollector, SegmentCollector},
    query::{EnableScoring, Query, Scorer, Weight},
};

use super::{
    facets::{FacetCounts, NamedCounts},
    filters::{Columns, Failed, Filters, OpenColumns},
};
use crate::{
    api::{Facets, Order, OrderKey, PAGE_MAX_HITS, SearchRequest},
    error::SearchError,
    query::build::Plan,
};

/// Hits whose rank is worked out to the end.
pub(crate) const RANKED_MAX: usize = 1_000;

/// Documents by segment, in order.
pub(crate) type Documents = BTreeMap<SegmentOrdinal, Vec<DocId>>;

/// Sorts documents by their segments.
pub(crate) fn by_segment(addresses: impl Iterator<Item = DocAddress>) -> Documents {
    let mut documents = Documents::new();
    for address in addresses {
        documents.entry(address.segment_ord).or_default().push(address.doc_id);
    }
    documents.values_mut().for_each(|docs| docs.sort_unstable());
    documents
}

/// All that a query finds.
pub(crate) fn documents_of(searcher: &Searcher, query: &dyn Query) -> Result<Documents, SearchError> {
    let found = searcher.search(query, &DocSetCollector).map_err(SearchError::engine("search"))?;
    Ok(by_segment(found.into_iter()))
}

/// All that one step finds: the best of one page, ranked to the end as far as [`RANKED_MAX`] reaches.
pub(crate) fn collect(
    searcher: &Searcher,
    columns: &OpenColumns,
    request: &SearchRequest,
    plan: &Plan,
    excluded: &Documents,
    pinned: &BTreeMap<DocAddress, u32>,
) -> Result<Collected, SearchError> {
    let titles = weights(searcher, &plan.titles)?;
    let after = request.after.map(|position| position.key);
    let collector = HitCollector { request, columns, after, excluded, pinned, titles: &titles };
    let mut collected = searcher.search(&*plan.found, &collector).map_err(SearchError::engine("search"))?;
    if page_max(request) > 0 && request.order == Order::Relevance {
        let details = weights(searcher, &plan.details)?;
        rank(searcher, &details, &mut collected.best).map_err(SearchError::engine("search"))?;
    }
    collected.best.retain(|(key, _)| is_behind(after, *key));
    collected.best.append(&mut collected.tail);
    collected.best.truncate(page_max(request));
    Ok(collected)
}

fn weights(searcher: &Searcher, queries: &[Box<dyn Query>]) -> Result<Vec<Box<dyn Weight>>, SearchError> {
    let mut weights = Vec::with_capacity(queries.len());
    for query in queries {
        let scoring = EnableScoring::enabled_from_searcher(searcher);
        weights.push(query.weight(scoring).map_err(SearchError::engine("search"))?);
    }
    Ok(weights)
}

/// What is collected for one request.
struct HitCollector<'a> {
    request: &'a SearchRequest,
    columns: &'a OpenColumns,
    /// Hits behind this one.
    after: Option<OrderKey>,
    /// What the query leaves out, by segment and in order.
    excluded: &'a Documents,
    /// What stands first, with the rank of each.
    pinned: &'a BTreeMap<DocAddress, u32>,
    /// What ranks in this pass beside the query itself.
    titles: &'a [Box<dyn Weight>],
}

/// What was collected.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) total: u64,
    /// What may be seen in the locale, be it outside the other filters too: if there is any, the words are right, the
    /// facets show where they are, and the query is not relaxed.
    pub(crate) visible: u64,
    /// The best by what this pass knows, best first.
    pub(crate) best: Vec<(OrderKey, DocAddress)>,
    /// The best behind those and behind the position, one more than a page if there are more.
    pub(crate) tail: Vec<(OrderKey, DocAddress)>,
    counts: NamedCounts,
}

impl Collected {
    /// The largest values of each facet.
    pub(crate) fn named_facets(&self) -> Facets {
        self.counts.clone().facets()
    }
}

impl Collector for HitCollector<'_> {
    type Fruit = Collected;
    type Child = SegmentHits;

    fn for_segment(&self, segment_ord: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentHits> {
        let columns = self.columns.of(reader)?;
        let newer_first =
            columns.collection.map(|name| self.request.newer_first.iter().any(|handle| handle.as_str() == name));
        let mut titles = Vec::new();
        for weight in self.titles {
            titles.push(weight.scorer(reader, 1.0)?);
        }
        let filters = Filters::new(self.request, &columns);
        Ok(SegmentHits {
            segment_ord,
            counts: FacetCounts::new(&self.request.facets, &columns, &filters),
            filters,
            columns,
            newer_first,
            titles,
            order: self.request.order,
            pinned: self.pinned.clone(),
            excluded: self.excluded.get(&segment_ord).cloned().unwrap_or_default(),
            excluded_before: 0,
            total: 0,
            visible: 0,
            heaps: Heaps {
                best: BinaryHeap::new(),
                tail: BinaryHeap::new(),
                page: page_max(self.request),
                after: self.after,
            },
        })
    }

    fn requires_scoring(&self) -> bool {
        page_max(self.request) > 0 && self.request.order == Order::Relevance
    }

    fn merge_fruits(&self, segments: Vec<Collected>) -> tantivy::Result<Collected> {
        let mut all = Collected::default();
        for Collected { total, visible, best, tail, counts } in segments {
            all.total += total;
            all.visible += visible;
            all.best.extend(best);
            all.tail.extend(tail);
            all.counts.add(counts);
        }
        all.best.sort_unstable_by_key(|hit| Reverse(*hit));
        let others = all.best.split_off(all.best.len().min(RANKED_MAX));
        all.tail.extend(others.into_iter().filter(|(key, _)| is_behind(self.after, *key)));
        all.tail.sort_unstable_by_key(|hit| Reverse(*hit));
        all.tail.truncate(page_max(self.request));
        Ok(all)
    }
}

/// The pass over one segment.
struct SegmentHits {
    segment_ord: SegmentOrdinal,
    columns: Arc<Columns>,
    filters: Filters,
    counts: FacetCounts,
    newer_first: Vec<bool>,
    titles: Vec<Box<dyn Scorer>>,
    order: Order,
    pinned: BTreeMap<DocAddress, u32>,
    excluded: Vec<DocId>,
    /// How many of the excluded ones the pass has gone by.
    excluded_before: usize,
    total: u64,
    visible: u64,
    heaps: Heaps,
}

impl SegmentCollector for SegmentHits {
    type Fruit = Collected;

    fn collect(&mut self, doc: DocId, score: Score) {
        // What may not be seen is gone before anything is counted.
        if self.is_excluded(doc) || !self.filters.allows(doc, &self.columns) {
            return;
        }
        let failed = self.filters.failed(doc, &self.columns);
        // What is pinned says nothing about whether the words are right.
        let pinned = self.pinned.get(&DocAddress::new(self.segment_ord, doc)).copied();
        if !failed.has(Failed::LOCALE) && pinned.is_none() {
            self.visible += 1;
        }
        self.counts.count(doc, &self.columns, failed);
        if failed.is_nothing() {
            self.total += 1;
            if self.heaps.page > 0 {
                let score = thousandths(score + self.title_score(doc));
                // Most hits of a frequent word are worse than what is kept: nothing more is read of them.
                if pinned.is_some() || self.order != Order::Relevance || self.heaps.may_keep(score) {
                    let key = self.key(doc, score, pinned);
                    self.heaps.keep(key, DocAddress::new(self.segment_ord, doc));
                }
            }
        }
    }

    fn harvest(self) -> Collected {
        let Heaps { best, tail, .. } = self.heaps;
        Collected {
            total: self.total,
            visible: self.visible,
            best: best.into_iter().map(|Reverse(hit)| hit).collect(),
            tail: tail.into_iter().map(|Reverse(hit)| hit).collect(),
            counts: self.counts.named(&self.columns),
        }
    }
}

impl SegmentHits {
    /// Documents come in order, and so do the excluded ones.
    fn is_excluded(&mut self, doc: DocId) -> bool {
        while self.excluded.get(self.excluded_before).is_some_and(|excluded| *excluded < doc) {
            self.excluded_before += 1;
        }
        self.excluded.get(self.excluded_before) == Some(&doc)
    }

    fn key(&self, doc: DocId, score: u32, pinned: Option<u32>) -> OrderKey {
        let identity = self.columns.identity.first(doc).unwrap_or_default();
        let published_ms = self.columns.published_ms.first(doc).unwrap_or_default();
        let day = self.columns.day.first(doc).and_then(|day| u32::try_from(day).ok()).unwrap_or_default();
        if let Some(score) = pinned {
            return OrderKey { tier: OrderKey::PINNED, score, recency: 0, identity };
        }
        let (score, recency) = match self.order {
            Order::Relevance => {
                let newer_first = self.columns.collection.of(doc).and_then(|number| self.newer_first.get(number));
                let recency = if newer_first.copied().unwrap_or(false) { published_ms } else { i64::MIN };
                (score, recency)
            }
            Order::NewestFirst => (day, published_ms),
            Order::OldestFirst => (u32::MAX - day, published_ms.saturating_neg()),
        };
        OrderKey { tier: OrderKey::OTHER, score, recency, identity }
    }

    fn title_score(&mut self, doc: DocId) -> Score {
        let mut sum = 0.0;
        for scorer in &mut self.titles {
            let at = if scorer.doc() < doc { scorer.seek(doc) } else { scorer.doc() };
            if at == doc {
                sum += scorer.score();
            }
        }
        sum
    }
}

/// The best so far: those that may be ranked to the end, and a page behind them.
struct Heaps {
    best: BinaryHeap<Reverse<(OrderKey, DocAddress)>>,
    tail: BinaryHeap<Reverse<(OrderKey, DocAddress)>>,
    page: usize,
    after: Option<OrderKey>,
}

impl Heaps {
    /// Whether a hit of that score may be kept; one that is as good as the worst may be.
    fn may_keep(&self, score: u32) -> bool {
        let beats = |heap: &BinaryHeap<Reverse<(OrderKey, DocAddress)>>, room: bool| {
            room || heap.peek().is_none_or(|Reverse((worst, _))| score >= worst.score)
        };
        beats(&self.best, self.best.len() < RANKED_MAX) || beats(&self.tail, self.tail.len() < self.page)
    }

    fn keep(&mut self, key: OrderKey, address: DocAddress) {
        let hit = Reverse((key, address));
        if self.best.len() < RANKED_MAX {
            return self.best.push(hit);
        }
        let Some(mut worst) = self.best.peek_mut() else { return };
        let displaced = if hit < *worst { std::mem::replace(&mut *worst, hit) } else { hit };
        drop(worst);
        let Reverse((key, _)) = displaced;
        let fits = self.tail.len() < self.page || self.tail.peek().is_some_and(|worst| displaced < *worst);
        if !fits || !is_behind(self.after, key) {
            return;
        }
        self.tail.push(displaced);
        if self.tail.len() > self.page {
            self.tail.pop();
        }
    }
}

/// One more than the page, to see whether there are more.
pub(crate) fn page_max(request: &SearchRequest) -> usize {
    match request.size.min(PAGE_MAX_HITS) {
        0 => 0,
        size => size + 1,
    }
}

/// Whether a hit stands behind a position.
pub(crate) fn is_behind(after: Option<OrderKey>, key: OrderKey) -> bool {
    after.is_none_or(|after| key < after)
}

/// A score as whole thousandths; casts of floats saturate, and of what is no number comes 0.
fn thousandths(score: Score) -> u32 {
    (score * 1_000.0).round() as u32
}

/// Adds to each hit's score what the details are worth, and orders the hits by the sum.
fn rank(searcher: &Searcher, details: &[Box<dyn Weight>], hits: &mut [(OrderKey, DocAddress)]) -> tantivy::Result<()> {
    let mut segments: BTreeMap<SegmentOrdinal, Vec<&mut (OrderKey, DocAddress)>> = BTreeMap::new();
    for hit in hits.iter_mut() {
        segments.entry(hit.1.segment_ord).or_default().push(hit);
    }
    for (segment, mut hits) in segments {
        hits.sort_unstable_by_key(|(_, address)| address.doc_id);
        let docs: Vec<DocId> = hits.iter().map(|(_, address)| address.doc_id).collect();
        let sums = sums(searcher.segment_reader(segment), details, &docs)?;
        for ((key, _), sum) in hits.into_iter().zip(sums) {
            if key.tier != OrderKey::PINNED {
                key.tier = OrderKey::RANKED;
                key.score = key.score.saturating_add(thousandths(sum));
            }
        }
    }
    hits.sort_unstable_by_key(|hit| Reverse(*hit));
    Ok(())
}

/// What the details are worth for each of these documents, which are in order.
fn sums(segment: &SegmentReader, details: &[Box<dyn Weight>], docs: &[DocId]) -> tantivy::Result<Vec<Score>> {
    let mut sums = vec![0.0; docs.len()];
    for weight in details {
        let mut scorer = weight.scorer(segment, 1.0)?;
        // No match lies before this document.
        let mut next = scorer.doc();
        for (doc, sum) in docs.iter().zip(&mut sums) {
            if next == TERMINATED {
                break;
            }
            if next <= *doc && matches(&mut *scorer, *doc, &mut next) {
                *sum += scorer.score();
            }
        }
    }
    Ok(sums)
}

/// Whether the scorer has the document; moves the bound behind it otherwise. Never looks for the next match: where words
/// stand near each other seldom, that would read all of them.
fn matches(scorer: &mut dyn Scorer, doc: DocId, next: &mut DocId) -> bool {
    match scorer.seek_danger(doc) {
        SeekDangerResult::Found => {
            *next = doc + 1;
            true
        }
        SeekDangerResult::SeekLowerBound(bound) => {
            *next = bound.max(doc + 1);
            false
        }
    }
}
