//! States of localizations and entries after a change, and what they inherit from.

use diwan_content::{Collection, EntryId, Locale, Status};
use diwan_store::{Entry, Localization, LocalizationFacts, Queries, Revision};

use crate::{
    error::{CmsError, Thing},
    frame::outcome::{EntryState, LocalizationState},
};

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
