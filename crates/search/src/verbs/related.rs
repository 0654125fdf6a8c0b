//! Entries about the same things: those that share the words that tell an entry apart.

use std::collections::{BTreeMap, HashMap};

use diwan_arabic::{is_function_word, tokenize};
use diwan_content::{EntryId, Locale};
use tantivy::{
    DocAddress, Searcher, Term,
    collector::DocSetCollector,
    query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery},
    schema::IndexRecordOption,
};

use crate::{
    api::{Hit, SearchRequest},
    documents::document::{ShownText, StoredHit, key_term, shown_texts},
    error::SearchError,
    hits::{collector::collect, filters::VisibleDocuments},
    query::build::Plan,
    storage::index::SearchIndex,
};

/// Words that stand for an entry.
const WORDS_MAX: usize = 16;
/// Of so many words an entry must share at least two to be related.
const SHARED_MIN: usize = 2;
/// How much of an entry is read for its words.
const TEXT_MAX_BYTES: usize = 20_000;
/// A word of the title counts as often as so many others.
const TITLE_WEIGHT: f32 = 4.0;
/// Words in more than this share of all entries tell nothing apart.
const COMMON_SHARE: f32 = 0.2;

impl SearchIndex {
    /// Entries that share most with this one, best first; none where it is not in the index. Of the request its filters and
    /// its size count.
    pub fn related(&self, entry: EntryId, locale: &Locale, request: &SearchRequest) -> Result<Vec<Hit>, SearchError> {
        self.ask(|searcher| self.related_in(searcher, entry, locale, request))
    }

    fn related_in(
        &self,
        searcher: &Searcher,
        entry: EntryId,
        locale: &Locale,
        request: &SearchRequest,
    ) -> Result<Vec<Hit>, SearchError> {
        let Some(own) = self.find_document(searcher, entry, locale)? else { return Ok(Vec::new()) };
        let document = searcher.doc(own).map_err(SearchError::engine("read a document of"))?;
        let visible = VisibleDocuments::of(searcher, &self.columns, request)?;
        let title = StoredHit::from_indexed(&document, &self.fields)?.title;
        let words = self.telling_words(searcher, &visible, &title, &shown_texts(&document, &self.fields))?;
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (stem, weight) in &words {
            let term = Term::from_field_text(self.fields.stem, stem);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), *weight))));
        }
        let shared = SHARED_MIN.min(words.len());
        let found = Box::new(BooleanQuery::with_minimum_required_clauses(clauses, shared));
        let plan = Plan { found, titles: Vec::new(), details: Vec::new() };
        let excluded = BTreeMap::from([(own.segment_ord, vec![own.doc_id])]);
        let collected = collect(searcher, &self.columns, request, &plan, &excluded, &BTreeMap::new())?;
        let mut hits = Vec::new();
        for (key, address) in collected.best.into_iter().take(request.size) {
            hits.push(self.hit(searcher, key, address)?);
        }
        Ok(hits)
    }

    /// Where a localization stands.
    pub(crate) fn find_document(
        &self,
        searcher: &Searcher,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<DocAddress>, SearchError> {
        let query = TermQuery::new(key_term(&self.fields, entry, locale), IndexRecordOption::Basic);
        let found = searcher.search(&query, &DocSetCollector).map_err(SearchError::engine("search"))?;
        Ok(found.into_iter().next())
    }

    /// The words that are frequent here and rare elsewhere, with the weight of each.
    fn telling_words(
        &self,
        searcher: &Searcher,
        visible: &VisibleDocuments<'_>,
        title: &str,
        texts: &[ShownText],
    ) -> Result<Vec<(String, f32)>, SearchError> {
        let mut counts: HashMap<String, f32> = HashMap::new();
        count(title, TITLE_WEIGHT, &mut counts);
        let mut left = TEXT_MAX_BYTES;
        for ShownText { text, .. } in texts {
            let part = &text[..text.floor_char_boundary(left)];
            count(part, 1.0, &mut counts);
            left -= part.len();
        }
        let all = searcher.num_docs() as f32;
        let mut words = Vec::new();
        for (stem, count) in counts {
            let term = Term::from_field_text(self.fields.stem, &stem);
            let documents = searcher.doc_freq(&term).map_err(SearchError::engine("look up a word in"))? as f32;
            // In small indexes every word is in a large share of the entries.
            if documents > (all * COMMON_SHARE).max(10.0) || visible.count(&term, 2)? < 2 {
                continue;
            }
            let rarity = (1.0 + all / documents).ln();
            words.push((stem, (1.0 + count.ln()) * rarity));
        }
        words.sort_by(|(one, weight), (other, other_weight)| {
            other_weight.total_cmp(weight).then_with(|| one.cmp(other))
        });
        words.truncate(WORDS_MAX);
        let most = words.first().map_or(1.0, |(_, weight)| *weight);
        Ok(words.into_iter().map(|(stem, weight)| (stem, weight / most)).collect())
    }
}

fn count(text: &str, weight: f32, counts: &mut HashMap<String, f32>) {
    for token in tokenize(text) {
        let telling = token.stem.chars().nth(2).is_some() && !is_function_word(&token.norm);
        if telling {
            *counts.entry(token.stem).or_default() += weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::samples::{index_of, news, request};

    #[test]
    fn entries_that_share_telling_words_are_related() {
        let mut documents = vec![
            news(1, "ضريبة القيمة المضافة", "تسجيل المكلفين في ضريبة القيمة المضافة وتقديم الإقرار."),
            news(2, "إقرار القيمة المضافة", "موعد تقديم إقرار ضريبة القيمة المضافة للمكلفين."),
            news(3, "رواتب الموظفين", "صرف رواتب الموظفين نهاية الشهر."),
        ];
        documents.extend((10..14).map(|number| news(number, "مزاد أراض", "بيع أراض بالمزاد العلني.")));
        let (_folder, index) = index_of(documents);
        let related = |number: u128| -> Vec<u128> {
            let entry = diwan_content::EntryId(uuid::Uuid::from_u128(number));
            let hits = index.related(entry, &"ar".parse().unwrap(), &request("")).unwrap();
            let mut numbers: Vec<u128> = hits.iter().map(|hit| hit.entry.0.as_u128()).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(related(1), [2]);
        assert_eq!(related(3), Vec::<u128>::new());
        assert_eq!(related(10), [11, 12, 13]);
        assert_eq!(related(99), Vec::<u128>::new());
    }
}
