//! In how many documents a word is, as far as the caller may see them.
//!
//! What a search makes of a word that nothing has must not depend on documents that the caller may not see: otherwise the
//! answers tell which words are in them.

use std::sync::Arc;

use tantivy::{
    DocSet as _, InvertedIndexReader, Searcher, SegmentReader, TERMINATED, Term, postings::TermInfo,
    schema::IndexRecordOption,
};

use super::{
    columns::{Columns, OpenColumns},
    filters::Filters,
};
use crate::{error::SearchError, query::request::SearchRequest};

/// Documents of one segment and word that are counted where each of them must be looked at. More make no difference to what
/// is likely to be meant.
const COUNTED_MAX: u64 = 1_000;

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

#[cfg(test)]
mod tests {
    use diwan_content::Access;

    use crate::{
        SearchAnswer, SearchDocument, SearchRequest,
        samples::{fill, index_of, keyed_scope, news, numbers, request},
    };

    fn hidden(number: u128, title: &str, body: &str) -> SearchDocument {
        SearchDocument { public: Access::Key, ..news(number, title, body) }
    }

    /// Everything that a caller without a key learns.
    fn learnt(answer: &SearchAnswer) -> (Vec<u128>, u64, bool, Option<String>) {
        (numbers(answer), answer.total, answer.relaxed, answer.did_you_mean.clone())
    }

    #[test]
    fn a_search_without_a_key_does_not_depend_on_documents_that_need_one() {
        let public = || {
            vec![
                news(1, "بلاغ", "وقّع عبد الله الصالح إعلان الموازنة العامة في البلدة."),
                news(2, "موازنة البلدة", "أقرّت اللجنة موازنة البلدة."),
            ]
        };
        // Each is a word that a query below is near to, or one that would replace it, or the query's word itself.
        let secret = ["عبدالله", "الموازنا", "موازنتة", "بلدتنة", "الصالحالعامة", "العامةفي"];
        let (_folder, index) = index_of(public());
        let queries = ["عبدالله", "الموازنا", "موازنتة", "بلدتنة", "الصالح العامة", "الموازنةالعامة", "موازنا البلدة"];
        let answers = |index: &crate::SearchIndex, scope: Option<_>| {
            let ask = |query: &&str| {
                let asked = request(query);
                let asked = match scope {
                    Some(scope) => SearchRequest { scope, ..asked },
                    None => asked,
                };
                learnt(&index.search(&asked).unwrap())
            };
            queries.iter().map(ask).collect::<Vec<_>>()
        };
        let without = answers(&index, None);
        assert!(
            without.iter().any(|(found, ..)| !found.is_empty()) && without.iter().any(|(.., meant)| meant.is_some())
        );
        let mut documents = public();
        documents.extend((10..).zip(secret).map(|(number, word)| hidden(number, word, word)));
        fill(&index, documents, 2);
        assert_eq!(answers(&index, None), without);
        assert_ne!(answers(&index, Some(keyed_scope())), without, "who has a key finds them");
    }
}
