//! What verbs are asked for.

use std::collections::BTreeMap;

use diwan_content::{CalendarDate, ContentHash, DepartmentId, EntryId, Handle, Locale, Rank, RevisionNumber, Version};
use serde_json::Value;

/// A new entry with the first revision of its origin.
#[derive(Debug, Clone, Default)]
pub struct CreateEntry {
    /// Its id, where the caller brings one.
    pub id: Option<EntryId>,
    /// Its collection, as sent.
    pub collection: String,
    /// Its blueprint, as sent; the collection's default when absent.
    pub blueprint: Option<String>,
    /// Its locale, as sent; must be the collection's origin.
    pub locale: Option<String>,
    /// Its owner (for a department: the department above it).
    pub department: Option<DepartmentId>,
    /// What the first revision holds.
    pub revision: RevisionInput,
}

/// What a revision holds, as an editor sends it.
#[derive(Debug, Clone, Default)]
pub struct RevisionInput {
    /// The whole own data.
    pub data: Value,
    /// Last segment of the path: absent keeps the head's, at first it is made of the title. The empty one is the home page.
    pub slug: Option<String>,
    /// Parent in a tree: absent keeps the head's, null makes a root.
    pub parent: Keep<EntryId>,
    /// Place among siblings: absent keeps the head's, at first behind all.
    pub rank: Option<Rank>,
    /// Date of dated entries: absent keeps the head's, at first today.
    pub date: Option<CalendarDate>,
    /// Why, for the history.
    pub note: Option<String>,
    /// Revision of the origin that a localization translates: absent, it is the origin's head where the data changes, and
    /// as it was where they do not.
    pub translates: Option<RevisionNumber>,
}

/// A value that may be absent, null or there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Keep<T> {
    /// Absent: as it was.
    #[default]
    Keep,
    /// Null: none.
    Clear,
    /// This one.
    Set(T),
}

/// The state that a change to a localization expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The localization is at this version.
    Version(Version),
    /// The localization does not exist yet.
    Absent,
}

/// One revision to make public.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishItem {
    /// The entry.
    pub entry: EntryId,
    /// The localization.
    pub locale: Locale,
    /// The revision.
    pub revision: RevisionNumber,
    /// Its hash: what was read is what becomes public.
    pub hash: ContentHash,
    /// The version that the caller saw.
    pub version: Version,
}

/// One localization to take back.
#[derive(Debug, Clone, PartialEq)]
pub struct WithdrawItem {
    /// The entry.
    pub entry: EntryId,
    /// The localization.
    pub locale: Locale,
    /// The version that the caller saw.
    pub version: Version,
    /// What its path answers from now on.
    pub mode: WithdrawMode,
    /// Public children are withdrawn with it, in the same mode.
    pub with_children: bool,
}

/// What a withdrawn path answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithdrawMode {
    /// That it is gone (410).
    Gone,
    /// That it leads to another page now.
    Redirect(EntryId),
    /// As if it had never been (404).
    Vanished,
}

/// What is said of an upload beside its bytes.
#[derive(Debug, Clone)]
pub struct UploadAsset {
    /// Its id, where the caller brings one.
    pub id: Option<diwan_content::AssetId>,
    /// File name, as sent.
    pub name: String,
    /// Declared media type, as sent.
    pub media_type: Option<String>,
    /// Its owner.
    pub department: Option<DepartmentId>,
    /// Alternative text by locale.
    pub alternative_text: BTreeMap<Locale, String>,
}

/// A change to an asset.
#[derive(Debug, Clone, Default)]
pub struct SaveAsset {
    /// New file name.
    pub name: Option<String>,
    /// The whole alternative text by locale.
    pub alternative_text: Option<BTreeMap<Locale, String>>,
}

/// Which localizations a management list shows, as sent.
#[derive(Debug, Clone, Default)]
pub struct ManagementList {
    /// In this collection.
    pub collection: Option<Handle>,
    /// In this locale.
    pub locale: Option<Locale>,
    /// With this status.
    pub status: Option<diwan_content::Status>,
    /// Whose title contains this, in any spelling.
    pub title: Option<String>,
    /// Owned by this department.
    pub department: Option<DepartmentId>,
    /// At most so many, 1 to 100.
    pub size: Option<u32>,
    /// Behind this cursor.
    pub after: Option<String>,
}
