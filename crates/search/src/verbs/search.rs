//! The verb: parse, try step by step, answer.

use std::collections::BTreeMap;

use diwan_content::PublicPath;
use tantivy::{
    DocAddress, DocId, Searcher, SegmentOrdinal, TantivyDocument,
    collector::DocSetCollector,
    query::{BooleanQuery, ConstScoreQuery, EnableScoring, Occur, Query, TermQuery, Weight},
    schema::IndexRecordOption,
};

use super::answer::{Highlights, Hit, SearchAnswer};
use crate::{
    documents::{
        attachments::stored_attachments,
        document::{StoredHit, key_term},
        schema::Fields,
    },
    error::SearchError,
    highlighting::highlight::{Marker, TextBudget},
    hits::{
        collector::{Collected, HitCollector, RANKED_MAX, is_behind, page_max},
        phrase_cost::bound_positions,
        rank::rank,
        visible::VisibleDocuments,
    },
    query::{
        build::{Plan, SimilarWords, build, build_excluded},
        parse::ParsedQuery,
        position::{OrderKey, SearchPosition},
        request::{Order, PAGE_MAX_HITS, SearchRequest},
        step::Step,
    },
    spelling::{did_you_mean::did_you_mean, similar::similar_words, spacing::Spacing},
    storage::index::SearchIndex,
};

/// A question that has fewer hits is relaxed as far as to any of its words: which of them matter is for the ranking to say,
/// as long as it ranks all hits to the end.
const QUESTION_HITS_MIN: u64 = RANKED_MAX as u64;

impl SearchIndex {
    /// Finds what is published and the scope may see.
    ///
    /// Hits have all words of a query of up to three, most of a longer one, by their stems. Where nothing has them, the query
    /// is relaxed step by step, and the answer says so. Longer queries and questions are relaxed too where few hits have
    /// them; hits with more of the words then still stand before those with fewer.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let parsed = ParsedQuery::parse(&request.query)?;
        self.ask(|searcher| self.search_in(searcher, request, parsed))
    }

    fn search_in(
        &self,
        searcher: &Searcher,
        request: &SearchRequest,
        mut parsed: ParsedQuery,
    ) -> Result<SearchAnswer, SearchError> {
        bound_positions(searcher, &self.fields, &mut parsed)?;
        let first = request.after.and_then(|position| Step::from_number(position.step)).unwrap_or(Step::AsTyped);
        let (mut similar, mut spacing) = (SimilarWords::new(), Spacing::default());
        if first != Step::AsTyped {
            (similar, spacing) = self.other_words(searcher, request, &parsed)?;
        }
        let excluded = excluded_by(searcher, &parsed, &self.fields)?;
        let pinned = self.pinned(searcher, request)?;
        let mut last = (Step::AsTyped, Collected::default());
        for step in Step::ALL.into_iter().skip_while(|step| *step != first) {
            if step == Step::SimilarWords && first == Step::AsTyped {
                (similar, spacing) = self.other_words(searcher, request, &parsed)?;
            }
            let meant = spacing.beside(request.synonyms.meant(&parsed));
            let Some(plan) = build(&parsed, &similar, &meant, step, &self.fields) else { continue };
            let collected = collect(searcher, request, &with_pinned(plan, request, &self.fields), &excluded, &pinned)?;
            let enough = collected.visible >= enough(&parsed, step);
            last = (step, collected);
            // All pages of an answer are of the same step.
            if enough || request.after.is_some() {
                break;
            }
        }
        let (step, collected) = last;
        let meant = spacing.beside(request.synonyms.meant(&parsed));
        let marker = Marker::new(&parsed, &similar, &meant, step, &self.fields);
        self.answer(request, searcher, (&parsed, &similar), (step, &marker), collected)
    }

    /// Words that may be meant instead of those of the query.
    fn other_words(
        &self,
        searcher: &Searcher,
        request: &SearchRequest,
        parsed: &ParsedQuery,
    ) -> Result<(SimilarWords, Spacing), SearchError> {
        let visible = VisibleDocuments::of(searcher, request)?;
        let similar = similar_words(&visible, &self.fields, parsed)?;
        Ok((similar, Spacing::of(&visible, &self.fields, parsed)?))
    }

    fn answer(
        &self,
        request: &SearchRequest,
        searcher: &Searcher,
        (parsed, similar): (&ParsedQuery, &SimilarWords),
        (step, marker): (Step, &Marker),
        mut collected: Collected,
    ) -> Result<SearchAnswer, SearchError> {
        let size = request.size.min(PAGE_MAX_HITS);
        let more = collected.best.len() > size;
        let (mut hits, mut texts) = (Vec::with_capacity(size.min(collected.best.len())), Vec::new());
        let mut budget = TextBudget::default();
        for (key, address) in collected.best.drain(..).take(size) {
            let document = self.document(searcher, address)?;
            let stored = StoredHit::from_indexed(&document, &self.fields)?;
            let attachments = stored_attachments(&document, &self.fields)?;
            budget.next_hit();
            let marks = Some((step, marker, &mut budget));
            let hit = to_hit(&stored, marks, key);
            let found = marker.attachments(&stored.title, &stored.texts, &attachments, &mut budget);
            hits.push(Hit { attachments: found, ..hit });
            if step != Step::AsTyped && texts.len() < SPELLINGS_FROM_HITS {
                texts.push(stored);
            }
        }
        let did_you_mean = match step {
            Step::AsTyped => None,
            Step::SimilarWords | Step::HalfOfWords | Step::AnyWord | Step::Pieces => {
                did_you_mean(&request.query, parsed, similar, &texts, &self.fields)
            }
        };
        let relaxed = step != Step::AsTyped && collected.total > 0;
        Ok(SearchAnswer { hits, total: collected.total, relaxed, did_you_mean, more, facets: collected.facets() })
    }

    /// A hit without marks.
    pub(crate) fn hit(&self, searcher: &Searcher, key: OrderKey, address: DocAddress) -> Result<Hit, SearchError> {
        let document = self.document(searcher, address)?;
        Ok(to_hit(&StoredHit::from_indexed(&document, &self.fields)?, None, key))
    }

    fn document(&self, searcher: &Searcher, address: DocAddress) -> Result<TantivyDocument, SearchError> {
        searcher.doc(address).map_err(SearchError::engine("read a document of"))
    }

    /// Where the pinned localizations stand, the first with the highest rank.
    fn pinned(&self, searcher: &Searcher, request: &SearchRequest) -> Result<BTreeMap<DocAddress, u32>, SearchError> {
        let mut pinned = BTreeMap::new();
        for (place, (entry, locale)) in (0_u32..).zip(request.pinned.iter().take(PINNED_MAX)) {
            if let Some(address) = self.find_document(searcher, *entry, locale)? {
                pinned.entry(address).or_insert(u32::MAX - place);
            }
        }
        Ok(pinned)
    }
}

