//! The rank of the best hits, worked out to the end.

use std::{cmp::Reverse, collections::BTreeMap};

use tantivy::{
    DocAddress, DocId, Score, Searcher, SeekDangerResult, SegmentOrdinal, SegmentReader, TERMINATED,
    query::{Scorer, Weight},
};

use super::collector::thousandths;
use crate::query::position::OrderKey;

/// Adds to each hit's score what the details are worth, and orders the hits by the sum.
pub(crate) fn rank(
    searcher: &Searcher,
    details: &[Box<dyn Weight>],
    hits: &mut [(OrderKey, DocAddress)],
) -> tantivy::Result<()> {
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

/// What the details are worth for each of these documents, which stand in order.
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
