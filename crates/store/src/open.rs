//! Opening a store: connections, pragmas, migrations.

use std::{path::Path, sync::Arc, time::Duration};

use diwan_migrations::SchemaState;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait as _,
    sqlx::{
        Connection as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use crate::{
    connection::Connection,
    error::StoreError,
    options::{Place, StoreOptions, SyncMode},
    watch::{Waker, Watch},
};

/// How long a task waits for a free connection, and SQLite for a lock of another process.
const WAIT: Duration = Duration::from_secs(10);
/// Statements that each connection keeps prepared: a publish needs about twenty.
const PREPARED_STATEMENTS: usize = 128;
/// Page caches in KiB: the whole process is to stay small, and the system caches the file anyway.
const WRITER_CACHE_KIB: u32 = 2_048;
const READER_CACHE_KIB: u32 = 1_024;

/// The database of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    writer: DatabaseConnection,
    readers: DatabaseConnection,
    backend: Backend,
    waker: Waker,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A file, with one writer at a time.
    Sqlite,
    /// A server.
    Postgres,
}

impl From<Backend> for DbBackend {
    fn from(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite,
            Backend::Postgres => Self::Postgres,
        }
    }
}

/// How the connection that writes is set up, for tests of durability: name and value, as the database tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pragmas {
    /// On SQLite `journal_mode`, `synchronous`, `foreign_keys`, `busy_timeout`; on PostgreSQL `synchronous_commit`,
    /// `fsync`, `full_page_writes`, `transaction_isolation`.
    pub values: Vec<(String, String)>,
}

impl Store {
    /// Connects; makes the file of a SQLite database that is not there. Refuses a database of a newer version; one of
    /// an older version is opened, so that it can be migrated.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let StoreOptions { url, max_readers, sync } = options;
        let store = match url.place() {
            Place::Sqlite(path) => open_sqlite(path, max_readers, sync).await?,
            Place::Postgres(url) => open_postgres(url, max_readers, sync).await?,
        };
        match store.schema_state().await? {
            SchemaState::Newer => Err(StoreError::NewerVersion),
            SchemaState::Current | SchemaState::Behind => Ok(store),
        }
    }

    /// Brings the tables to this version, in one transaction. Several replicas may do so at once. Returns whether anything
    /// had to be done.
    pub async fn migrate(&self) -> Result<bool, StoreError> {
        let transaction = self.begin_write().await?;
        if self.inner.backend == Backend::Postgres {
            // Any number will do that nobody else uses in this database; held until the commit.
            let lock = "SELECT pg_advisory_xact_lock(7310032010)";
            transaction.execute_unprepared(lock).await.map_err(StoreError::from_database)?;
        }
        let state = diwan_migrations::schema_state(&transaction).await.map_err(StoreError::from_database)?;
        match state {
            SchemaState::Newer => return Err(StoreError::NewerVersion),
            SchemaState::Current => return Ok(false),
            SchemaState::Behind => {}
        }
        diwan_migrations::migrate(&transaction).await.map_err(StoreError::from_database)?;
        transaction.commit().await.map_err(StoreError::from_database)?;
        Ok(true)
    }

    /// Whether there are tables of any version.
    pub async fn has_tables(&self) -> Result<bool, StoreError> {
        diwan_migrations::has_tables(&self.inner.writer).await.map_err(StoreError::from_database)
    }

    /// Whether the tables are of this version.
    pub async fn schema_is_current(&self) -> Result<bool, StoreError> {
        Ok(self.schema_state().await? == SchemaState::Current)
    }

    /// Refuses tables that have to be migrated first.
    pub async fn require_current_schema(&self) -> Result<(), StoreError> {
        match self.schema_state().await? {
            SchemaState::Current => Ok(()),
            SchemaState::Behind => Err(StoreError::OlderVersion),
            SchemaState::Newer => Err(StoreError::NewerVersion),
        }
    }

    /// Asks for a sign of life, without waiting for writers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.inner.readers.ping().await.map_err(StoreError::from_database)
    }

    /// Closes all connections; transactions that are open are waited for.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.inner.waker.stop();
        self.inner.readers.close_by_ref().await.map_err(StoreError::from_database)?;
        // Last, so that SQLite writes its log back into the file.
        self.inner.writer.close_by_ref().await.map_err(StoreError::from_database)
    }

    /// How the live connection that writes is set up.
    pub async fn writer_pragmas(&self) -> Result<Pragmas, StoreError> {
        let (verb, names) = match self.inner.backend {
            Backend::Postgres => ("SHOW", ["synchronous_commit", "fsync", "full_page_writes", "transaction_isolation"]),
            Backend::Sqlite => ("PRAGMA", ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]),
        };
        let mut values = Vec::new();
        for name in names {
            let statement = Statement::from_string(self.inner.backend.into(), format!("{verb} {name}"));
            let row = self.inner.writer.query_one_raw(statement).await.map_err(StoreError::from_database)?;
            let Some(row) = row else { continue };
            let text = row.try_get_by_index::<String>(0);
            let value = text.or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()));
            values.push((name.to_owned(), value.map_err(StoreError::from_database)?));
        }
        Ok(Pragmas { values })
    }

    /// `sqlite` or `postgres`.
    pub fn backend_name(&self) -> &'static str {
        match self.inner.backend {
            Backend::Postgres => "postgres",
            Backend::Sqlite => "sqlite",
        }
    }

    /// A handle that wakes after commits with events, of this process and (on PostgreSQL) of others.
    pub fn watch(&self) -> Watch {
        self.inner.waker.watch()
    }

    pub(crate) fn waker(&self) -> &Waker {
        &self.inner.waker
    }

    pub(crate) async fn begin_read(&self) -> Result<Connection, StoreError> {
        let transaction = self.inner.readers.begin().await.map_err(StoreError::from_database)?;
        Ok(Connection::new(transaction, self.inner.backend))
    }

    /// On SQLite the lock is taken at once: a transaction that reads first and then writes would fail when another
    /// wrote in between, however long it waited.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction, StoreError> {
        let sqlite_transaction_mode = match self.inner.backend {
            Backend::Postgres => None,
            Backend::Sqlite => Some(SqliteTransactionMode::Immediate),
        };
        let options = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        self.inner.writer.begin_with_options(options).await.map_err(StoreError::from_database)
    }

    pub(crate) async fn begin_write_connection(&self) -> Result<Connection, StoreError> {
        Ok(Connection::new(self.begin_write().await?, self.inner.backend))
    }

    async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        diwan_migrations::schema_state(&self.inner.writer).await.map_err(StoreError::from_database)
    }
}

