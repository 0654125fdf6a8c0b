//! The index: published texts to documents, queries to hits. The only user of the engine, tantivy.
//!
//! Knows nothing of SQL, HTTP or who may do what beyond the [`PublicScope`](diwan_content::rights::PublicScope) that each
//! search carries. What it holds can be deleted at any time: [`SearchIndex::mark`] says up to which event the index is
//! complete, and the caller fills it from there.
//!
//! Rules that hold here:
//! * The engine's own tokenizers and query grammar never see a text: words come from `diwan_arabic`, queries are built by
//!   hand from words, and work is bounded by the words of a query.
//! * What decides whether something is found are words; pieces of words, titles and nearness only rank.
//! * Hits, total and facets come from one pass, so that nothing is counted that may not be seen.
//! * An index that is damaged is never searched: it is rebuilt, and [`SearchIndex::check`] and [`SearchIndex::inspect`] say
//!   why. A failed search asks for such a look. One of another
//!   analysis answers, and takes in changes, until the next is ready.
//!
//! | file | holds |
//! |---|---|
//! | `index.rs`, `generation.rs`, `in_flight.rs` | open, check, fill, apply, rest; the current index and the next one; a bound on waiting documents |
//! | `check.rs`, `integrity.rs`, `stamp.rs` | what must be sound before an index is used and while it is; what it was made by and of |
//! | `directory.rs`, `merges.rs` | files read by position; which parts are merged |
//! | `document.rs`, `schema.rs`, `terms.rs` | what is indexed of a published entry, and how |
//! | `search.rs` | the verb: parse, try step by step, answer |
//! | `parse.rs`, `query.rs`, `similar.rs`, `spacing.rs` | words of a query, the engine's query, words that may be meant |
//! | `collector.rs`, `columns.rs`, `filters.rs`, `facets.rs`, `rank.rs` | totals, facets and best hits in one pass; the last word on the rank of the best |
//! | `visible.rs` | in how many documents a word is that the caller may see |
//! | `attached.rs` | what stands in documents that an entry refers to |
//! | `suggest.rs`, `related.rs`, `synonyms.rs`, `meant.rs` | titles as one types, entries about the same, words that mean the same, slips |
//! | `highlight.rs`, `fragments.rs`, `positions.rs` | marks on the original spelling; the parts of a text that are shown; what phrases may cost |
//!
//! To add one more view of words: a field in `schema.rs`, filled in `document.rs`, ranked in `query.rs`; raise
//! `FORMAT_VERSION`, and every index rebuilds itself. To add a filter or facet: a column, and a test in `collector.rs`.

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