/// Hits whose texts show how a word is spelt.
const SPELLINGS_FROM_HITS: usize = 5;
/// Most localizations that one query may pin.
const PINNED_MAX: usize = 20;

fn to_hit(stored: &StoredHit, found: Option<(Step, &Marker, &mut TextBudget)>, key: OrderKey) -> Hit {
    let StoredHit { entry, locale, collection, department, path, title, texts, published_at } = stored;
    let step = found.as_ref().map_or(0, |(step, ..)| step.number());
    let highlights = found.map_or_else(Highlights::default, |(_, marker, budget)| Highlights {
        title: marker.mark_title(title),
        fragments: marker.fragments(texts, budget),
    });
    Hit {
        entry: *entry,
        locale: locale.clone(),
        collection: collection.clone(),
        department: *department,
        path: path.clone().map(PublicPath::from_stored),
        title: title.clone(),
        highlights,
        score: key.score as f32 / 1_000.0,
        published_at: *published_at,
        pinned: key.tier == OrderKey::PINNED,
        attachments: Vec::new(),
        position: SearchPosition { step, key },
    }
}

/// What is pinned is found beside what the plan finds.
fn with_pinned(plan: Plan, request: &SearchRequest, fields: &Fields) -> Plan {
    if request.pinned.is_empty() {
        return plan;
    }
    let Plan { found, titles, details } = plan;
    let mut clauses = vec![(Occur::Should, found)];
    for (entry, locale) in request.pinned.iter().take(PINNED_MAX) {
        let query = TermQuery::new(key_term(fields, *entry, locale), IndexRecordOption::Basic);
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(query), 0.0))));
    }
    Plan { found: Box::new(BooleanQuery::new(clauses)), titles, details }
}

/// All that one step finds: the best of one page, ranked to the end as far as [`RANKED_MAX`] reaches.
pub(crate) fn collect(
    searcher: &Searcher,
    request: &SearchRequest,
    plan: &Plan,
    excluded: &BTreeMap<SegmentOrdinal, Vec<DocId>>,
    pinned: &BTreeMap<DocAddress, u32>,
) -> Result<Collected, SearchError> {
    let titles = weights(searcher, &plan.titles)?;
    let after = request.after.map(|position| position.key);
    let collector = HitCollector { request, after, excluded, pinned, titles: &titles };
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

/// What the query leaves out. Collected by itself: the engine's own exclusion seeks backwards in phrases.
fn excluded_by(
    searcher: &Searcher,
    parsed: &ParsedQuery,
    fields: &Fields,
) -> Result<BTreeMap<SegmentOrdinal, Vec<DocId>>, SearchError> {
    let mut excluded: BTreeMap<SegmentOrdinal, Vec<DocId>> = BTreeMap::new();
    let Some(query) = build_excluded(parsed, fields) else { return Ok(excluded) };
    let found = searcher.search(&*query, &DocSetCollector).map_err(SearchError::engine("search"))?;
    for address in found {
        excluded.entry(address.segment_ord).or_default().push(address.doc_id);
    }
    excluded.values_mut().for_each(|docs| docs.sort_unstable());
    Ok(excluded)
}

/// How many hits make it needless to relax a query further.
fn enough(parsed: &ParsedQuery, step: Step) -> u64 {
    match step {
        Step::AsTyped | Step::SimilarWords | Step::HalfOfWords if parsed.is_question() => QUESTION_HITS_MIN,
        Step::AsTyped | Step::SimilarWords | Step::HalfOfWords | Step::AnyWord | Step::Pieces => 1,
    }
}

#[cfg(test)]
mod tests;
