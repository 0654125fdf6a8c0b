#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that fails may panic"))]

mod attached;
mod check;
mod collector;
mod columns;
mod directory;
mod document;
mod error;
mod facets;
mod filters;
mod fragments;
mod generation;
mod highlight;
mod in_flight;
mod index;
mod integrity;
mod meant;
mod merges;
mod parse;
mod positions;
mod query;
mod rank;
mod related;
mod request;
#[cfg(test)]
mod samples;
mod schema;
mod search;
mod similar;
mod spacing;
mod stamp;
mod suggest;
mod synonyms;
mod terms;
mod visible;

pub use self::{
    attached::{ATTACHMENTS_MAX, Attachment},
    document::{IndexChange, SearchDocument},
    error::SearchError,
    index::{Filled, Filling, IndexOptions, IndexState, IndexStats, SearchIndex},
    parse::check_query,
    request::{
        AttachmentHit, FACET_MAX_VALUES, FRAGMENTS_MAX, Facet, Facets, FieldFilter, Highlights, Hit, Month, Order,
        PAGE_MAX_HITS, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchAnswer, SearchPosition, SearchRequest, day_number,
    },
    stamp::IndexStamp,
    suggest::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SuggestRequest, Suggestion},
    synonyms::{SYNONYM_GROUPS_MAX, Synonyms},
};
