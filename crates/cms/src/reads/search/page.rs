//! What a search takes and what it answers.

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Handle, Label, Locale, PublicPath, Timestamp, rights::PublicScope,
};
use diwan_search::{Highlights, Month, Order, SearchRequest};

use super::log::ClientToken;

/// A search as asked for.
#[derive(Debug, Clone, Default)]
pub struct SearchInput {
    /// The words, as typed.
    pub query: String,
    /// Hits of this locale alone.
    pub locale: Option<Locale>,
    /// Hits of these collections alone.
    pub collections: Vec<String>,
    /// Hits of these departments and those below them alone.
    pub departments: Vec<DepartmentId>,
    /// Hits of this day and later ones alone, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Hits of this day and earlier ones alone.
    pub to: Option<String>,
    /// Hits alone that have one of the values in the field; several fields must all fit.
    pub fields: Vec<(String, Vec<String>)>,
    /// How hits are counted: `collection`, `department`, `locale`, `month` and fields that collections declare for it, or
    /// `none` alone; absent: by all of them.
    pub facets: Option<Vec<String>>,
    /// In which order hits are.
    pub order: Order,
    /// Size of a page, 1 to 100; 20 when absent.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
    /// Who asks, as a number that is kept nowhere.
    pub client: ClientToken,
}

/// A search whose parameters were checked; see [`Cms::check_search`](crate::Cms::check_search).
pub struct CheckedSearch {
    pub(super) scope: PublicScope,
    pub(super) client: ClientToken,
    pub(super) locale: Option<Locale>,
    pub(super) request: SearchRequest,
    pub(super) query: ContentHash,
    pub(super) size: u32,
}

/// A page of hits.
#[derive(Debug, Clone)]
pub struct SearchPage {
    /// Hits, best first.
    pub hits: Vec<SearchHit>,
    /// How many there are on all pages, as far as the index knows; what this page turned out to have lost is taken off.
    pub total: u64,
    /// Hits by collection.
    pub collections: Vec<CollectionCount>,
    /// Hits by department.
    pub departments: Vec<DepartmentCount>,
    /// Hits by locale.
    pub locales: Vec<(Locale, u64)>,
    /// Hits by month, the latest first.
    pub months: Vec<(Month, u64)>,
    /// Hits by values of the fields that collections declare for it.
    pub fields: Vec<(Handle, Vec<(String, u64)>)>,
    /// The first hit lacks a word as typed; this is what comes near.
    pub relaxed: bool,
    /// The query without slips, where words of it are in no text but words like them are.
    pub did_you_mean: Option<String>,
    /// Where nothing was found in the locale that was asked for: hits in the others.
    pub other_locales: Vec<(Locale, u64)>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// The page size in force.
    pub size: u32,
}

/// One hit.
#[derive(Debug, Clone)]
pub struct SearchHit {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// The locale that was found.
    pub locale: Locale,
    /// Where it lives now.
    pub path: Option<PublicPath>,
    /// What names it.
    pub title: String,
    /// Where the words stand.
    pub highlights: Highlights,
    /// When its revision became public.
    pub published_at: Timestamp,
    /// It stands first because the ministry wants it so.
    pub pinned: bool,
    /// It lacks a word of the query.
    pub fewer_words: bool,
    /// Documents that it refers to and in which words stand that its own texts lack.
    pub attachments: Vec<FoundAttachment>,
}

/// A document in which words of the query were found.
#[derive(Debug, Clone)]
pub struct FoundAttachment {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Where its bytes are.
    pub url: String,
    /// Where the words stand.
    pub fragments: Vec<String>,
}

/// Hits in a collection.
#[derive(Debug, Clone)]
pub struct CollectionCount {
    /// The collection.
    pub handle: Handle,
    /// What people call it.
    pub label: Label,
    /// How many.
    pub count: u64,
}

/// Hits in a department.
#[derive(Debug, Clone)]
pub struct DepartmentCount {
    /// The department.
    pub id: DepartmentId,
    /// Its public name, if it has one.
    pub title: Option<String>,
    /// How many.
    pub count: u64,
}
