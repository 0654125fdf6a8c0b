//! A PostgreSQL server.

use std::{io, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions,
    sqlx::{
        self, Connection as _, Error,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use tokio::time::timeout;

use crate::{
    connection::{
        open::{Backend, PROBE_DEADLINE, Pools},
        options::SyncMode,
        pool::{Pool, Purpose},
        watch::Waker,
    },
    error::StoreError,
};

/// Connections that write: commits are serial anyway, and what goes before is short.
const WRITERS: u32 = 8;
/// How long a task waits for a free connection, making one included.
const WAIT: Duration = Duration::from_secs(5);
/// Longest call. Longer than [`STATEMENT_TIMEOUT`], so that a server that lives answers before.
const DEADLINE: Duration = Duration::from_secs(8);
/// Longest statement, waiting for locks included; the server ends it.
const STATEMENT_TIMEOUT: &str = "7s";
/// Longest pause inside a transaction; the server ends it, so that a client that is gone holds no locks. Nothing is waited
/// for inside a transaction but the database itself, and writes are to go on within 10 s of a lost connection.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "5s";
/// Time for the sign of life of a connection.
const TEST: Duration = Duration::from_secs(1);
/// Connections that were idle for longer are tested before use: a test before each use would double the trips of short
/// transactions.
const TEST_IF_IDLE_FOR: Duration = Duration::from_secs(1);
/// Statements that each connection keeps prepared: a publish needs about twenty.
const PREPARED_STATEMENTS: usize = 128;

/// Connects.
pub(crate) async fn open(url: &str, max_readers: u32, sync: SyncMode) -> Result<Pools, StoreError> {
    let synchronous_commit = match sync {
        SyncMode::Full => "on",
        SyncMode::Off => "off",
    };
    let writes = [("synchronous_commit", synchronous_commit), ("default_transaction_isolation", "read committed")];
    // Set for the session, so that a transaction costs no further statement.
    let reads = [("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")];
    let writer = connect(url, Purpose::Write, WRITERS, writes, DEADLINE).await?;
    let readers = connect(url, Purpose::Read, max_readers, reads, DEADLINE).await?;
    let probe = connect(url, Purpose::Read, 1, reads, PROBE_DEADLINE).await?;
    Ok(Pools { writer, readers, probe, waker: Waker::listening(url) })
}

async fn connect(
    url: &str,
    purpose: Purpose,
    max_connections: u32,
    settings: [(&'static str, &'static str); 2],
    deadline: Duration,
) -> Result<Arc<Pool>, StoreError> {
    let options = pool_options(url, purpose, max_connections, settings);
    Pool::connect(Backend::Postgres, options, purpose, deadline).await
}

fn pool_options(
    url: &str,
    purpose: Purpose,
    max_connections: u32,
    settings: [(&'static str, &'static str); 2],
) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .sqlx_logging(false)
        .test_before_acquire(false);
    options.map_sqlx_postgres_opts(move |options| set_up(options).options(settings));
    options.map_sqlx_postgres_pool_opts(move |options| {
        options
            .before_acquire(move |connection, use_before| {
                let needed = use_before.idle_for > TEST_IF_IDLE_FOR;
                Box::pin(async move { if needed { test(connection, purpose).await } else { Ok(true) } })
            })
            // An error closes the connection without a farewell; the driver's own test has no deadline.
            .after_release(move |connection, _| Box::pin(test(connection, purpose)))
    });
    options
}

/// Deadlines that the server keeps, and the signs of life that it asks for.
pub(crate) fn set_up(options: PgConnectOptions) -> PgConnectOptions {
    options.statement_cache_capacity(PREPARED_STATEMENTS).options([
        ("statement_timeout", STATEMENT_TIMEOUT),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_TIMEOUT),
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
    ])
}

/// Whether a connection may be used again. One that is to write and may not is closed: a session stays read-only, however
/// soon others may write to the database again.
async fn test(connection: &mut PgConnection, purpose: Purpose) -> Result<bool, Error> {
    let answer = async {
        match purpose {
            Purpose::Read => connection.ping().await.map(|()| true),
            Purpose::Write => {
                sqlx::query_scalar("SELECT current_setting('transaction_read_only') = 'off'")
                    .fetch_one(connection)
                    .await
            }
        }
    };
    timeout(TEST, answer).await.unwrap_or_else(|_| Err(Error::Io(io::ErrorKind::TimedOut.into())))
}
