//! A SQLite file: one connection that writes, several that read.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sea_orm::{
    ConnectOptions,
    sqlx::{
        Connection as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};

use crate::{
    connection::{
        open::{Backend, Pools},
        options::SyncMode,
        pool::{Pool, Purpose},
        watch::Waker,
    },
    error::StoreError,
};

/// How long a task waits for a free connection, and SQLite for a lock of another process.
const WAIT: Duration = Duration::from_secs(10);
/// Longest call. A disk that takes longer is as good as gone; longer than both waits before a transaction together.
const DEADLINE: Duration = Duration::from_secs(30);
/// Statements that each connection keeps prepared: a publish needs about twenty.
const PREPARED_STATEMENTS: usize = 128;
/// Page caches in KiB: the whole process is to stay small, and the system caches the file anyway.
const WRITER_CACHE_KIB: u32 = 2_048;
const READER_CACHE_KIB: u32 = 1_024;

/// Opens the file, and makes it where it is not there.
pub(crate) async fn open(path: &Path, max_readers: u32, sync: SyncMode) -> Result<Pools, StoreError> {
    let error = match connect(path, max_readers, sync, Disk::Writable).await {
        Err(error @ (StoreError::Unavailable { .. } | StoreError::Misconfigured { .. })) => error,
        Ok(pools) => return Ok(pools),
        Err(error) => return Err(error),
    };
    // SQLite needs room beside the file even to read it, and says of a full disk that it cannot open or write.
    match hindrance_beside(path) {
        Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded) => Err(StoreError::NoSpace),
        Some(ErrorKind::ReadOnlyFilesystem) => {
            refuse_log(path)?;
            let pools = connect(path, max_readers, sync, Disk::ReadOnly).await?;
            // Somebody may have begun to write through another mount.
            refuse_log(path)?;
            Ok(pools)
        }
        Some(_) | None => Err(error),
    }
}

/// A database on a read-only disk is read as its file stands: what a log beside it holds would not be read.
fn refuse_log(path: &Path) -> Result<(), StoreError> {
    let log = beside(path, "-wal");
    if !log.exists() {
        return Ok(());
    }
    let what = format!(
        "the disk is read-only, and {} holds changes that are not in the database's file yet: open it once where it can be written, and stop the server there",
        log.display()
    );
    Err(StoreError::Misconfigured { what })
}

/// Whether files can be made beside the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Disk {
    Writable,
    /// The file is read as it is: nothing changes it.
    ReadOnly,
}

/// Why as much as SQLite needs beside the file cannot be written there.
fn hindrance_beside(path: &Path) -> Option<ErrorKind> {
    let probe = path.with_extension("space");
    let written = std::fs::write(&probe, [0; 64 * 1024]);
    // The probe may not be there; what is left of it is overwritten the next time.
    let _ = std::fs::remove_file(&probe);
    written.err().map(|error| error.kind())
}

/// A file of the database beside its first one.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(end);
    file.into()
}

async fn connect(path: &Path, max_readers: u32, sync: SyncMode, disk: Disk) -> Result<Pools, StoreError> {
    let synchronous = match sync {
        SyncMode::Full => SqliteSynchronous::Full,
        SyncMode::Off => SqliteSynchronous::Off,
    };
    make_private(path)?;
    let file = path.to_owned();
    let mut options = pool_options(1);
    options.map_sqlx_sqlite_opts(move |options| {
        set_up(options, &file, WRITER_CACHE_KIB, disk)
            .create_if_missing(disk == Disk::Writable)
            .synchronous(synchronous)
    });
    options.idle_timeout(None).max_lifetime(None);
    let writer = Pool::connect(Backend::Sqlite, options, Purpose::Write, DEADLINE).await?;
    let readers = connect_reader(path, max_readers, DEADLINE, disk).await?;
    let probe = connect_reader(path, 1, crate::connection::open::PROBE_DEADLINE, disk).await?;
    Ok(Pools { writer, readers, probe, waker: Waker::local() })
}

/// Makes the file so that only its owner may read it, or takes the rights of others away; SQLite gives its other files the
/// rights of this one. Where that cannot be done, opening it fails or the folder protects it.
#[cfg(unix)]
fn make_private(path: &Path) -> Result<(), StoreError> {
    use std::{
        fs::OpenOptions,
        os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    };
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::StorageFull => return Err(StoreError::NoSpace),
        Err(_) => {}
    }
    for end in ["", "-wal", "-shm"] {
        let file = beside(path, end);
        let Ok(mut permissions) = std::fs::metadata(&file).map(|known| known.permissions()) else { continue };
        let mode = permissions.mode();
        if mode & 0o077 != 0 {
            permissions.set_mode(mode & 0o700);
            if let Err(error) = std::fs::set_permissions(&file, permissions) {
                tracing::warn!(%error, "others may read the database's file");
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

async fn connect_reader(
    path: &Path,
    connections: u32,
    deadline: Duration,
    disk: Disk,
) -> Result<Arc<Pool>, StoreError> {
    let file = path.to_owned();
    let mut options = pool_options(connections);
    options.map_sqlx_sqlite_opts(move |options| {
        set_up(options, &file, READER_CACHE_KIB, disk).create_if_missing(false).pragma("query_only", "1")
    });
    Pool::connect(Backend::Sqlite, options, Purpose::Read, deadline).await
}

fn pool_options(max_connections: u32) -> ConnectOptions {
    // The true path is set by the options of the driver: a URL would have to encode it.
    let mut options = ConnectOptions::new("sqlite://diwan.db");
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .sqlx_logging(false)
        // A ping before each use would double the trips of short transactions.
        .test_before_acquire_if_idle_for(Duration::from_secs(30));
    // SQLite ends a transaction by itself when the disk is full or fails (https://www.sqlite.org/lang_transaction.html), and
    // sqlx goes on counting it: what came later would be part of a transaction that never ends, acknowledged and lost.
    options.map_sqlx_sqlite_before_acquire(|connection, _| {
        let between_transactions = !connection.is_in_transaction();
        Box::pin(async move { Ok(between_transactions) })
    });
    options
}

fn set_up(options: SqliteConnectOptions, file: &Path, cache_kib: u32, disk: Disk) -> SqliteConnectOptions {
    options
        .filename(file)
        .immutable(disk == Disk::ReadOnly)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true)
        .busy_timeout(WAIT)
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .pragma("cache_size", format!("-{cache_kib}"))
        .pragma("temp_store", "MEMORY")
        // Otherwise `INSERT OR REPLACE` deletes rows past the triggers that forbid it.
        .pragma("recursive_triggers", "1")
        // A log that once grew long (an import, say) is cut after it was written back.
        .pragma("journal_size_limit", "16777216")
}
