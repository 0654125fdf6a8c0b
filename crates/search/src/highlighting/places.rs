//! Where in the hits of a page words may be marked, read from the positions that the index has anyway.

use std::collections::HashMap;

use tantivy::{
    DocAddress, DocId, DocSet as _, Searcher, SegmentOrdinal, Term,
    postings::Postings as _,
    schema::{Field, IndexRecordOption},
};

use crate::{error::SearchError, hits::collector::by_segment};

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
