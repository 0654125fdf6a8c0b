#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that fails may panic"))]

mod api;
mod documents;
mod error;
mod highlighting;
mod hits;
mod query;
#[cfg(test)]
mod samples;
mod spelling;
mod storage;
mod verbs;

pub use self::{
    api::{
        AttachmentHit, FACET_MAX_VALUES, FRAGMENTS_MAX, Facet, Facets, FieldFilter, Highlights, Hit, Month, Order,
        PAGE_MAX_HITS, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchAnswer, SearchPosition, SearchRequest,
    },
    documents::{
        document::{ATTACHMENTS_MAX, Attachment, IndexChange, SearchDocument},
        schema::day_number,
    },
    error::SearchError,
    query::{
        parse::check_query,
        synonyms::{SYNONYM_GROUPS_MAX, Synonyms},
    },
    storage::{
        index::{Filled, Filling, IndexOptions, IndexState, IndexStats, SearchIndex},
        stamp::IndexStamp,
    },
    verbs::suggest::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SuggestRequest, Suggestion},
};
