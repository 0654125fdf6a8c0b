//! States of localizations and entries after a change.

use diwan_content::{EntryId, Locale, Status};
use diwan_store::{Entry, Localization, Queries};

use crate::{
    error::{CmsError, Thing},
    outcome::{EntryState, LocalizationState},
};

/// The state of one localization.
pub(crate) async fn localization_state(
    queries: &Queries,
    entry: EntryId,
    locale: &Locale,
) -> Result<LocalizationState, CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry))?;
    let localization = queries.find_localization(entry, locale).await?.ok_or(CmsError::NotFound(Thing::Localization))?;
    state_of(queries, &found, &localization).await
}

/// The state of an entry with all its localizations.
pub(crate) async fn entry_state(queries: &Queries, entry: EntryId) -> Result<EntryState, CmsError> {
    let found = queries.find_entry(entry).await?.ok_or(CmsError::NotFound(Thing::Entry))?;
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
    let head = queries.find_revision(localization.entry, &localization.locale, localization.head).await?;
    let head = head.ok_or_else(|| CmsError::internal("a localization has no head"))?;
    let path = match localization.published {
        Some(_) => queries.find_live(localization.entry, &localization.locale).await?.and_then(|live| live.path.clone()),
        None => None,
    };
    let trashed = entry.trashed_at.is_some();
    Ok(LocalizationState {
        entry: localization.entry,
        collection: entry.collection.clone(),
        department: entry.department,
        locale: localization.locale.clone(),
        version: localization.version,
        head: localization.head,
        hash: head.hash,
        slug: head.content.slug.to_string(),
        published: localization.published,
        path,
        status: Status::derive(trashed, localization.head, localization.published, localization.was_public),
        changed_at: localization.changed_at,
    })
}
