//! What is asked of the index.

use std::sync::Arc;

use diwan_content::{DepartmentId, EntryId, Handle, Locale, rights::PublicScope};

use super::{position::SearchPosition, synonyms::Synonyms};

/// Longest query in characters.
pub const QUERY_MAX_CHARS: usize = 1_000;
/// Most words of a query.
pub const QUERY_MAX_WORDS: usize = 32;
/// Most hits of one page; a larger size is cut to it, and the answer says that there are more.
pub const PAGE_MAX_HITS: usize = 100;
/// Most fragments of one hit.
pub const FRAGMENTS_MAX: usize = 3;

/// A search.
#[derive(Debug, Clone)]
pub struct SearchRequest {
    /// As typed: words, `"phrases"` (also «» and “”), `-excluded`, a last word with `*` behind it as a prefix. Everything
    /// else is punctuation: there is no grammar and no wrong query.
    pub query: String,
    /// What the asker may see: without a key, nothing of collections with `access: key`.
    pub scope: PublicScope,
    /// Hits of this locale alone.
    pub locale: Option<Locale>,
    /// Hits of these collections alone; empty means all.
    pub collections: Vec<Handle>,
    /// Hits of these departments alone (subtrees are expanded by the caller); empty means all.
    pub departments: Vec<DepartmentId>,
    /// Hits of this day and later ones alone, as [`day_number`](crate::day_number) writes days.
    pub from_day: Option<u32>,
    /// Hits of this day and earlier ones alone.
    pub to_day: Option<u32>,
    /// Hits with one of the values in each of these fields alone.
    pub values: Vec<FieldFilter>,
    /// The fields whose values may be counted and filtered by; at most 24, and nothing of others is told.
    pub facet_fields: Vec<Handle>,
    /// What is counted of all hits; each costs time with every hit.
    pub facets: Vec<Facet>,
    /// What stands first.
    pub order: Order,
    /// Collections whose newer hits stand first among those that answer equally well.
    pub newer_first: Vec<Handle>,
    /// Hits of one page, at most [`PAGE_MAX_HITS`]; with 0 only the total and the facets are told.
    pub size: usize,
    /// Hits behind this one.
    pub after: Option<SearchPosition>,
    /// Words that mean the same.
    pub synonyms: Arc<Synonyms>,
    /// Localizations that stand first, whatever their texts say, as far as the filters let them.
    pub pinned: Vec<(EntryId, Locale)>,
    /// The collections that `scope` may see; nothing of others is found or counted, whatever the index holds.
    pub allowed_collections: Vec<Handle>,
}

impl SearchRequest {
    /// A search without filters, from its beginning, that counts no facets.
    pub fn of(query: String, scope: PublicScope, allowed_collections: Vec<Handle>) -> Self {
        Self {
            query,
            scope,
            locale: None,
            collections: Vec::new(),
            departments: Vec::new(),
            from_day: None,
            to_day: None,
            values: Vec::new(),
            facet_fields: Vec::new(),
            facets: Vec::new(),
            order: Order::Relevance,
            newer_first: Vec::new(),
            size: PAGE_MAX_HITS,
            after: None,
            synonyms: Arc::default(),
            pinned: Vec::new(),
            allowed_collections,
        }
    }
}

/// One way to say how hits are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Facet {
    /// By collection.
    Collection,
    /// By owner.
    Department,
    /// By locale.
    Locale,
    /// By month.
    Month,
    /// By the values of a field.
    Field(Handle),
}

impl Facet {
    /// The field whose values are counted.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Collection | Self::Department | Self::Locale | Self::Month => None,
            Self::Field(field) => Some(field.as_str()),
        }
    }
}

/// What stands first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// What answers best.
    #[default]
    Relevance,
    /// The latest day.
    NewestFirst,
    /// The earliest day.
    OldestFirst,
}

/// Values of a field, one of which a hit must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFilter {
    /// The field.
    pub field: Handle,
    /// The values.
    pub values: Vec<String>,
}
