//! Opening a store: connections and migrations.

use std::{sync::Arc, time::Duration};

use diwan_content::Sequence;
use diwan_migrations::SchemaState;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

#[cfg(feature = "postgres")]
use super::postgres;
use crate::{
    connection::{
        Connection, Queries,
        options::{Place, StoreOptions},
        pool::Pool,
        sqlite,
        watch::{Waker, Watch},
    },
    error::StoreError,
};

/// Longest call of the connection that tells whether the database answers.
pub(crate) const PROBE_DEADLINE: Duration = Duration::from_millis(400);

/// The database of an installation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Pools>,
}

/// The ways to the database.
#[derive(Debug)]
pub(crate) struct Pools {
    pub(crate) writer: Arc<Pool>,
    pub(crate) readers: Arc<Pool>,
    /// One connection of its own, so that health does not wait for reads.
    pub(crate) probe: Arc<Pool>,
    pub(crate) waker: Waker,
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
            Place::Sqlite(path) => sqlite::open(path, max_readers, sync).await?,
            Place::Postgres(url) => postgres::open(url, max_readers, sync).await?,
        };
        let store = Self { inner: Arc::new(store) };
        match store.schema_state().await? {
            SchemaState::Newer => Err(StoreError::NewerVersion),
            SchemaState::Current | SchemaState::Behind => Ok(store),
        }
    }

    /// Brings the tables to this version, in one transaction. Several replicas may do so at once. Returns whether anything
    /// had to be done.
    pub async fn migrate(&self) -> Result<bool, StoreError> {
        let (transaction, _) = self.inner.writer.begin_unbounded().await?;
        if self.backend() == Backend::Postgres {
            // Rebuilding a table takes as long as it takes. Any number will do for the lock that nobody else uses in this
            // database; it is held until the commit.
            for statement in ["SET LOCAL statement_timeout = 0", "SELECT pg_advisory_xact_lock(7310032010)"] {
                transaction.execute_unprepared(statement).await?;
            }
        }
        let state = diwan_migrations::schema_state(&transaction).await?;
        match state {
            SchemaState::Newer => return Err(StoreError::NewerVersion),
            SchemaState::Current => return Ok(false),
            SchemaState::Behind => {}
        }
        diwan_migrations::migrate(&transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Whether there are tables of any version.
    pub async fn has_tables(&self) -> Result<bool, StoreError> {
        self.inner.writer.call(|writer| async move { diwan_migrations::has_tables(&writer).await }).await
    }

    /// The names of the migrations that the tables have, and of those that [`migrate`](Self::migrate) would run; oldest
    /// first. Changes nothing.
    pub async fn migrations(&self) -> Result<(Vec<String>, Vec<String>), StoreError> {
        self.inner.writer.call(|writer| async move { diwan_migrations::compare(&writer).await }).await
    }

    /// Names the guards that are missing, disabled or not as they were made: triggers that refuse changes to rows that never
    /// change. Anybody who may alter tables can drop them.
    pub async fn faulty_guards(&self) -> Result<Vec<String>, StoreError> {
        self.inner.writer.call(|writer| async move { diwan_migrations::faulty_guards(&writer).await }).await
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

    /// The last event of the log, as a sign of life: on a connection of its own, within a second.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the database does not answer in time.
    pub async fn probe(&self) -> Result<Sequence, StoreError> {
        let looked = async {
            let queries = Queries { connection: self.inner.probe.begin().await? };
            queries.last_sequence().await
        };
        let late = || StoreError::Unavailable { what: "no sign of life within a second".into() };
        tokio::time::timeout(2 * PROBE_DEADLINE, looked).await.map_err(|_| late())?
    }

    /// Whether changes are taken, without one: a statement that would write, on no row, is rolled back.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`]; any other when the database fails, or writers hold it for too long.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        let connection = self.begin_write_connection().await?;
        connection.run("UPDATE settings SET setting = setting WHERE name IS NULL", []).await?;
        connection.rollback().await
    }

    /// Closes all connections; transactions that are open are waited for.
    pub async fn close(&self) -> Result<(), StoreError> {
        let Pools { writer, readers, probe, waker } = &*self.inner;
        waker.stop();
        probe.close().await?;
        readers.close().await?;
        // Last, so that SQLite writes its log back into the file.
        writer.close().await
    }

    /// How the live connection that writes is set up.
    pub async fn writer_pragmas(&self) -> Result<Pragmas, StoreError> {
        let (verb, names) = match self.backend() {
            Backend::Postgres => ("SHOW", ["synchronous_commit", "fsync", "full_page_writes", "transaction_isolation"]),
            Backend::Sqlite => ("PRAGMA", ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"]),
        };
        let mut values = Vec::new();
        for name in names {
            let statement = Statement::from_string(self.backend().into(), format!("{verb} {name}"));
            let row = self.inner.writer.call(|writer| async move { writer.query_one_raw(statement).await }).await?;
            let Some(row) = row else { continue };
            let text = row.try_get_by_index::<String>(0);
            let value = text.or_else(|_| row.try_get_by_index::<i64>(0).map(|number| number.to_string()));
            values.push((name.to_owned(), value?));
        }
        Ok(Pragmas { values })
    }

    /// `sqlite` or `postgres`.
    pub fn backend_name(&self) -> &'static str {
        match self.backend() {
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
        self.inner.readers.begin().await
    }

    pub(crate) async fn begin_write_connection(&self) -> Result<Connection, StoreError> {
        self.inner.writer.begin().await
    }

    fn backend(&self) -> Backend {
        self.inner.writer.backend()
    }

    async fn schema_state(&self) -> Result<SchemaState, StoreError> {
        self.inner.writer.call(|writer| async move { diwan_migrations::schema_state(&writer).await }).await
    }
}

#[cfg(not(feature = "postgres"))]
mod postgres {
    use super::{Pools, StoreError};
    use crate::connection::options::SyncMode;

    pub(super) async fn open(_url: &str, _max_readers: u32, _sync: SyncMode) -> Result<Pools, StoreError> {
        let what = "this program was built without PostgreSQL: build it with the feature `postgres`".into();
        Err(StoreError::Misconfigured { what })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use diwan_content::Timestamp;
    use sea_orm::FromQueryResult;

    use super::*;
    use crate::connection::options::{DatabaseUrl, SyncMode};

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
        let tx = store.begin(Timestamp::from_unix_ms(0).unwrap()).await?;
        let outcome = tx.connection.run(statement, []).await.and(end);
        tx.end(outcome).await.map(|committed| committed.value)
    }

    #[tokio::test]
    async fn what_is_written_after_the_disk_was_full_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        write(&store, "CREATE TABLE notes (text TEXT NOT NULL)", Ok(())).await.unwrap();
        // The database may grow no more: SQLite ends the transaction by itself.
        store.inner.writer.connections().execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
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

    #[tokio::test]
    async fn what_never_changes_cannot_be_replaced_either() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        store.migrate().await.unwrap();
        macro_rules! event {
            ($verb:literal) => {
                concat!(
                    $verb,
                    " INTO events (sequence, happened_at, kind, actor, previous_hash, hash) ",
                    "VALUES (1, 0, 'k', 'a', x'', x'')"
                )
            };
        }
        write(&store, event!("INSERT"), Ok(())).await.unwrap();
        let replaced = write(&store, event!("INSERT OR REPLACE"), Ok(())).await;
        assert!(replaced.unwrap_err().to_string().contains("never change"));
    }
}
