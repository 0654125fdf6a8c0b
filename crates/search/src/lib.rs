#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that fails may panic"))]

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
    documents::{
        attachments::{ATTACHMENTS_MAX, Attachment},
        document::{IndexChange, SearchDocument},
        schema::day_number,
    },
    error::SearchError,
    highlighting::attachments::AttachmentHit,
    hits::facets::{FACET_MAX_VALUES, Facets, Month},
    query::{
        parse::check_query,
        position::SearchPosition,
        request::{
            FRAGMENTS_MAX, Facet, FieldFilter, Order, PAGE_MAX_HITS, QUERY_MAX_CHARS, QUERY_MAX_WORDS, SearchRequest,
        },
        synonyms::{SYNONYM_GROUPS_MAX, Synonyms},
    },
    storage::{
        index::{Filled, Filling, IndexOptions, IndexState, IndexStats, SearchIndex},
        stamp::IndexStamp,
    },
    verbs::{
        answer::{Highlights, Hit, SearchAnswer},
        suggest::{SUGGEST_MAX_CHARS, SUGGESTIONS_MAX, SuggestRequest, Suggestion},
    },
};
