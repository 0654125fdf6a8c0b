//! What verbs answer of a localization, an entry or an asset after a change. Kept with idempotency keys, so each can be written
//! and read as JSON.

use diwan_content::{
    AssetId, Collection, ContentHash, DepartmentId, EntryId, Handle, KeptAside, Locale, PublicPath, RevisionNumber,
    Slug, Status, Timestamp, Version,
};
use diwan_store::{Entry, Localization, LocalizationFacts, Queries, Revision};
use serde::{Deserialize, Serialize};

use crate::error::{CmsError, Thing};

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
    /// After an upload or a replacement: other assets with the same bytes that the actor may see, at most 10.
    #[serde(default)]
    pub duplicates: Vec<AssetId>,
}

impl AssetState {
    /// Of an asset of whose bytes nothing is to be said.
    pub(crate) fn new(asset: AssetId, version: Version) -> Self {
        Self { asset, version, duplicates: Vec::new() }
    }
}

/// The state of one localization.
pub(crate) async fn localization_state(
    queries: &Queries,
    entry: EntryId,
    locale: &Locale,
) -> Result<LocalizationState, CmsError> {
    let found = queries.find_facts(entry, locale).await?;
    let found = found.ok_or_else(|| CmsError::NotFound(Thing::Localization(entry, locale.clone())))?;
    Ok(state(found))
}

/// The state of an entry with all its localizations.
pub(crate) async fn entry_state(queries: &Queries, entry: EntryId) -> Result<EntryState, CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry(entry)))?;
    let mut localizations = Vec::new();
    for localization in queries.localizations(entry).await? {
        localizations.push(state_of(queries, &found, &localization).await?);
    }
    Ok(EntryState { entry, department: found.department, trashed_at: found.trashed_at, localizations })
}

/// The state of a localization of an entry.
pub(crate) async fn state_of(
    queries: &Queries,
    entry: &Entry,
    localization: &Localization,
) -> Result<LocalizationState, CmsError> {
    let found = queries.find_facts(entry.id, &localization.locale).await?;
    Ok(state(found.ok_or_else(|| CmsError::damaged("a localization has no head"))?))
}

/// The head of the origin that a localization inherits from; nothing for the origin itself.
pub(crate) async fn origin_head(
    queries: &Queries,
    entry: EntryId,
    collection: &Collection,
    locale: &Locale,
) -> Result<Option<Revision>, CmsError> {
    if collection.role(locale).is_origin() {
        return Ok(None);
    }
    Ok(queries.find_head(entry, collection.origin()).await?)
}

fn state(facts: LocalizationFacts) -> LocalizationState {
    let LocalizationFacts { entry, localization, head_hash, head_slug, path } = facts;
    let trashed = entry.trashed_at.is_some();
    LocalizationState {
        entry: entry.id,
        collection: entry.collection,
        department: entry.department,
        locale: localization.locale,
        version: localization.version,
        head: localization.head,
        hash: head_hash,
        slug: head_slug.map(|slug| slug.to_string()),
        wanted_slug: None,
        published: localization.published,
        path,
        status: Status::derive(trashed, localization.head, localization.published, localization.was_public),
        changed_at: localization.changed_at,
        kept_aside: Vec::new(),
    }
}
