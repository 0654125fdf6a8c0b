//! The whole system behind one handle.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use diwan_assets::BlobStore;
use diwan_content::{
    Blueprint, CalendarDate, Clock, Collection, CursorSecret, IdSource, Locale, Registry, Sequence, Subject, Tag,
    TagSecret, TimeZone, Timestamp, key_lists, list_keys,
};
use diwan_search::{IndexOptions, IndexState, SearchIndex};
use diwan_store::{DatabaseUrl, Store, StoreOptions, SyncMode};

use crate::{
    error::CmsError,
    frame::{keys::KeyUses, refusals::RefusalBudgets},
    opening::{OpenError, past_blueprints::PastBlueprints},
    operating::health::LastHealth,
    reads::{
        lanes::{Lane, ReadLimits},
        search::{log::SearchLog, words::CurrentWords},
    },
};

/// The embedded database, in the data folder.
pub(crate) const DATABASE_FILE: &str = "diwan.db";

/// Connections for reads that are in no lane.
const PAGE_READERS: u32 = 8;

/// Everything that verbs and reads need. Cheap to clone.
#[derive(Clone)]
pub struct Cms(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) data_dir: PathBuf,
    pub(crate) store: Store,
    /// Absent in a process that works beside the one that holds the index.
    pub(crate) search: Option<Arc<SearchIndex>>,
    pub(crate) blobs: BlobStore,
    pub(crate) registry: Registry,
    pub(crate) past_blueprints: PastBlueprints,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) time_zone: TimeZone,
    pub(crate) cursor_secret: CursorSecret,
    pub(crate) tag_secret: TagSecret,
    pub(crate) max_upload_bytes: u64,
    pub(crate) asset_url_prefix: String,
    pub(crate) key_uses: KeyUses,
    pub(crate) search_log: SearchLog,
    pub(crate) search_words: CurrentWords,
    pub(crate) anonymous_refusals: Mutex<Vec<diwan_store::Refusal>>,
    pub(crate) limits: ReadLimits,
    /// For reads that answer more than one plain page.
    pub(crate) answer_lane: Lane,
    /// For lists that read much.
    pub(crate) list_lane: Lane,
    /// For searches and related entries.
    pub(crate) search_lane: Lane,
    /// For suggestions, which are short: they need not wait for searches.
    pub(crate) suggest_lane: Lane,
    pub(crate) refusal_budgets: RefusalBudgets,
    pub(crate) health: LastHealth,
}

/// How an installation is opened.
pub struct CmsOptions {
    /// The data folder: database (unless elsewhere), blobs, index.
    pub data_dir: PathBuf,
    /// Where the database is; absent: SQLite in the data folder.
    pub database_url: Option<String>,
    /// Blueprints and collections.
    pub registry: Registry,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identities.
    pub ids: Arc<dyn IdSource>,
    /// Where "today" is, and what local times of imports mean.
    pub time_zone: TimeZone,
    /// Largest upload in bytes.
    pub max_upload_bytes: u64,
    /// What stands before an asset's id in the address of its bytes, such as `/v1/assets/`.
    pub asset_url_prefix: String,
    /// Writes survive power loss; false only in tests.
    pub durable: bool,
    /// What reads may cost.
    pub limits: ReadLimits,
    /// Memory that the search index may take.
    pub index: IndexOptions,
    /// What this process is beside others.
    pub role: ProcessRole,
}

/// What a process does on a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessRole {
    /// Holds the data folder's lock: owns the index and keeps what is stored in step with the code.
    Holder,
    /// Works beside the holder on the database alone: keys.
    Beside,
    /// Looks at what is stored, also beside the holder: makes no tables, migrates nothing, and needs none of it to be sound.
    Looking,
}

