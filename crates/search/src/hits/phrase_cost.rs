//! How many positions a query reads. Words that stand next to each other are found by reading where each stands in every
//! document that has all of them: the one part of a search whose cost does not follow from the number of its words.

use tantivy::{Searcher, Term, schema::Field};

use super::collector::RANKED_MAX;
use crate::{
    documents::schema::Fields,
    error::SearchError,
    query::parse::{ParsedQuery, QueryWord},
};

/// Positions that all phrases of one query may read, in bytes as they are stored; about one byte each.
const PHRASES_MAX_BYTES: u64 = 32_000_000;
/// The same for what only ranks.
const NEIGHBOURS_MAX_BYTES: u64 = 8_000_000;

/// Refuses phrases that would read too much, and drops neighbours from the ranking that would.
pub(crate) fn bound_positions(
    searcher: &Searcher,
    fields: &Fields,
    parsed: &mut ParsedQuery,
) -> Result<(), SearchError> {
    let mut bytes: u64 = 0;
    for words in parsed.phrases.iter().chain(&parsed.excluded).filter(|words| words.len() > 1) {
        let stems: Vec<&str> = words.iter().map(|QueryWord { stem, .. }| stem.as_str()).collect();
        for field in [fields.stem, fields.attached] {
            bytes = bytes.saturating_add(estimate(searcher, field, &stems, u64::MAX)?);
        }
    }
    if bytes > PHRASES_MAX_BYTES {
        return Err(SearchError::TooCostly);
    }
    let (mut affordable, mut left) = (Vec::new(), NEIGHBOURS_MAX_BYTES);
    for (one, other) in std::mem::take(&mut parsed.neighbours) {
        let bytes = estimate(searcher, fields.stem, &[&one, &other], RANKED_MAX as u64)?;
        if let Some(rest) = left.checked_sub(bytes) {
            left = rest;
            affordable.push((one, other));
        }
    }
    parsed.neighbours = affordable;
    Ok(())
}

/// The bytes of positions that are read to find stems next to each other. Documents that have all of them are at most as
/// many as those of the rarest; each is taken to have as many positions as the stem has on average.
fn estimate(searcher: &Searcher, field: Field, stems: &[&str], documents_max: u64) -> Result<u64, SearchError> {
    let mut bytes: u64 = 0;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field).map_err(SearchError::engine("search"))?;
        let mut infos = Vec::with_capacity(stems.len());
        for stem in stems {
            let info = index.get_term_info(&Term::from_field_text(field, stem));
            infos.extend(info.map_err(SearchError::engine("search"))?);
        }
        if infos.len() < stems.len() {
            continue;
        }
        let rarest = infos.iter().map(|info| u64::from(info.doc_freq)).min().unwrap_or(0).min(documents_max);
        for info in infos {
            let of_stem = info.positions_range.len() as u64;
            bytes = bytes.saturating_add(of_stem.saturating_mul(rarest) / u64::from(info.doc_freq.max(1)));
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{index_of, news};

    #[test]
    fn positions_are_estimated_by_the_documents_that_can_have_all_words() {
        let frequent = "موازنة ".repeat(5_000);
        let (_folder, index) = index_of([
            news(1, "أولى", &frequent),
            news(2, "ثانية", &format!("{frequent} وزارة")),
            news(3, "ثالثة", "وزارة"),
        ]);
        let searcher = index.searcher().unwrap();
        let fields = &index.fields;
        let of = |query: &str| {
            let parsed = ParsedQuery::parse(query).unwrap();
            let stems: Vec<&str> = parsed.phrases[0].iter().map(|word| word.stem.as_str()).collect();
            estimate(&searcher, fields.stem, &stems, u64::MAX).unwrap()
        };
        let (twice, once) = (of("\"موازنة موازنة\""), of("\"موازنة وزارة\""));
        assert!(twice > 1_000, "{twice}");
        assert!(once >= twice / 2 - 10 && once < twice, "{once} of {twice}");
        assert_eq!(of("\"موازنة ديناصور\""), 0);
        let (one_document, of_two) = (estimate(&searcher, fields.stem, &["x"], 1).unwrap(), of("\"موازنة موازنة\""));
        assert!(one_document == 0 && of_two == twice);
    }
}
