//! Whether the schemas still have everything that the stored content was made with.

use std::collections::BTreeMap;

use diwan_content::{Access, Collection, Registry, Timestamp};
use diwan_store::{KindInUse, LocaleInUse, PlacedEntries, Queries, Store, StoreError};

use crate::{opening::rebuild::replace_settings, operating::survey::Opened};

/// What the names of settings begin with that say, for each collection, what its origin is, …
const ORIGIN: &str = "origin:";
/// … what it keeps beside the data of its entries …
const KEEPS: &str = "keeps:";
/// … and who may read it.
const ACCESS: &str = "access:";

/// What the stored content needs and the schemas do not have, in words. Without it, entries could not be read or saved, or
/// values would be lost without a word when they are published.
pub(crate) async fn find_lacking(queries: &Queries, registry: &Registry) -> Result<Vec<String>, StoreError> {
    let (origins, kept_before) = (queries.settings_under(ORIGIN).await?, queries.settings_under(KEEPS).await?);
    let mut lacking = Vec::new();
    let mut entries_of: BTreeMap<String, u64> = BTreeMap::new();
    for KindInUse { collection, blueprint, entries } in queries.kinds_in_use().await? {
        *entries_of.entry(collection.clone()).or_default() += entries;
        let Some(declared) = registry.find_collection(&collection) else { continue };
        if registry.find_blueprint(&blueprint).is_none() {
            lacking.push(format!("the blueprint {blueprint} ({entries} entries of {collection})"));
        } else if !declared.blueprints.iter().any(|known| known.as_str() == blueprint) {
            lacking.push(format!("the blueprint {blueprint} in the collection {collection} ({entries} entries)"));
        }
    }
    for (collection, entries) in &entries_of {
        let Some(declared) = registry.find_collection(collection) else {
            lacking.push(format!("the collection {collection} ({entries} entries)"));
            continue;
        };
        if declared.kind.is_single() && *entries > 1 {
            let kind = declared.kind.as_str();
            lacking.push(format!("room for {entries} entries in the collection {collection} (a {kind} has one)"));
        }
        match other_origin(queries, declared, origins.get(collection), *entries).await? {
            Some(other) => lacking.push(other),
            None => lacking.extend(other_places(queries, declared, kept_before.get(collection)).await?),
        }
    }
    for LocaleInUse { collection, locale, localizations } in queries.locales_in_use().await? {
        let declared = registry.find_collection(&collection);
        if declared.is_some_and(|declared| declared.locales.iter().all(|known| known.as_str() != locale)) {
            lacking.push(format!("the locale {locale} of the collection {collection} ({localizations} localizations)"));
        }
    }
    Ok(lacking)
}

/// The origin of a collection with entries, where the schemas name another one: it alone holds what is not localizable.
async fn other_origin(
    queries: &Queries,
    declared: &Collection,
    before: Option<&String>,
    entries: u64,
) -> Result<Option<String>, StoreError> {
    let (collection, today) = (&declared.handle, declared.origin());
    if let Some(origin) = before {
        let lacks =
            || format!("{origin} as the first locale of the collection {collection}, not {today} ({entries} entries)");
        return Ok((origin != today.as_str()).then(lacks));
    }
    // A database of an older version. Every entry has its origin, so that a locale that some lack is not the origin.
    let without = queries.count_entries_without(collection, today).await?;
    let lacks = || {
        format!(
            "another first locale of the collection {collection} than {today} ({without} of {entries} entries have no text in it)"
        )
    };
    Ok((without > 0).then(lacks))
}

/// What entries have and the collection keeps no more: the next save or publish would drop a place or a date. Entries are
/// looked at only where the collection kept something else at the last start; a database of an older version does not say.
async fn other_places(
    queries: &Queries,
    declared: &Collection,
    before: Option<&String>,
) -> Result<Vec<String>, StoreError> {
    let (collection, kind) = (&declared.handle, declared.kind.as_str());
    if before.is_none_or(|before| before == kept(declared)) {
        return Ok(Vec::new());
    }
    let PlacedEntries { with_place, with_date } = queries.count_placed(collection, declared.origin()).await?;
    let mut lacking = Vec::new();
    if !declared.is_tree() && with_place > 0 {
        lacking.push(format!(
            "the kind tree or taxonomy of the collection {collection}, not {kind} ({with_place} entries have a parent or a place among siblings)"
        ));
    }
    if !declared.dated && with_date > 0 {
        lacking.push(format!("dated: true in the collection {collection} ({with_date} entries have a date)"));
    }
    Ok(lacking)
}

/// The collections that more people may read under these schemas than at the last start, with public entries in them.
pub(crate) async fn find_opened(queries: &Queries, registry: &Registry) -> Result<Vec<Opened>, StoreError> {
    opened_since(queries, registry, &queries.settings_under(ACCESS).await?).await
}

async fn opened_since(
    queries: &Queries,
    registry: &Registry,
    accesses: &BTreeMap<String, String>,
) -> Result<Vec<Opened>, StoreError> {
    let mut opened = Vec::new();
    for collection in registry.collections() {
        let before = accesses.get(collection.handle.as_str());
        let before = before.and_then(|before| Access::ALL.into_iter().find(|access| access.as_str() == before));
        let Some(before) = before.filter(|before| collection.access.is_wider_than(*before)) else { continue };
        let (handle, today) = (collection.handle.clone(), collection.access);
        let published = queries.count_public(&handle).await?;
        if published > 0 {
            opened.push(Opened { collection: handle, before, today, published });
        }
    }
    Ok(opened)
}

/// Remembers the origin of each collection, what it keeps of each entry's place and who may read it, so that none of them
/// changes to the harm of entries unseen. Logs which collections are opened to more people. Writes nothing where all are as
/// they were. To be called after [`find_lacking`] has found nothing.
pub(crate) async fn keep_declarations(store: &Store, registry: &Registry, now: Timestamp) -> Result<(), StoreError> {
    let snapshot = store.snapshot().await?;
    let (origins, keeps) = (snapshot.settings_under(ORIGIN).await?, snapshot.settings_under(KEEPS).await?);
    let accesses = snapshot.settings_under(ACCESS).await?;
    for opened in opened_since(&snapshot, registry, &accesses).await? {
        tracing::warn!(collection = %opened.collection, published = opened.published, "{opened}");
    }
    let mut new = Vec::new();
    for collection in registry.collections() {
        let handle = collection.handle.as_str();
        for (prefix, before, fact) in [
            (ORIGIN, &origins, collection.origin().as_str()),
            (KEEPS, &keeps, kept(collection)),
            (ACCESS, &accesses, collection.access.as_str()),
        ] {
            if before.get(handle).is_none_or(|before| before != fact) {
                new.push((format!("{prefix}{handle}"), fact.to_owned()));
            }
        }
    }
    drop(snapshot);
    replace_settings(store, now, &new).await
}

fn kept(collection: &Collection) -> &'static str {
    match (collection.is_tree(), collection.dated) {
        (true, true) => "places and dates",
        (true, false) => "places",
        (false, true) => "dates",
        (false, false) => "neither",
    }
}
