//! Opens an installation: database, blobs, index, and what must agree with the code before anything is served.

use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use diwan_assets::{AssetsError, BlobStore};
use diwan_content::{
    Blueprint, Collection, ContentHash, CursorSecret, FOLD_VERSION, Handle, KEY_VERSION, Label, Registry, TagSecret,
    key_lists,
};
use diwan_search::{IndexStamp, SearchError, SearchIndex};
use diwan_store::{Store, StoreError};

use crate::{
    cms::{Cms, CmsOptions, Parts, ProcessRole},
    error::CmsError,
    frame::{refusals::RefusalBudgets, retry},
    opening::{
        lost_database::refuse_lost,
        past_blueprints::PastBlueprints,
        used_schemas::{find_lacking, find_opened, keep_declarations},
    },
    operating::{
        health::LastHealth,
        lock::make_private_folder,
        survey::{Survey, count_touched},
    },
    reads::{
        lanes::{Lane, WAITING_PER_PLACE},
        search::{log::SearchLog, words::CurrentWords},
    },
};

pub(crate) mod fold_older;
mod lost_database;
pub(crate) mod past_blueprints;
pub(crate) mod rebuild;
pub(crate) mod used_schemas;

/// Setting that is there from the moment on at which a restore begins until it is finished. Its value tells backups apart,
/// and how far it has come.
pub(crate) const UNFINISHED_RESTORE: &str = "unfinished_restore";
/// Settings that are there from the first start on.
pub(crate) const CURSOR_SECRET: &str = "cursor_secret";
pub(crate) const TAG_SECRET: &str = "tag_secret";
pub(crate) const FOLD_SETTING: &str = "fold_version";

/// Why an installation cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Somebody else holds the data folder, or the database file.
    #[error("{} is in use by {holder}", path.display())]
    Locked {
        /// The folder or file.
        path: PathBuf,
        /// Who.
        holder: String,
    },
    /// A folder or file cannot be made.
    #[error("cannot write {}: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others may look into a folder, and we may not change that.
    #[error("others may read {}, and its rights cannot be changed: {source}; take the rights away (chmod 700), or name a folder of this user in it", path.display())]
    OpenToOthers {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database's address cannot be read.
    #[error("database.url: {0}")]
    DatabaseUrl(String),
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Database(#[from] StoreError),
    /// The blobs cannot be opened.
    #[error("cannot open the blobs: {0}")]
    Blobs(#[from] AssetsError),
    /// The index cannot be opened.
    #[error("cannot open the search index: {0}")]
    Search(#[from] SearchError),
    /// Paths were folded by other rules than today's.
    #[error(
        "the paths of this database were folded by version {stored} of the rules, and this program has version {ours}"
    )]
    FoldVersion {
        /// In the database.
        stored: String,
        /// In the code.
        ours: u32,
    },
    /// Content is stored of collections, blueprints or locales that are no longer declared, of another origin, or with a place
    /// or date that its collection keeps no more.
    #[error("the schemas lack what the database uses: {}; bring the files back, or start with the schemas that this content was made with", .0.join(", "))]
    SchemasLack(Vec<String>),
    /// There is nothing to look at: the folder's name may be misspelt.
    #[error("there is no data of Diwan in {}", .0.display())]
    NoData(PathBuf),
    /// The database is gone, and the files of its site are still there.
    #[error(
        "{database}, but {} still holds the files of a site. Restore a backup (`diwan restore`); or move {} and {} away to start a new site",
        blobs.display(), blobs.display(), index.display()
    )]
    DatabaseLost {
        /// What is wrong with the database.
        database: String,
        /// The folder of the files.
        blobs: PathBuf,
        /// The folder of the search index.
        index: PathBuf,
    },
    /// A restore was interrupted.
    #[error("a restore was interrupted here: run `diwan restore` with the same backup again")]
    UnfinishedRestore,
    /// What was stored could not be brought up to date.
    #[error("cannot bring stored lists up to date: {0}")]
    Rebuild(#[source] Box<CmsError>),
}

