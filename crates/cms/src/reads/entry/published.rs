//! What public reads answer of an entry.

use std::collections::BTreeMap;

use diwan_content::{
    AssetId, CalendarDate, DepartmentId, EntryId, Handle, Locale, PublicPath, Rank, RevisionNumber, Slug, Timestamp,
    Unresolved,
};
use serde_json::{Map, Value};

/// An entry as the public reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedEntry {
    /// The entry.
    pub id: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its blueprint.
    pub blueprint: Handle,
    /// The locale of this answer.
    pub locale: Locale,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// Last segment of the path.
    pub slug: Slug,
    /// Its owner.
    pub department: DepartmentId,
    /// The public revision.
    pub revision: RevisionNumber,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Place among siblings in a tree.
    pub rank: Option<Rank>,
    /// Date of dated entries.
    pub date: Option<CalendarDate>,
    /// When it first became public.
    pub first_published_at: Timestamp,
    /// When this revision became public.
    pub published_at: Timestamp,
    /// The locales in which it is public, this one among them.
    pub translations: Vec<Translation>,
    /// Its values.
    pub data: Map<String, Value>,
    /// Assets by field, and entries by the name that expands them.
    pub included: BTreeMap<String, Vec<Included>>,
    /// What could not be resolved.
    pub unresolved: Vec<Unresolved>,
    /// Names of what is expanded and not whole, here or below.
    pub truncated: Vec<String>,
}

/// A locale in which an entry is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// The locale.
    pub locale: Locale,
    /// Where it lives there.
    pub path: Option<PublicPath>,
}

/// Something beside the entry that refers to it or that it refers to.
#[derive(Debug, Clone, PartialEq)]
pub enum Included {
    /// An asset.
    Asset(IncludedAsset),
    /// An entry, of the same shape.
    Entry(Box<PublishedEntry>),
}

/// An asset beside the entry that refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncludedAsset {
    /// The asset.
    pub id: AssetId,
    /// File name.
    pub name: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Width in pixels.
    pub width: Option<u32>,
    /// Height in pixels.
    pub height: Option<u32>,
    /// Alternative text in the entry's locale.
    pub alternative_text: Option<String>,
    /// Where its bytes are.
    pub url: String,
}
