//! What verbs answer. Kept with idempotency keys, so each can be written and read as JSON.

use diwan_content::{
    AssetId, ContentHash, DepartmentId, EntryId, Handle, KeptAside, Locale, PublicPath, RevisionNumber, Sequence, Slug,
    Status, Timestamp, Version,
};
use serde::{Deserialize, Serialize};

/// What a verb answers, with its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// What the verb made.
    pub value: T,
    /// The last event of the change; `None` when nothing had to change.
    pub sequence: Option<Sequence>,
}

/// A localization after a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LocalizationState {
    /// The entry.
    pub entry: EntryId,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// The locale.
    pub locale: Locale,
    /// What the next `If-Match` must name.
    pub version: Version,
    /// The newest revision.
    pub head: RevisionNumber,
    /// The head's hash: what publishing names.
    pub hash: ContentHash,
    /// The head's slug; none for a draft that has no title yet.
    pub slug: Option<String>,
    /// The slug that the title makes, in the answer of the save that put a number after it because it was taken.
    #[serde(default)]
    pub wanted_slug: Option<String>,
    /// The revision that is public.
    pub published: Option<RevisionNumber>,
    /// The public path.
    pub path: Option<PublicPath>,
    /// Where it stands.
    pub status: Status,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// What the revision that was just saved keeps beside its data; empty after other changes.
    #[serde(default)]
    pub kept_aside: Vec<KeptAside>,
}

impl LocalizationState {
    /// The same with the slug that the title makes, where another had to be taken.
    pub(crate) fn wanting(self, slug: Option<&Slug>) -> Self {
        Self { wanted_slug: slug.map(Slug::to_string), ..self }
    }
}

/// An entry after a change to all of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryState {
    /// The entry.
    pub entry: EntryId,
    /// Its owner.
    pub department: DepartmentId,
    /// Since when it is in the trash.
    pub trashed_at: Option<Timestamp>,
    /// Its localizations.
    pub localizations: Vec<LocalizationState>,
}

/// An asset after a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssetState {
    /// The asset.
    pub asset: AssetId,
    /// What the next `If-Match` must name.
    pub version: Version,
}