impl Cms {
    /// Opens an installation and migrates its database forward, unless it is only to be looked at. Take the
    /// [`crate::DataFolderLock`] first where others must not work beside.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(options: CmsOptions) -> Result<Self, OpenError> {
        let has_database = options.has_database()?;
        if options.role == ProcessRole::Looking && !has_database {
            return Err(OpenError::NoData(options.data_dir));
        }
        let store = connect(&options).await?;
        if let Err(refused) = prepare(&store, &options).await {
            // What SQLite keeps beside the file of an open database goes with it; why it was refused says more than a failure.
            let _ = store.close().await;
            return Err(refused);
        }
        Self::open_on(store, options).await
    }

    /// The same for the restore itself.
    pub(crate) async fn open_unfinished(options: CmsOptions) -> Result<Self, OpenError> {
        let store = connect(&options).await?;
        migrate(&store).await?;
        Self::open_on(store, options).await
    }

    async fn open_on(store: Store, options: CmsOptions) -> Result<Self, OpenError> {
        let blobs = BlobStore::open(&options.data_dir.join("blobs"))?;
        let secret = stored_secret(&store, &options, CURSOR_SECRET).await?;
        let tag_secret = stored_secret(&store, &options, TAG_SECRET).await?;
        check_fold_version(put_setting(&store, &options, FOLD_SETTING, &FOLD_VERSION.to_string()).await?)?;
        if options.role == ProcessRole::Holder {
            check_schemas(&store, &options.registry).await?;
            keep_declarations(&store, &options.registry, options.clock.now()).await?;
        }
        let mut past_blueprints = match PastBlueprints::load(&store, &options.registry).await {
            // What cannot be read is what is looked for.
            Err(StoreError::Damaged { .. }) if options.role == ProcessRole::Looking => PastBlueprints::default(),
            loaded => loaded?,
        };
        if options.role == ProcessRole::Holder {
            past_blueprints.keep(&store, &options.registry, options.clock.now()).await?;
        }
        let search = match options.role {
            ProcessRole::Holder => Some(open_index(&options, &secret.stored)?),
            ProcessRole::Beside | ProcessRole::Looking => None,
        };
        let (cursor_secret, tag_secret) = (CursorSecret::new(secret.bytes), TagSecret::new(tag_secret.bytes));
        let CmsOptions {
            data_dir,
            registry,
            clock,
            ids,
            time_zone,
            max_upload_bytes,
            asset_url_prefix,
            role,
            limits,
            ..
        } = options;
        let cms = Self::new(Parts {
            data_dir,
            store,
            search,
            blobs,
            registry,
            past_blueprints,
            clock,
            ids,
            time_zone,
            cursor_secret,
            tag_secret,
            max_upload_bytes,
            asset_url_prefix,
            key_uses: crate::frame::keys::KeyUses::default(),
            search_log: SearchLog::default(),
            search_words: CurrentWords::default(),
            anonymous_refusals: Mutex::default(),
            limits,
            answer_lane: Lane::new(limits.places, WAITING_PER_PLACE),
            list_lane: Lane::new(limits.places, WAITING_PER_PLACE),
            search_lane: Lane::new(limits.places, WAITING_PER_PLACE),
            suggest_lane: Lane::new(NonZeroUsize::MIN, WAITING_PER_PLACE),
            refusal_budgets: RefusalBudgets::default(),
            health: LastHealth::default(),
        });
        if role == ProcessRole::Holder {
            cms.fold_older_paths().await.map_err(|error| OpenError::Rebuild(Box::new(error)))?;
            cms.fold_older_asset_texts().await.map_err(|error| OpenError::Rebuild(Box::new(error)))?;
            cms.rebuild_lists_if_changed().await.map_err(|error| OpenError::Rebuild(Box::new(error)))?;
        }
        Ok(cms)
    }

    /// Looks at an installation as a start would, and changes nothing: whether its content has its collections and
    /// blueprints, how much of it does not fit them, and what more people may read. Nothing where nothing is stored yet. A server may run meanwhile.
    ///
    /// # Errors
    /// What would stop a start: see [`OpenError`].
    pub async fn survey(options: CmsOptions) -> Result<Survey, OpenError> {
        if !options.has_database()? {
            return Ok(Survey::default());
        }
        let store = Store::open(options.store_options()?).await?;
        let surveyed = survey_stored(&store, &options).await;
        store.close().await?;
        surveyed
    }

    /// Removes what uploads left behind when a process was killed. Only for the holder of the data folder's lock.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn sweep_uploads(&self) -> Result<u64, CmsError> {
        Ok(self.parts().blobs.sweep_leftovers().await?)
    }
}

