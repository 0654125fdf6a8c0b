//! A PostgreSQL server.

use std::{io, sync::Arc, time::Duration};

use sea_orm::{
    ConnectOptions,
    sqlx::{
        Connection as _, Error,
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
/// Longest pause inside a transaction; the server ends it, so that a client that is gone holds no locks.
const IDLE_IN_TRANSACTION_TIMEOUT: &str = "30s";
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
    let writer = connect(pool_options(url, WRITERS, writes), Purpose::Write, DEADLINE).await?;
    let readers = connect(pool_options(url, max_readers, reads), Purpose::Read, DEADLINE).await?;
    let probe = connect(pool_options(url, 1, reads), Purpose::Read, PROBE_DEADLINE).await?;
    Ok(Pools { writer, readers, probe, waker: Waker::listening(url) })
}

async fn connect(options: ConnectOptions, purpose: Purpose, deadline: Duration) -> Result<Arc<Pool>, StoreError> {
    Pool::connect(Backend::Postgres, options, purpose, deadline).await
}

fn pool_options(url: &str, max_connections: u32, settings: [(&'static str, &'static str); 2]) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(WAIT)
        .connect_timeout(WAIT)
        .sqlx_logging(false)
        .test_before_acquire(false);
    options.map_sqlx_postgres_opts(move |options| set_up(options).options(settings));
    options.map_sqlx_postgres_pool_opts(|options| {
        options
            .before_acquire(|connection, use_before| {
                let needed = use_before.idle_for > TEST_IF_IDLE_FOR;
                Box::pin(async move { if needed { test(connection).await } else { Ok(true) } })
            })
            // An error closes the connection without a farewell; the driver's own test has no deadline.
            .after_release(|connection, _| Box::pin(test(connection)))
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

async fn test(connection: &mut PgConnection) -> Result<bool, Error> {
    match timeout(TEST, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(Error::Io(io::ErrorKind::TimedOut.into())),
    }
}
