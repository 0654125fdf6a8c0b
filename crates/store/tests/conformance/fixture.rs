//! What the tests stand on: databases that are thrown away, and content with fixed ids and times.

use std::{ops::Deref, pin::Pin};

use diwan_content::{
    Actor, ContentHash, DepartmentId, EntryId, EventKind, EventSubject, Handle, Locale, Permit, PublicPath,
    RevisionContent, RevisionNumber, Slug, Timestamp,
    rights::{Action, ActorRef, Hierarchy},
};
use diwan_store::{
    Committed, DatabaseUrl, Entry, EventIndex, Publication, PublicationKind, Revision, Store, StoreError, StoreOptions,
    SyncMode, Title, WriteTx,
};
use uuid::Uuid;

/// The department that most content belongs to.
pub(crate) const FINANCE: DepartmentId = DepartmentId(Uuid::from_u128(0xF1));
/// Another one.
pub(crate) const HEALTH: DepartmentId = DepartmentId(Uuid::from_u128(0xF2));

/// A store on a database that is thrown away.
pub(crate) struct Db {
    pub(crate) store: Store,
    /// To reach the same database behind the store's back, or by another store.
    pub(crate) address: String,
}

impl Deref for Db {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

pub(crate) async fn on_sqlite(test: impl AsyncFnOnce(&Db)) {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_url(&folder);
    let db = Db { address: url.to_string(), store: open(url).await };
    test(&db).await;
    db.close().await.unwrap();
}

#[cfg(feature = "postgres")]
pub(crate) async fn on_postgres(test: impl AsyncFnOnce(&Db)) {
    let Some(database) = postgres::Temporary::create().await else { return };
    let db = Db { address: database.text(), store: open(database.url()).await };
    test(&db).await;
    db.close().await.unwrap();
    database.drop().await;
}

pub(crate) fn sqlite_url(folder: &tempfile::TempDir) -> DatabaseUrl {
    DatabaseUrl::sqlite(&folder.path().join("diwan.db")).unwrap()
}

/// Opens and migrates.
pub(crate) async fn open(url: DatabaseUrl) -> Store {
    let store = open_only(url, SyncMode::Off).await.unwrap();
    store.migrate().await.unwrap();
    store
}

pub(crate) async fn open_only(url: DatabaseUrl, sync: SyncMode) -> Result<Store, StoreError> {
    Store::open(StoreOptions { url, max_readers: 4, sync }).await
}

#[cfg(feature = "postgres")]
pub(crate) mod postgres {
    use std::sync::atomic::{AtomicU32, Ordering};

    use diwan_store::DatabaseUrl;
    use sea_orm::{ConnectionTrait as _, Database};

    /// A database of its own on the server of the tests.
    pub(crate) struct Temporary {
        server: String,
        name: String,
    }

    impl Temporary {
        /// `None`, with a visible line, where there is no server.
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        pub(crate) async fn create() -> Option<Self> {
            let Ok(server) = std::env::var("DIWAN_TEST_POSTGRES") else {
                eprintln!("skipped: DIWAN_TEST_POSTGRES is not set");
                return None;
            };
            static MADE: AtomicU32 = AtomicU32::new(0);
            let name = format!("diwan_store_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
            let database = Self { server, name };
            // A run that failed may have left one of that name.
            database.on_server(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database.name)).await;
            database.on_server(&format!("CREATE DATABASE {}", database.name)).await;
            Some(database)
        }

        pub(crate) fn url(&self) -> DatabaseUrl {
            DatabaseUrl::parse(&self.text()).unwrap()
        }