/// The database as it is, in a folder that is ours alone.
async fn connect(options: &CmsOptions) -> Result<Store, OpenError> {
    make_private_folder(&options.data_dir)?;
    Ok(Store::open(options.store_options()?).await?)
}

/// Brings the tables to this version, or sees that they are of it.
async fn prepare(store: &Store, options: &CmsOptions) -> Result<(), OpenError> {
    // Before anything is written: a restore is to find what it left.
    refuse_lost(store, options).await?;
    if options.role != ProcessRole::Looking {
        return migrate(store).await;
    }
    if !store.has_tables().await? {
        return Err(OpenError::NoData(options.data_dir.clone()));
    }
    Ok(store.require_current_schema().await?)
}

async fn migrate(store: &Store) -> Result<(), OpenError> {
    if store.migrate().await? {
        tracing::info!("the tables of the database were brought to this version");
    }
    Ok(())
}

pub(crate) async fn survey_stored(store: &Store, options: &CmsOptions) -> Result<Survey, OpenError> {
    refuse_lost(store, options).await?;
    if !store.has_tables().await? {
        return Ok(Survey::default());
    }
    let (snapshot, registry) = (store.snapshot().await?, &options.registry);
    check_schemas(store, registry).await?;
    if let Some(stored) = snapshot.find_setting(FOLD_SETTING).await? {
        check_fold_version(stored)?;
    }
    // A database of an older version keeps no blueprints yet.
    let past = if store.schema_is_current().await? {
        PastBlueprints::load(store, registry).await?
    } else {
        PastBlueprints::default()
    };
    let touched = count_touched(&snapshot, registry, &past).await;
    let touched = touched.map_err(|error| OpenError::Rebuild(Box::new(error)))?;
    Ok(Survey { opened: find_opened(&snapshot, registry).await?, touched })
}

/// Refuses schemas that lack what the content needs: at once, and not at the first request.
async fn check_schemas(store: &Store, registry: &Registry) -> Result<(), OpenError> {
    let lacking = find_lacking(&*store.snapshot().await?, registry).await?;
    if lacking.is_empty() { Ok(()) } else { Err(OpenError::SchemasLack(lacking)) }
}

/// The index in the data folder, still unchecked: the follower looks at it, so that nothing waits.
fn open_index(options: &CmsOptions, secret: &str) -> Result<Arc<SearchIndex>, OpenError> {
    let stamp = search_stamp(&options.registry, ContentHash::of(secret.as_bytes()).to_string());
    let index = SearchIndex::open(&options.data_dir.join("index"), stamp, &options.index)?;
    Ok(Arc::new(index))
}

/// What search depends on beside the analysis: which collections and fields are searched, and how strongly.
fn search_stamp(registry: &Registry, database: String) -> IndexStamp {
    let (mut facts, mut texts) = (Vec::new(), Vec::new());
    for collection in registry.collections().filter(|collection| collection.search.enabled) {
        let facets: Vec<&str> = collection.search.facets.iter().map(Handle::as_str).collect();
        let (handle, title) = (&collection.handle, &collection.title_field);
        facts.push(format!("{handle}:{:?}:{title}:{}:{}", collection.access, collection.dated, facets.join(",")));
        for blueprint in registry.blueprints_of(collection) {
            // What is indexed are the values that are answered.
            let Label { ar, en } = &blueprint.label;
            facts.push(format!("{handle}.{}:{}:{ar}:{en}", blueprint.handle, blueprint.shape));
            for field in blueprint.public_fields() {
                facts.push(format!("{handle}.{}.{}:{:?}", blueprint.handle, field.handle, field.searchable));
                if field.searchable.is_some()
                    || field.handle == *title
                    || collection.search.facets.contains(&field.handle)
                {
                    texts.push(format!("{handle}.{}.{}", blueprint.handle, field.handle));
                }
            }
        }
    }
    texts.sort();
    IndexStamp { database, registry: ContentHash::of(facts.join("\n").as_bytes()).to_string(), texts }
}

