//! What the ministry itself says about search: words that mean the same, entries that stand first. Read from the published
//! entries of the collections with these roles, and again whenever one of them changes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use diwan_content::{Collection, EntryId, Handle, Locale, SearchRole, fold_text};
use diwan_search::{SYNONYM_GROUPS_MAX, Synonyms};
use diwan_store::{Live, Queries};
use serde_json::{Map, Value};

use crate::{cms::Cms, conforming::stored_presented, error::CmsError};

/// Entries that are read at once.
const BATCH: u32 = 500;
/// Most localizations of one role that are heeded.
const ENTRIES_MAX: usize = SYNONYM_GROUPS_MAX;
/// Most queries of one entry, and most entries that it puts first.
const ITEMS_MAX: usize = 50;

/// What holds now.
#[derive(Debug, Default)]
pub(crate) struct SearchWords {
    pub(crate) synonyms: Arc<Synonyms>,
    /// Entries that stand first, by locale and folded query.
    pins: HashMap<(Locale, String), Vec<EntryId>>,
}

/// Holds what holds now.
#[derive(Debug, Default)]
pub(crate) struct CurrentWords(Mutex<Arc<SearchWords>>);

impl SearchWords {
    /// The localizations that stand first for a query, in the wanted locale or in all.
    pub(crate) fn pinned(&self, query: &str, locale: Option<&Locale>, locales: &[Locale]) -> Vec<(EntryId, Locale)> {
        if self.pins.is_empty() {
            return Vec::new();
        }
        let folded = fold_text(query);
        let mut pinned = Vec::new();
        for locale in locales.iter().filter(|known| locale.is_none_or(|locale| locale == *known)) {
            let entries = self.pins.get(&(locale.clone(), folded.clone())).into_iter().flatten();
            pinned.extend(entries.map(|entry| (*entry, locale.clone())));
        }
        pinned
    }
}

impl Cms {
    /// What holds now.
    pub(crate) fn search_words(&self) -> Arc<SearchWords> {
        self.parts().search_words.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether entries of a collection say something about search.
    pub(crate) fn has_search_role(&self, collection: &Handle) -> bool {
        let found = self.registry().find_collection(collection.as_str());
        found.is_some_and(|collection| collection.search.role != SearchRole::Content)
    }

    /// Reads what the ministry says anew.
    pub(crate) async fn reload_search_words(&self) -> Result<(), CmsError> {
        let collections: Vec<Arc<Collection>> = self
            .registry()
            .collections()
            .filter(|collection| collection.search.role != SearchRole::Content)
            .cloned()
            .collect();
        let snapshot = self.store().snapshot().await?;
        let (mut groups, mut words) = (Vec::new(), SearchWords::default());
        for collection in &collections {
            let mut lives = all_live(&snapshot, &collection.handle).await?;
            self.bring_to_today(&snapshot, &mut lives).await?;
            for live in lives {
                let presented = stored_presented(&live)?;
                match collection.search.role {
                    SearchRole::Content => {}
                    SearchRole::Synonyms => groups.push(texts(&presented, "words")),
                    SearchRole::Pins => {
                        let entries = texts(&presented, "entries");
                        let entries: Vec<EntryId> =
                            entries.iter().filter_map(|id| id.parse().ok().map(EntryId)).collect();
                        for query in texts(&presented, "queries") {
                            let pinned = words.pins.entry((live.locale.clone(), fold_text(&query))).or_default();
                            pinned.extend(
                                entries.iter().filter(|entry| !pinned.contains(entry)).copied().collect::<Vec<_>>(),
                            );
                        }
                    }
                }
            }
        }
        if let Ok(index) = self.index() {
            words.synonyms = Arc::new(index.synonyms(&groups));
        }
        *self.parts().search_words.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(words);
        Ok(())
    }
}

async fn all_live(queries: &Queries, collection: &Handle) -> Result<Vec<Live>, CmsError> {
    let mut all: Vec<Live> = Vec::new();
    while all.len() < ENTRIES_MAX {
        let after = all.last().map(|live| (live.entry, &live.locale));
        let batch = queries.live_in_collection(collection, after, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        all.extend(batch);
    }
    Ok(all)
}

/// The texts of a presented list, or a single one.
fn texts(presented: &Map<String, Value>, field: &str) -> Vec<String> {
    let items = match presented.get(field) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(value) => std::slice::from_ref(value),
        None => &[],
    };
    items.iter().filter_map(Value::as_str).take(ITEMS_MAX).map(str::to_owned).collect()
}
