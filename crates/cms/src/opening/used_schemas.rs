//! Whether the schemas still have everything that the stored content was made with.

use std::collections::BTreeMap;

use diwan_content::{Access, Collection, Registry, Timestamp};
use diwan_store::{KindInUse, LocaleInUse, PlacedEntries, Queries, Store, StoreError};

use crate::{frame::retry, operating::survey::Opened};

/// What the stored content needs and the schemas do not have, in words. Without it, entries could not be read or saved, or
/// values would be lost without a word when they are published.
pub(crate) async fn find_lacking(queries: &Queries, registry: &Registry) -> Result<Vec<String>, StoreError> {
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
        match other_origin(queries, declared, *entries).await? {
            Some(other) => lacking.push(other),
            None => lacking.extend(other_places(queries, declared).await?),
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
async fn other_origin(queries: &Queries, declared: &Collection, entries: u64) -> Result<Option<String>, StoreError> {
    let (collection, today) = (&declared.handle, declared.origin());
    if let Some(origin) = queries.find_setting(&origin_name(declared)).await? {
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
async fn other_places(queries: &Queries, declared: &Collection) -> Result<Vec<String>, StoreError> {
    let (collection, kind) = (&declared.handle, declared.kind.as_str());
    let before = queries.find_setting(&kept_name(declared)).await?;
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
    let mut opened = Vec::new();
    for collection in registry.collections() {
        let before = queries.find_setting(&access_name(collection)).await?;
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
    for opened in find_opened(&snapshot, registry).await? {
        tracing::warn!(collection = %opened.collection, published = opened.published, "{opened}");
    }
    let mut new = Vec::new();
    for collection in registry.collections() {
        let facts = [
            (origin_name(collection), collection.origin().to_string()),
            (kept_name(collection), kept(collection).to_owned()),
            (access_name(collection), collection.access.as_str().to_owned()),
        ];
        for (name, fact) in facts {
            if snapshot.find_setting(&name).await?.as_ref() != Some(&fact) {
                new.push((name, fact));
            }
        }
    }
    drop(snapshot);
    if new.is_empty() {
        return Ok(());
    }
    let kept = retry(|| async {
        let mut tx = store.begin(now).await?;
        for (name, fact) in &new {
            tx.replace_setting(name, fact).await?;
        }
        tx.end(Ok(())).await
    });
    kept.await.map(|_| ())
}

/// The setting that names the origin of a collection.
fn origin_name(collection: &Collection) -> String {
    format!("origin:{}", collection.handle)
}

/// The setting that says what a collection keeps beside the data of its entries.
fn kept_name(collection: &Collection) -> String {
    format!("keeps:{}", collection.handle)
}

/// The setting that says who may read a collection.
fn access_name(collection: &Collection) -> String {
    format!("access:{}", collection.handle)
}

fn kept(collection: &Collection) -> &'static str {
    match (collection.is_tree(), collection.dated) {
        (true, true) => "places and dates",
        (true, false) => "places",
        (false, true) => "dates",
        (false, false) => "neither",
    }
}
