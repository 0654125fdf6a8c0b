//! Pools of connections, and the deadline of every call.
//!
//! The driver gives no call a deadline and sets neither keep-alive nor a user time-out on its sockets. A connection that
//! falls silent without being closed would be waited for until the system gives up, a quarter of an hour later. So each
//! call has a deadline here, and after one that passed on PostgreSQL the pool is replaced: what still hangs in the old
//! one takes no place from the new one.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};
use tokio::time::timeout;

use crate::{
    connection::{Boxed, Connection, open::Backend},
    error::{StoreError, is_closed_pool},
};

/// How long connections of a replaced pool are waited for before they are left to the system.
const FAREWELL: Duration = Duration::from_secs(60);

/// A pool of connections of one kind.
#[derive(Debug)]
pub(crate) struct Pool {
    backend: Backend,
    options: ConnectOptions,
    transactions: TransactionOptions,
    deadline: Duration,
    current: RwLock<Generation>,
}

/// One of the pools that follow each other.
#[derive(Debug, Clone)]
struct Generation {
    number: u64,
    connections: DatabaseConnection,
}

/// What a pool is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Transactions that read one moment.
    Read,
    /// Transactions that write. On SQLite the lock is taken at once: a transaction that reads first and then writes would
    /// fail when another wrote in between, however long it waited.
    Write,
}

impl Pool {
    /// Opens a first connection. No call may take longer than `deadline`.
    pub(crate) async fn connect(
        backend: Backend,
        options: ConnectOptions,
        purpose: Purpose,
        deadline: Duration,
    ) -> Result<Arc<Self>, StoreError> {
        let sqlite_transaction_mode =
            (backend == Backend::Sqlite && purpose == Purpose::Write).then_some(SqliteTransactionMode::Immediate);
        let transactions = TransactionOptions { sqlite_transaction_mode, ..TransactionOptions::default() };
        let connections = open(options.clone()).await?;
        let current = RwLock::new(Generation { number: 0, connections });
        Ok(Arc::new(Self { backend, options, transactions, deadline, current }))
    }

    pub(crate) fn backend(&self) -> Backend {
        self.backend
    }

    /// The connections of now, for statements outside of transactions; wrap each in [`Self::within`].
    pub(crate) fn connections(&self) -> DatabaseConnection {
        self.current().connections
    }

    /// Begins a transaction whose calls have deadlines.
    pub(crate) fn begin(self: &Arc<Self>) -> Boxed<'_, Result<Connection, StoreError>> {
        Box::pin(async move {
            let (transaction, generation) = self.begin_unbounded().await?;
            Ok(Connection::new(transaction, self.clone(), generation))
        })
    }

    /// Begins a transaction whose calls take as long as they take.
    pub(crate) async fn begin_unbounded(&self) -> Result<(DatabaseTransaction, u64), StoreError> {
        loop {
            let Generation { number, connections } = self.current();
            let begun = self.within(number, connections.begin_with_options(self.transactions)).await;
            match begun {
                Ok(Ok(transaction)) => return Ok((transaction, number)),
                // It was replaced while this waited for a connection.
                Ok(Err(error)) if is_closed_pool(&error) && self.current().number != number => {}
                Ok(Err(error)) => return Err(error.into()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Waits for a call on a connection of a generation, but no longer than the deadline. The outer error is that there
    /// was no answer; the connection must not be used again then.
    pub(crate) async fn within<T>(
        &self,
        generation: u64,
        call: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<Result<T, DbErr>, StoreError> {
        if let Ok(answer) = timeout(self.deadline, call).await {
            return Ok(answer);
        }
        self.replace(generation).await;
        let seconds = self.deadline.as_secs_f32();
        Err(StoreError::Unavailable { what: format!("no answer within {seconds} s") })
    }

    /// Waits for a call outside of transactions.
    pub(crate) async fn call<T, F>(&self, call: impl FnOnce(DatabaseConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let Generation { number, connections } = self.current();
        Ok(self.within(number, call(connections)).await??)
    }

    /// Closes the pool; transactions that are open are waited for, but no longer than a call.
    pub(crate) async fn close(&self) -> Result<(), StoreError> {
        let connections = self.connections();
        let Ok(closed) = timeout(self.deadline, connections.close_by_ref()).await else {
            tracing::warn!("a connection to the database does not close: it is left to the system");
            return Ok(());
        };
        Ok(closed?)
    }

    fn current(&self) -> Generation {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts an empty pool in the place of one in which a connection does not answer, once for each generation. A file
    /// keeps its pool: there is one writer, and what a disk owes cannot be had elsewhere.
    async fn replace(&self, generation: u64) {
        if self.backend == Backend::Sqlite {
            return;
        }
        let mut options = self.options.clone();
        let Ok(connections) = open(options.connect_lazy(true).to_owned()).await else { return };
        let old = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            if current.number != generation {
                return;
            }
            std::mem::replace(&mut *current, Generation { number: generation + 1, connections })
        };
        tracing::warn!("a connection to the database does not answer: all are made again");
        tokio::spawn(async move { timeout(FAREWELL, old.connections.close_by_ref()).await });
    }
}

async fn open(options: ConnectOptions) -> Result<DatabaseConnection, StoreError> {
    let error = match Database::connect(options).await {
        Ok(connection) => return Ok(connection),
        Err(error) => StoreError::from(error),
    };
    // The driver's words may hold the address with its password.
    if matches!(error, StoreError::Misconfigured { .. } | StoreError::Unexpected { .. }) {
        let what = "cannot connect: check the address, user, password and folder".into();
        return Err(StoreError::Misconfigured { what });
    }
    Err(error)
}