impl CmsOptions {
    pub(crate) fn store_options(&self) -> Result<StoreOptions, OpenError> {
        let bad = |error: diwan_store::BadDatabaseUrl| OpenError::DatabaseUrl(error.to_string());
        let url = match &self.database_url {
            Some(url) => DatabaseUrl::parse(url).map_err(bad)?,
            None => {
                let failed = |source| OpenError::Folder { path: self.data_dir.clone(), source };
                let folder = std::path::absolute(&self.data_dir).map_err(failed)?;
                DatabaseUrl::sqlite(&folder.join(DATABASE_FILE)).map_err(bad)?
            }
        };
        let sync = if self.durable { SyncMode::Full } else { SyncMode::Off };
        // One for each place of both lanes, so that the others are always left for pages and for search.
        let in_lanes = u32::try_from(self.limits.places.get()).unwrap_or(u32::MAX).saturating_mul(2);
        Ok(StoreOptions { url, max_readers: PAGE_READERS.saturating_add(in_lanes), sync })
    }
}

impl Cms {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.0
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    /// Blueprints and collections.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The time, as this installation tells it.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// A tag as caches see it.
    pub fn sealed_tag(&self, tag: &Tag) -> String {
        tag.sealed(&self.0.tag_secret)
    }

    /// The installation's time zone.
    pub fn time_zone(&self) -> &TimeZone {
        &self.0.time_zone
    }

    /// The day that calendars show now where the installation is.
    pub fn today(&self) -> CalendarDate {
        self.time_zone().day_at(self.now())
    }

    /// The last event of the log, as a sign of life of the database; answers within a second.
    pub async fn probe(&self) -> Result<Sequence, CmsError> {
        Ok(self.store().probe().await?)
    }

    /// The last event of the log.
    pub async fn last_sequence(&self) -> Result<Sequence, CmsError> {
        Ok(self.store().snapshot().await?.last_sequence().await?)
    }

    /// The last event that search has seen.
    pub fn search_mark(&self) -> Option<Sequence> {
        self.0.search.as_ref().and_then(|index| index.mark())
    }

    /// What search can do now; `None` in a process without an index.
    pub fn search_state(&self) -> Option<IndexState> {
        self.0.search.as_ref().map(|index| index.state())
    }

    pub(crate) fn index(&self) -> Result<&Arc<SearchIndex>, CmsError> {
        self.0.search.as_ref().ok_or(CmsError::Unavailable { what: "search", source: None })
    }

    /// The collection that a stored entry names.
    pub(crate) fn collection(&self, handle: &str) -> Result<Arc<Collection>, CmsError> {
        let found = self.registry().find_collection(handle).cloned();
        found.ok_or_else(|| {
            CmsError::internal(format!("stored content names the collection {handle}, which is not there"))
        })
    }

    /// The keys of a published localization in all lists of its collection.
    pub(crate) fn keys_in_lists(&self, collection: &Collection, subject: &Subject<'_>) -> Vec<(String, Vec<u8>)> {
        let blueprints: Vec<&Blueprint> = self.registry().blueprints_of(collection).map(|found| &**found).collect();
        list_keys(collection, &blueprints, subject)
    }

    /// The name of the list that holds a collection in its default order.
    pub(crate) fn default_list(&self, collection: &Collection, locale: &Locale) -> String {
        let blueprints: Vec<&Blueprint> = self.registry().blueprints_of(collection).map(|found| &**found).collect();
        let lists = key_lists(collection, &blueprints);
        lists.first().map(|list| list.name(&collection.handle, locale)).unwrap_or_default()
    }

    /// Writes what is kept in memory for a while and closes the database. Verbs that still run finish first.
    pub async fn close(&self) -> Result<(), CmsError> {
        self.flush_key_uses().await?;
        self.flush_refusals().await?;
        self.flush_search_log().await?;
        Ok(self.store().close().await?)
    }
}

/// The blueprint that stored content names.
pub(crate) fn blueprint_of<'a>(registry: &'a Registry, handle: &str) -> Result<&'a Arc<Blueprint>, CmsError> {
    registry
        .find_blueprint(handle)
        .ok_or_else(|| CmsError::internal(format!("stored content names the blueprint {handle}, which is not there")))
}