async fn open_sqlite(path: &Path, max_readers: u32, sync: SyncMode) -> Result<Store, StoreError> {
    let synchronous = match sync {
        SyncMode::Full => SqliteSynchronous::Full,
        SyncMode::Off => SqliteSynchronous::Off,
    };
    let file = path.to_owned();
    let mut options = pool_options("sqlite://diwan.db", 1);
    options.map_sqlx_sqlite_opts(move |options| {
        set_up_sqlite(options, &file, WRITER_CACHE_KIB).create_if_missing(true).synchronous(synchronous)
    });
    throw_away_broken(&mut options);
    let writer = connect(options.idle_timeout(None).max_lifetime(None).to_owned()).await?;
    let file = path.to_owned();
    let mut options = pool_options("sqlite://diwan.db", max_readers);
    options.map_sqlx_sqlite_opts(move |options| {
        set_up_sqlite(options, &file, READER_CACHE_KIB).create_if_missing(false).pragma("query_only", "1")
    });
    throw_away_broken(&mut options);
    let readers = connect(options).await?;
    Ok(Store { inner: Arc::new(Inner { writer, readers, backend: Backend::Sqlite, waker: Waker::local() }) })
}

/// SQLite ends a transaction by itself when the disk is full or fails (<https://www.sqlite.org/lang_transaction.html>), and
/// sqlx goes on counting it: what came later would be part of a transaction that never ends, acknowledged and lost.
fn throw_away_broken(options: &mut ConnectOptions) {
    options.map_sqlx_sqlite_before_acquire(|connection, _| {
        let between_transactions = !connection.is_in_transaction();
        Box::pin(async move { Ok(between_transactions) })
    });
}

