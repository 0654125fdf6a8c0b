//! The verb: parse, try step by step, answer.

use std::collections::HashSet;

use diwan_content::PublicPath;
use tantivy::{DocAddress, Searcher, collector::DocSetCollector};

use crate::{
    collector::{Collected, HitCollector},
    document::StoredHit,
    error::SearchError,
    highlight::Marker,
    index::SearchIndex,
    parse::ParsedQuery,
    query::{SimilarWords, Step, build, build_excluded},
    request::{Highlights, Hit, OrderKey, PAGE_MAX_HITS, SearchAnswer, SearchPosition, SearchRequest},
    similar::similar_words,
};

/// A question that has fewer hits is worth relaxing, as far as to any of its words.
const QUESTION_HITS_MIN: u64 = 10;

impl SearchIndex {
    /// Finds what is published and the scope may see.
    ///
    /// Hits have all words of a query of up to three, most of a longer one, by their stems. Where nothing has them, the query
    /// is relaxed step by step, and the answer says so. Longer queries and questions are relaxed too where few hits have
    /// them; hits with more of the words then still stand before those with fewer.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchAnswer, SearchError> {
        let parsed = ParsedQuery::parse(&request.query)?;
        let searcher = self.searcher();
        let first = request.after.and_then(|position| Step::from_number(position.step)).unwrap_or(Step::AsTyped);
        let mut similar = SimilarWords::new();
        if first != Step::AsTyped {
            similar = similar_words(&searcher, &self.fields, &parsed)?;
        }
        let excluded = match build_excluded(&parsed, &self.fields) {
            Some(query) => searcher.search(&*query, &DocSetCollector).map_err(SearchError::engine("search"))?,
            None => HashSet::new(),
        };
        let mut last = (Step::AsTyped, Collected::default());
        for step in Step::ALL.into_iter().skip_while(|step| *step != first) {
            if step == Step::SimilarWords && first == Step::AsTyped {
                similar = similar_words(&searcher, &self.fields, &parsed)?;
            }
            let Some(query) = build(&parsed, &similar, step, &self.fields) else { continue };
            let after = request.after.map(|position| position.key);
            let collector = HitCollector { request, after, excluded: &excluded };
            let collected = searcher.search(&*query, &collector).map_err(SearchError::engine("search"))?;
            let enough = collected.visible >= enough(&parsed, step);
            last = (step, collected);
            // All pages of an answer are of the same step.
            if enough || request.after.is_some() {
                break;
            }
        }
        let (step, collected) = last;
        self.answer(request, &searcher, &parsed, &similar, step, collected)
    }

    fn answer(
        &self,
        request: &SearchRequest,
        searcher: &Searcher,
        parsed: &ParsedQuery,
        similar: &SimilarWords,
        step: Step,
        mut collected: Collected,
    ) -> Result<SearchAnswer, SearchError> {
        let size = request.size.min(PAGE_MAX_HITS);
        let more = collected.best.len() > size;
        let marker = Marker::new(parsed, similar, step, &self.fields);
        let mut hits = Vec::with_capacity(size.min(collected.best.len()));
        for (key, address) in collected.best.drain(..).take(size) {
            hits.push(self.hit(searcher, &marker, step, key, address)?);
        }
        let relaxed = step != Step::AsTyped && collected.total > 0;
        Ok(SearchAnswer { hits, total: collected.total, relaxed, more, facets: collected.facets() })
    }

    fn hit(
        &self,
        searcher: &Searcher,
        marker: &Marker,
        step: Step,
        key: OrderKey,
        address: DocAddress,
    ) -> Result<Hit, SearchError> {
        let document = searcher.doc(address).map_err(SearchError::engine("read a document of"))?;
        let stored = StoredHit::from_indexed(&document, &self.fields)?;
        let StoredHit { entry, locale, collection, department, path, title, texts, published_at } = stored;
        let highlights = Highlights { title: marker.mark_title(&title), fragments: marker.fragments(&texts) };
        Ok(Hit {
            entry,
            locale,
            collection,
            department,
            path: path.map(PublicPath::from_stored),
            title,
            highlights,
            score: key.score as f32 / 1_000.0,
            published_at,
            position: SearchPosition { step: step.number(), key },
        })
    }
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