/// What the stored keys of a collection's lists depend on.
pub(crate) fn lists_stamp(registry: &Registry, collection: &Collection) -> String {
    let blueprints: Vec<&Blueprint> = registry.blueprints_of(collection).map(|found| &**found).collect();
    let mut facts = vec![KEY_VERSION.to_string(), FOLD_VERSION.to_string()];
    facts.extend(key_lists(collection, &blueprints).iter().map(|list| format!("{list:?}")));
    facts.extend(blueprints.iter().map(|blueprint| blueprint.shape.to_string()));
    ContentHash::of(facts.join("\n").as_bytes()).to_string()
}

/// A secret of the installation as it is stored, made at its first start. Backups hold it: cursors and tags stay the same.
async fn stored_secret(store: &Store, options: &CmsOptions, name: &'static str) -> Result<Secret, OpenError> {
    let mut fresh = [0; 32];
    getrandom::fill(&mut fresh).map_err(|error| StoreError::Unavailable { what: error.to_string() })?;
    let stored = put_setting(store, options, name, &hex::encode(fresh)).await?;
    match read_secret(&stored) {
        // It seals nothing for who only looks.
        Err(_) if options.role == ProcessRole::Looking => Ok(Secret { bytes: fresh, stored }),
        read => Ok(Secret { bytes: read?, stored }),
    }
}

/// A secret of the installation.
struct Secret {
    bytes: [u8; 32],
    /// As it is stored.
    stored: String,
}

pub(crate) fn read_secret(stored: &str) -> Result<[u8; 32], OpenError> {
    let mut secret = [0; 32];
    hex::decode_to_slice(stored, &mut secret)
        .map_err(|_| StoreError::Damaged { what: "a secret among the settings".to_owned() })?;
    Ok(secret)
}

fn check_fold_version(stored: String) -> Result<(), OpenError> {
    if stored == FOLD_VERSION.to_string() { Ok(()) } else { Err(OpenError::FoldVersion { stored, ours: FOLD_VERSION }) }
}

/// Stores a value unless there is one, and answers what stands. Who only looks stores nothing, and does with the value where
/// none can be read.
async fn put_setting(
    store: &Store,
    options: &CmsOptions,
    name: &'static str,
    value: &str,
) -> Result<String, StoreError> {
    let found = store.snapshot().await?.find_setting(name).await;
    if options.role == ProcessRole::Looking {
        return Ok(found.ok().flatten().unwrap_or_else(|| value.to_owned()));
    }
    if let Some(found) = found? {
        return Ok(found);
    }
    let put = retry(|| async {
        let mut tx = store.begin(options.clock.now()).await?;
        let outcome = tx.put_setting(name, value).await;
        tx.end(outcome).await
    });
    Ok(put.await?.value)
}

#[cfg(test)]
mod tests {
    use diwan_content::SchemaFile;

    use super::*;

    fn notes_called(arabic: &str) -> Registry {
        let label = format!("label: {{ ar: {arabic}, en: Note }}");
        let field = "{ handle: title, type: text, required: true, localizable: true, label: { ar: أ, en: A } }";
        let blueprint = format!("handle: notes\n{label}\nfields:\n  - {field}\n");
        let collection = "handle: notes\nkind: list\nlabel: { ar: أ, en: A }\nblueprints: [notes]\nlocales: [ar]\n\
                          title_field: title\naccess: public\nowner: required\nsort: [title]\n";
        let file = |path: &str, text: &str| SchemaFile { path: path.to_owned(), text: text.to_owned() };
        let files = [file("blueprints/notes.yaml", &blueprint), file("collections/notes.yaml", collection)];
        Registry::load(&files).unwrap()
    }

    #[test]
    fn the_index_depends_on_what_entries_are_called() {
        let stamp = |arabic: &str| search_stamp(&notes_called(arabic), String::new()).registry;
        assert_eq!(stamp("مذكرة"), stamp("مذكرة"));
        assert_ne!(stamp("مذكرة"), stamp("تعميم"));
    }
}
