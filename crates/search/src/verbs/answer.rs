//! What a search answers.

use diwan_content::{DepartmentId, EntryId, Handle, Locale, PublicPath, Timestamp};

use crate::{highlighting::attachments::AttachmentHit, hits::facets::Facets, query::position::SearchPosition};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchAnswer {
    /// This page, best first; equals newest first where their collections ask for it, then by an order of their identities
    /// that never changes.
    pub hits: Vec<Hit>,
    /// Hits on all pages that have all or most of the words, where there are such; those that fill a page after them are not
    /// counted.
    pub total: u64,
    /// How the hits are spread.
    pub facets: Facets,
    /// The first hit lacks a word of the query as typed: it has a similar one, or fewer words, or parts of words.
    pub relaxed: bool,
    /// The query with words that the index knows in place of slips, if there are such.
    pub did_you_mean: Option<String>,
    /// There are hits behind this page.
    pub more: bool,
}

/// One hit.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The entry.
    pub entry: EntryId,
    /// The localization's locale.
    pub locale: Locale,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// Its title, plain.
    pub title: String,
    /// Where the words stand.
    pub highlights: Highlights,
    /// How well it answers; comparable only within one query.
    pub score: f32,
    /// When its revision became public.
    pub published_at: Timestamp,
    /// It stands first because the ministry wants it so.
    pub pinned: bool,
    /// Documents that it refers to and in which words stand that its own texts lack.
    pub attachments: Vec<AttachmentHit>,
    /// It lacks a word of the query.
    pub fewer_words: bool,
    /// To go on behind it.
    pub position: SearchPosition,
}

/// The found words in the original spelling: HTML that holds nothing but escaped text and `<mark>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Highlights {
    /// The title, if it contains a word of the query.
    pub title: Option<String>,
    /// The best parts of the other texts in their order, at most [`FRAGMENTS_MAX`](crate::FRAGMENTS_MAX); the beginning if no
    /// word is in them.
    pub fragments: Vec<String>,
}