        /// Takes the place of the database in the server's URL; parameters stay.
        pub(crate) fn text(&self) -> String {
            let (address, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
            let (scheme, rest) = address.split_once("://").unwrap();
            let host = rest.split('/').next().unwrap_or_default();
            format!("{scheme}://{host}/{}?{parameters}", self.name)
        }

        pub(crate) async fn drop(self) {
            self.on_server(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
        }

        /// Lets sessions that begin from now on only read, or write again, and ends those that read and write now.
        pub(crate) async fn set_read_only(&self, read_only: bool) {
            let name = &self.name;
            if !read_only {
                self.on_server(&format!("ALTER DATABASE {name} RESET default_transaction_read_only")).await;
                return;
            }
            self.on_server(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
            let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            self.on_server(&end).await;
        }

        async fn on_server(&self, sql: &str) {
            let server = Database::connect(&self.server).await.unwrap();
            server.execute_unprepared(sql).await.unwrap();
            server.close().await.unwrap();
        }
    }
}

/// A change that borrows its transaction.
pub(crate) type Change<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// Runs a change in a transaction that ends with its outcome; again as long as PostgreSQL gives the transaction up.
pub(crate) async fn write<T>(
    store: &Store,
    now: Timestamp,
    change: impl for<'c> Fn(&'c mut WriteTx) -> Change<'c, T>,
) -> Result<Committed<T>, StoreError> {
    loop {
        let mut tx = store.begin(now).await?;
        let outcome = change(&mut tx).await;
        match tx.end(outcome).await {
            Err(StoreError::GivenUp) => {}
            ended => return ended,
        }
    }
}

pub(crate) fn at(unix_ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(unix_ms).unwrap()
}

pub(crate) fn entry_id(number: u128) -> EntryId {
    EntryId(Uuid::from_u128(number))
}

pub(crate) fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

pub(crate) fn ar() -> Locale {
    "ar".parse().unwrap()
}

pub(crate) fn en() -> Locale {
    "en".parse().unwrap()
}

pub(crate) fn path(text: &str) -> PublicPath {
    PublicPath::from_stored(text.to_owned())
}

pub(crate) fn hierarchy() -> Hierarchy {
    Hierarchy::new([(FINANCE, DepartmentId::MINISTRY), (HEALTH, DepartmentId::MINISTRY)])
}

pub(crate) fn permit(action: Action) -> Permit {
    permit_for(action, FINANCE)
}

pub(crate) fn permit_for(action: Action, department: DepartmentId) -> Permit {
    Actor::system().permit(action, department, &hierarchy()).unwrap()
}

pub(crate) fn entry(number: u128) -> Entry {
    Entry {
        id: entry_id(number),
        collection: handle("news"),
        blueprint: handle("news"),
        department: FINANCE,
        foreign_id: None,
        trashed_at: None,
        created_at: at(1_000),
        created_by: ActorRef::System,
    }
}

pub(crate) fn revision(entry: u128, locale: Locale, number: i64) -> Revision {
    let content = RevisionContent {
        data_text: format!("{{\"title\":\"خبر {entry}، {number}\"}}"),
        slug: Some(Slug::from_stored(format!("خبر-{entry}"))),
        parent: None,
        rank: None,
        date: Some("2026-11-23".parse().unwrap()),
        foreign_text: None,
        blueprint: handle("news"),
        blueprint_hash: ContentHash::of(b"blueprint"),
    };
    Revision {
        entry: entry_id(entry),
        locale,
        number: RevisionNumber(number),
        hash: content.hash(),
        content,
        at: at(2_000 + number),
        author: ActorRef::System,
        note: Some("ملاحظة".into()),
        based_on: (number > 1).then(|| RevisionNumber(number - 1)),
        translates: None,
    }
}

/// Makes an entry of FINANCE in Arabic with one revision, and its event.
pub(crate) async fn create(store: &Store, number: u128, title: &'static str) {
    create_in(store, entry(number), title).await;
}

pub(crate) async fn create_in(store: &Store, entry: Entry, title: &'static str) {
    let written = write(store, at(10_000), move |tx| {
        let entry = entry.clone();
        Box::pin(async move { create_entry(tx, &entry, title).await })
    });
    written.await.unwrap();
}

pub(crate) async fn create_entry(tx: &mut WriteTx, entry: &Entry, title: &str) -> Result<(), StoreError> {
    let permit = permit_for(Action::Create, entry.department);
    tx.insert_entry(&permit, entry).await?;
    let first = revision(entry.id.0.as_u128(), ar(), 1);
    tx.insert_localization(&permit, &first, Title { text: title, folded: title }).await?;
    tx.record(&permit, EventKind::EntryCreated, about(entry.id));
    Ok(())
}

pub(crate) fn about(entry: EntryId) -> EventSubject {
    EventSubject { entry: Some(entry), ..EventSubject::default() }
}

pub(crate) fn publication(number: u128, locale: Locale, public_at: &str) -> Publication {
    Publication {
        entry: entry_id(number),
        locale,
        collection: handle("news"),
        blueprint: handle("news"),
        department: FINANCE,
        revision: RevisionNumber(1),
        origin_revision: RevisionNumber(1),
        slug: Slug::from_stored(format!("خبر-{number}")),
        path: Some(path(public_at)),
        parent: None,
        rank: None,
        date: Some("2026-11-23".parse().unwrap()),
        title: format!("خبر {number}"),
        data_hash: ContentHash::of(data_text(number).as_bytes()),
        first_published_at: at(20_000),
        published_at: at(20_000),
        presented_under: None,
    }
}

pub(crate) fn data_text(number: u128) -> String {
    format!("{{\"title\":\"خبر {number}\"}}")
}

/// Makes revision 1 public, in place of what was.
pub(crate) async fn publish(tx: &mut WriteTx, publication: &Publication) -> Result<EventIndex, StoreError> {
    let permit = permit(Action::Publish);
    let event = tx.record(&permit, EventKind::Published, about(publication.entry));
    tx.close_publication(&permit, publication.entry, &publication.locale, event).await?;
    tx.put_presented(&publication.data_hash, &data_text(publication.entry.0.as_u128())).await?;
    tx.open_publication(&permit, publication, PublicationKind::Live, event).await?;
    tx.set_published(&permit, publication.entry, &publication.locale, Some(publication.revision)).await?;
    Ok(event)
}

/// Makes an entry and publishes it at a path.
pub(crate) async fn create_and_publish(store: &Store, number: u128, public_at: &'static str) {
    create(store, number, "خبر").await;
    let written = write(store, at(20_000), move |tx| {
        Box::pin(async move {
            let publication = publication(number, ar(), public_at);
            publish(tx, &publication).await?;
            let permit = permit(Action::Publish);
            let claimed = tx.claim_path(&permit, &ar(), &path(public_at), publication.entry).await?;
            assert_eq!(claimed, Ok(()));
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
}

/// Every row of a database as lines of `table json`.
pub(crate) async fn exported(store: &Store) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let snapshot = store.snapshot().await.unwrap();
    snapshot
        .export_tables(&mut |table, line| {
            lines.push((table.to_owned(), line.to_owned()));
            Ok(())
        })
        .await
        .unwrap();
    lines
}

pub(crate) fn rows_of(lines: &[(String, String)], table: &str) -> Vec<serde_json::Value> {
    let rows = lines.iter().filter(|(name, _)| name == table);
    rows.map(|(_, line)| serde_json::from_str(line).unwrap()).collect()
}
