//! What is asked of the index, and what it answers.

use std::sync::Arc;

use diwan_content::{AssetId, DepartmentId, EntryId, Handle, Locale, PublicPath, Timestamp, rights::PublicScope};

use crate::query::synonyms::Synonyms;

/// Longest query in characters.
pub const QUERY_MAX_CHARS: usize = 1_000;
/// Most words of a query.
pub const QUERY_MAX_WORDS: usize = 32;
/// Most hits of one page; a larger size is cut to it, and the answer says that there are more.
pub const PAGE_MAX_HITS: usize = 100;
/// Most values of one facet, the largest first.
pub const FACET_MAX_VALUES: usize = 500;
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

/// A document in which words of the query were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentHit {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Its best parts as [`Highlights::fragments`](crate::Highlights::fragments); empty where the words stand too far inside to be shown.
    pub fragments: Vec<String>,
}

/// How hits are spread, as far as it was asked; each facet largest first, then by name. A facet leaves out the filter on its
/// own field, so that it shows what another choice would bring, and heeds all the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// Hits by collection.
    pub collections: Vec<(Handle, u64)>,
    /// Hits by owner.
    pub departments: Vec<(DepartmentId, u64)>,
    /// Hits by locale.
    pub locales: Vec<(Locale, u64)>,
    /// Hits by month, the latest first.
    pub months: Vec<(Month, u64)>,
    /// Hits by the values of fields. A hit with several values counts for each.
    pub fields: Vec<(Handle, Vec<(String, u64)>)>,
}

/// A month of a year, as year * 100 + month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month(pub(crate) u64);

impl Month {
    /// The year.
    pub fn year(self) -> u64 {
        self.0 / 100
    }

    /// 1 to 12.
    pub fn month(self) -> u64 {
        self.0 % 100
    }
}

/// The place of a hit in the order of one query's hits. What changes in the index between two pages may move hits, but a hit
/// that stays as good is neither repeated nor left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPosition {
    /// How far the query was relaxed, which all pages share.
    pub(crate) step: u8,
    pub(crate) key: OrderKey,
}

/// What hits are ordered by, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderKey {
    /// What was pinned stands before what was ranked to the end, and that before all others.
    pub(crate) tier: u8,
    /// The score in thousandths, so that a difference in the last bits of a sum is none; the day, where days order.
    pub(crate) score: u32,
    /// The time of publication where it counts.
    pub(crate) recency: i64,
    /// From entry and locale; the same in every index.
    pub(crate) identity: u64,
}

impl OrderKey {
    /// Tiers: pinned, ranked to the end, others.
    pub(crate) const PINNED: u8 = 2;
    pub(crate) const RANKED: u8 = 1;
    pub(crate) const OTHER: u8 = 0;
}

impl SearchPosition {
    const BYTES: usize = 22;

    /// Whether hits there have only some of the words that were asked for.
    pub fn has_fewer_words(self) -> bool {
        Step::from_number(self.step).is_some_and(Step::has_fewer_words)
    }

    /// To be carried in a cursor.
    pub fn to_bytes(self) -> Vec<u8> {
        let Self { step, key: OrderKey { tier, score, recency, identity } } = self;
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(step);
        bytes.push(tier);
        bytes.extend_from_slice(&score.to_be_bytes());
        bytes.extend_from_slice(&recency.to_be_bytes());
        bytes.extend_from_slice(&identity.to_be_bytes());
        bytes
    }

    /// From a cursor; `None` when it is not one of ours.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (step, rest) = bytes.split_first()?;
        let (tier, rest) = rest.split_first()?;
        let (score, rest) = rest.split_first_chunk::<4>()?;
        let (recency, rest) = rest.split_first_chunk::<8>()?;
        let identity: &[u8; 8] = rest.try_into().ok()?;
        let key = OrderKey {
            tier: *tier,
            score: u32::from_be_bytes(*score),
            recency: i64::from_be_bytes(*recency),
            identity: u64::from_be_bytes(*identity),
        };
        Some(Self { step: *step, key })
    }
}

/// How far a query is relaxed; tried in this order until something is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// As typed: all words of a short query, most of a longer one.
    AsTyped,
    /// The same with similar words for those that are nowhere.
    SimilarWords,
    /// Half of the words, similar ones included.
    HalfOfWords,
    /// One word; where whole sentences are asked, pieces of words too.
    AnyWord,
    /// Most pieces of the words.
    Pieces,
}

impl Step {
    pub(crate) const ALL: [Self; 5] =
        [Self::AsTyped, Self::SimilarWords, Self::HalfOfWords, Self::AnyWord, Self::Pieces];

    /// Whether hits have all that is asked for, be it in other words.
    pub(crate) fn has_all_words(self) -> bool {
        match self {
            Self::AsTyped | Self::SimilarWords => true,
            Self::HalfOfWords | Self::AnyWord | Self::Pieces => false,
        }
    }

    /// Whether hits have only some of the words.
    pub(crate) fn has_fewer_words(self) -> bool {
        match self {
            Self::HalfOfWords | Self::AnyWord => true,
            Self::AsTyped | Self::SimilarWords | Self::Pieces => false,
        }
    }

    /// As positions carry it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::AsTyped => 0,
            Self::SimilarWords => 1,
            Self::HalfOfWords => 2,
            Self::AnyWord => 3,
            Self::Pieces => 4,
        }
    }

    /// The step of a position.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_the_way_through_a_cursor() {
        let position = SearchPosition { step: 2, key: OrderKey { tier: 1, score: 7, recency: -3, identity: u64::MAX } };
        assert_eq!(SearchPosition::from_bytes(&position.to_bytes()), Some(position));
        for bad in [&b""[..], b"1", &[0; 21], &[0; 23]] {
            assert_eq!(SearchPosition::from_bytes(bad), None);
        }
    }
}
