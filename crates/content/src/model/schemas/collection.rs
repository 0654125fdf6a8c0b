//! A collection: a named set of entries with its rules.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;
use strum::{EnumCount, VariantArray};

use crate::{
    model::content::LocaleRole,
    values::{Handle, Label, Locale, PathPattern, SlugStyle, variants},
};

/// A named set of entries with its blueprints, paths, order and rules.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Machine name.
    pub handle: Handle,
    /// How its entries hang together.
    pub kind: CollectionKind,
    /// What editors call it.
    pub label: Label,
    /// Blueprints that its entries may have, never empty; the first is the default.
    pub blueprints: Vec<Handle>,
    /// Locales of its entries, never empty; the first is the origin.
    pub locales: Vec<Locale>,
    /// Public path by locale; a locale without one has no pages of its own.
    pub path: BTreeMap<Locale, PathPattern>,
    /// One root entry may have the empty slug and live at the pattern's root (trees only).
    pub home: bool,
    /// Levels that entries with parents may form, 1 to [`Collection::MAX_DEPTH`]; roots are the first.
    pub max_depth: usize,
    /// How slugs are made of titles.
    pub slugs: SlugStyle,
    /// Field that names an entry to people.
    pub title_field: Handle,
    /// Entries carry a date.
    pub dated: bool,
    /// Who may read what is published.
    pub access: Access,
    /// Which department owns an entry.
    pub owner: Owner,
    /// Default order of lists, never empty.
    pub sort: Vec<SortKey>,
    /// Orders (and later filters) that lists are served from. The default order is always the first.
    pub indexes: Vec<Vec<SortKey>>,
    /// Rules of search.
    pub search: SearchRules,
    /// Approval before publishing.
    pub review: Review,
    /// Anybody may ask what was public when.
    pub public_history: bool,
    /// How long caches may keep answers, in seconds.
    pub max_age_seconds: u32,
}

/// How the entries of a collection hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum CollectionKind {
    /// A flat list.
    List,
    /// Pages with parents and an order among siblings.
    Tree,
    /// Terms with parents and an order among siblings, with or without pages of their own.
    Taxonomy,
    /// Exactly one entry without a page, such as the ministry's contact details.
    Global,
    /// Exactly one entry without a page that holds a menu.
    Navigation,
}

/// Who may read what is published in a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Anybody.
    Public,
    /// Holders of a delivery key.
    Key,
    /// Nobody by delivery: its entries tell Diwan itself something, such as which words mean the same. They hold for the
    /// whole site, so that changing them takes the right to publish everywhere.
    Internal,
}

impl Access {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in schemas and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Key => "key",
            Self::Internal => "internal",
        }
    }

    /// Whether more people may read than with the other.
    pub fn is_wider_than(self, other: Self) -> bool {
        match self {
            Self::Public => other != Self::Public,
            Self::Key => other == Self::Internal,
            Self::Internal => false,
        }
    }
}

/// Which department owns an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The entry is a department and owns itself.
    #[serde(rename = "self")]
    Itself,
    /// A department must be named when the entry is made.
    Required,
}

impl Owner {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in schemas and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Itself => "self",
            Self::Required => "required",
        }
    }
}

/// One step of an order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// What to sort by.
    pub by: SortBy,
    /// Largest first.
    pub descending: bool,
}

/// What lists can be sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// A field of the entry's blueprints.
    Field(Handle),
    /// The owner.
    Department,
    /// The entry's date (dated collections).
    Date,
    /// When this publication's revision became public.
    PublishedAt,
    /// When the localization first became public.
    FirstPublishedAt,
    /// Place among siblings (trees and taxonomies).
    Rank,
    /// The parent (trees); in indexes, for filters.
    Parent,
    /// The last segment of the path; in indexes, for filters.
    Slug,
    /// The blueprint; in indexes, for filters.
    Blueprint,
}

/// How a collection takes part in search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRules {
    /// Its entries are found.
    pub enabled: bool,
    /// Newer entries rank first among equals.
    pub newer_first: bool,
    /// Fields by whose values hits are counted and filtered.
    pub facets: Vec<Handle>,
    /// What its published entries are to search.
    pub role: SearchRole,
}

/// What the published entries of a collection are to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, EnumCount, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum SearchRole {
    /// What is found.
    Content,
    /// Words that mean the same, in the field `words`.
    Synonyms,
    /// Entries that stand first for some queries, in the fields `entries` and `queries`.
    Pins,
}

impl SearchRole {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in schemas and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Synonyms => "synonyms",
            Self::Pins => "pins",
        }
    }
}

/// Approval that publishing asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    /// None.
    None,
}

impl CollectionKind {
    /// All kinds, for documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in schemas and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Tree => "tree",
            Self::Taxonomy => "taxonomy",
            Self::Global => "global",
            Self::Navigation => "navigation",
        }
    }

    /// Whether entries have parents and a place among siblings.
    pub fn has_parents(self) -> bool {
        match self {
            Self::Tree | Self::Taxonomy => true,
            Self::List | Self::Global | Self::Navigation => false,
        }
    }

    /// Whether there is exactly one entry, which has no page.
    pub fn is_single(self) -> bool {
        match self {
            Self::Global | Self::Navigation => true,
            Self::List | Self::Tree | Self::Taxonomy => false,
        }
    }
}

impl Collection {
    /// Most levels that entries with parents may form, whatever a collection declares.
    pub const MAX_DEPTH: usize = 32;

    /// The locale that holds what is not localizable.
    pub fn origin(&self) -> &Locale {
        &self.locales[0]
    }

    /// What a locale holds of its entries.
    pub fn role(&self, locale: &Locale) -> LocaleRole {
        if locale == self.origin() {
            LocaleRole::Origin
        } else {
            LocaleRole::Localization { origin: self.origin().clone() }
        }
    }

    /// Whether its entries are for Diwan itself, and no route of delivery knows it.
    pub fn is_internal(&self) -> bool {
        match self.access {
            Access::Internal => true,
            Access::Public | Access::Key => false,
        }
    }

    /// Whether entries of this collection may have that locale.
    pub fn has_locale(&self, locale: &Locale) -> bool {
        self.locales.contains(locale)
    }

    /// Whether entries have parents and a place among siblings: trees and taxonomies.
    pub fn is_tree(&self) -> bool {
        self.kind.has_parents()
    }
}

impl SortBy {
    /// The name in queries and schemas.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Field(handle) => handle.as_str(),
            Self::Department => "department",
            Self::Date => "date",
            Self::PublishedAt => "published_at",
            Self::FirstPublishedAt => "first_published_at",
            Self::Rank => "rank",
            Self::Parent => "parent",
            Self::Slug => "slug",
            Self::Blueprint => "blueprint",
        }
    }

    /// The field, where it is one.
    pub fn field(&self) -> Option<&Handle> {
        match self {
            Self::Field(handle) => Some(handle),
            Self::Department
            | Self::Date
            | Self::PublishedAt
            | Self::FirstPublishedAt
            | Self::Rank
            | Self::Parent
            | Self::Slug
            | Self::Blueprint => None,
        }
    }
}

impl fmt::Display for SortKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by, descending } = self;
        if *descending {
            f.write_str("-")?;
        }
        f.write_str(by.as_str())
    }
}