fn set_up_sqlite(options: SqliteConnectOptions, file: &Path, cache_kib: u32) -> SqliteConnectOptions {
    options
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(WAIT)
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .pragma("cache_size", format!("-{cache_kib}"))
        .pragma("temp_store", "MEMORY")
        // A log that once grew long (an import, say) is cut after it was written back.
        .pragma("journal_size_limit", "16777216")
}

#[cfg(feature = "postgres")]
async fn open_postgres(url: &str, max_readers: u32, sync: SyncMode) -> Result<Store, StoreError> {
    /// Connections that write: commits are serial anyway, and what goes before is short.
    const WRITERS: u32 = 8;
    let synchronous_commit = match sync {
        SyncMode::Full => "on",
        SyncMode::Off => "off",
    };
    let mut options = pool_options(url, WRITERS);
    options.map_sqlx_postgres_opts(move |options| {
        options
            .statement_cache_capacity(PREPARED_STATEMENTS)
            .options([("synchronous_commit", synchronous_commit), ("default_transaction_isolation", "read committed")])
    });
    let writer = connect(options).await?;
    let mut options = pool_options(url, max_readers);
    // Set for the session, so that a transaction costs no further statement.
    options.map_sqlx_postgres_opts(|options| {
        options
            .statement_cache_capacity(PREPARED_STATEMENTS)
            .options([("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")])
    });
    let readers = connect(options).await?;
    let waker = Waker::listening(url);
    Ok(Store { inner: Arc::new(Inner { writer, readers, backend: Backend::Postgres, waker }) })
}

#[cfg(not(feature = "postgres"))]
async fn open_postgres(_url: &str, _max_readers: u32, _sync: SyncMode) -> Result<Store, StoreError> {
    let what = "this program was built without PostgreSQL: build it with the feature `postgres`".into();
    Err(StoreError::Misconfigured { what })
}

fn pool_options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .sqlx_logging(false)
        // A ping before each use would double the trips of short transactions.
        .test_before_acquire_if_idle_for(Duration::from_secs(30));
    options
}

async fn connect(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let error = match Database::connect(options).await {
        Ok(connection) => return Ok(connection),
        Err(error) => StoreError::from_database(error),
    };
    // The driver's words may hold the address with its password.
    if matches!(error, StoreError::Misconfigured { .. } | StoreError::Unexpected { .. }) {
        let what = "cannot connect: check the address, user, password and folder".into();
        return Err(StoreError::Misconfigured { what });
    }
    Err(error)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use diwan_content::Timestamp;
    use sea_orm::FromQueryResult;

    use super::*;
    use crate::options::DatabaseUrl;

    #[derive(Debug, PartialEq, FromQueryResult)]
    struct Note {
        text: String,
    }

    async fn open(folder: &tempfile::TempDir) -> Store {
        let url = DatabaseUrl::sqlite(&folder.path().join("diwan.db")).unwrap();
        Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap()
    }

    /// Runs a statement in a write transaction of its own, which ends as it is told to.
    async fn write(store: &Store, statement: &'static str, end: Result<(), StoreError>) -> Result<(), StoreError> {
        let written = store.write(Timestamp::from_unix_ms(0).unwrap(), move |tx| {
            let end = end.clone();
            Box::pin(async move {
                tx.connection.run(statement, []).await?;
                end
            })
        });
        written.await.map(|committed| committed.value)
    }

    #[tokio::test]
    async fn what_is_written_after_the_disk_was_full_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        write(&store, "CREATE TABLE notes (text TEXT NOT NULL)", Ok(())).await.unwrap();
        // The database may grow no more: SQLite ends the transaction by itself.
        store.inner.writer.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let full = write(&store, "INSERT INTO notes VALUES (hex(zeroblob(1000000)))", Ok(())).await;
        assert_eq!(full, Err(StoreError::NoSpace));
        let refused = write(&store, "INSERT INTO notes VALUES ('refused')", Err(StoreError::NulInText)).await;
        assert_eq!(refused, Err(StoreError::NulInText));
        write(&store, "INSERT INTO notes VALUES ('kept')", Ok(())).await.unwrap();
        store.close().await.unwrap();

        let store = open(&folder).await;
        let notes: Vec<Note> = store.begin_read().await.unwrap().list("SELECT text FROM notes", []).await.unwrap();
        assert_eq!(notes, [Note { text: "kept".into() }]);
    }
}
