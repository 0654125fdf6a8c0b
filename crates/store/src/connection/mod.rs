//! The one way to the database: snapshots and their queries, and a connection with a deadline for every statement.
//!
//! [`Connection`] is a connection of sea-orm, so entities are read and written through it like on any other. Its calls
//! and ends are boxed futures, which are compiled once, in this crate.

use std::{
    ops::Deref,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait as _, ExecResult,
    FromQueryResult, QueryResult, Statement, Value, prelude::async_trait, sea_query::OnConflict,
};

use crate::{
    connection::{
        open::{Backend, Store},
        pool::Pool,
    },
    error::{StoreError, is_answer},
};

pub(crate) mod open;
pub(crate) mod options;
pub(crate) mod pool;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod sqlite;
pub(crate) mod watch;
pub(crate) mod write;

/// Most rows of one statement: with the widest table far fewer values than the 32,766 that SQLite binds.
const MAX_ROWS_PER_INSERT: usize = 64;

/// A future whose type says nothing of what it runs.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An open transaction. Statements of sea-orm run on it as those written here do: texts with U+0000 are refused, each
/// call has a deadline, and after a call without an answer the transaction refuses all others.
#[derive(Debug)]
pub(crate) struct Connection {
    transaction: DatabaseTransaction,
    pool: Arc<Pool>,
    generation: u64,
    /// A call was given up without an answer: what the database does with it is not known.
    silent: AtomicBool,
}

/// All reads; on a [`Snapshot`], or inside a [`crate::WriteTx`], where they see what it wrote.
#[derive(Debug)]
pub struct Queries {
    pub(crate) connection: Connection,
}

/// One consistent view of the database, until it is dropped. Holds a connection: keep it no longer than a request.
#[derive(Debug)]
pub struct Snapshot {
    queries: Queries,
}

impl Store {
    /// Opens one consistent view.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot { queries: Queries { connection: self.begin_read().await? } })
    }
}

impl Deref for Snapshot {
    type Target = Queries;

    fn deref(&self) -> &Queries {
        &self.queries
    }
}

impl Connection {
    pub(crate) fn new(transaction: DatabaseTransaction, pool: Arc<Pool>, generation: u64) -> Self {
        Self { transaction, pool, generation, silent: AtomicBool::new(false) }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.pool.backend() == Backend::Postgres
    }

    /// Runs a statement; returns how many rows it changed.
    pub(crate) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, StoreError> {
        Ok(self.execute_raw(self.statement(sql, values)).await?.rows_affected())
    }

    /// The first row that a statement returns.
    pub(crate) async fn find<R: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<R>, StoreError> {
        let row = self.query_one_raw(self.statement(sql, values)).await?;
        Ok(row.map(|row| R::from_query_result(&row, "")).transpose()?)
    }

    /// All rows that a statement returns.
    pub(crate) async fn list<R: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<R>, StoreError> {
        let rows = self.raw_rows(sql, values).await?;
        Ok(rows.iter().map(|row| R::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }

    /// All rows that a statement returns, undecoded.
    pub(crate) async fn raw_rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.query_all_raw(self.statement(sql, values)).await?)
    }

    /// Inserts rows in batches; see [`batch_size`].
    pub(crate) async fn insert_all<A: ActiveModelTrait>(
        &self,
        rows: Vec<A>,
        on_conflict: Option<OnConflict>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let size = batch_size(rows.len());
            let batch: Vec<A> = rows.by_ref().take(size).collect();
            let mut insert = A::Entity::insert_many(batch);
            if let Some(on_conflict) = &on_conflict {
                insert = insert.on_conflict(on_conflict.clone());
            }
            insert.exec_without_returning(self).await?;
        }
        Ok(())
    }

    /// Inserts rows of values in batches, for a table that is known by name alone. `head` ends before `VALUES`.
    pub(crate) async fn insert_rows(&self, head: &str, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        while rows.len() > 0 {
            let size = batch_size(rows.len());
            let batch: Vec<Vec<Value>> = rows.by_ref().take(size).collect();
            let sql = format!("{head} VALUES {}", placeholder_rows(batch.len(), batch[0].len()));
            self.run(&sql, batch.into_iter().flatten()).await?;
        }
        Ok(())
    }

    /// Commits.
    ///
    /// # Errors
    /// [`StoreError::OutcomeUnknown`] when the commit was sent and the connection was lost before the answer; with any
    /// other error nothing was done.
    pub(crate) fn commit<'a>(self) -> Boxed<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.refuse_silent()?;
            let Self { transaction, pool, generation, .. } = self;
            match pool.within(generation, transaction.commit()).await {
                Ok(Ok(())) => Ok(()),
                Ok(Err(error)) if is_answer(&error) => Err(error.into()),
                Ok(Err(_)) | Err(_) => Err(StoreError::OutcomeUnknown),
            }
        })
    }

    /// Commits, however long it takes: what a restore brings is written to the disk here.
    ///
    /// # Errors
    /// As for [`commit`](Self::commit).
    pub(crate) async fn commit_unbounded(self) -> Result<(), StoreError> {
        self.refuse_silent()?;
        match self.transaction.commit().await {
            Ok(()) => Ok(()),
            Err(error) if is_answer(&error) => Err(error.into()),
            Err(_) => Err(StoreError::OutcomeUnknown),
        }
    }

    /// Rolls back. Where that fails the connection is closed, which rolls back too.
    pub(crate) fn rollback<'a>(self) -> Boxed<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.refuse_silent()?;
            let Self { transaction, pool, generation, .. } = self;
            Ok(pool.within(generation, transaction.rollback()).await??)
        })
    }

    async fn answer<T>(&self, call: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.refuse_silent()?;
        match self.pool.within(self.generation, call).await {
            Ok(answer) => answer,
            Err(error) => {
                self.silent.store(true, Ordering::Relaxed);
                Err(error.into())
            }
        }
    }

    fn refuse_silent(&self) -> Result<(), StoreError> {
        if self.silent.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable { what: "an earlier call of the transaction had no answer".into() });
        }
        Ok(())
    }

    fn statement(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.get_database_backend(), sql, values)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        self.pool.backend().into()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        refuse_nul(&statement)?;
        self.answer(self.transaction.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.answer(self.transaction.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, mut statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        refuse_nul(&statement)?;
        if !self.is_postgres() {
            write_limit_of_one(&mut statement);
        }
        self.answer(self.transaction.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        refuse_nul(&statement)?;
        self.answer(self.transaction.query_all_raw(statement)).await
    }
}

/// Writes the limit of `Select::one` into the text. SQLite looks at the value of a bound limit when it plans, and so parses
/// and plans the statement again at each run, which costs more than most of them take
/// (`sqlite3ExprIsInteger` and `sqlite3VdbeSetVarmask` in its source).
fn write_limit_of_one(statement: &mut Statement) {
    let Some(values) = &mut statement.values else { return };
    if let Some(text) = statement.sql.strip_suffix(" LIMIT ?")
        && values.0.last() == Some(&Value::BigUnsigned(Some(1)))
    {
        values.0.pop();
        statement.sql = format!("{text} LIMIT 1");
    }
}

/// PostgreSQL cannot store U+0000 in text; refused before either database sees it, so that both answer alike.
fn refuse_nul(statement: &Statement) -> Result<(), StoreError> {
    for value in statement.values.iter().flat_map(|values| values.iter()) {
        if let Value::String(Some(text)) = value
            && text.contains('\0')
        {
            return Err(StoreError::NulInText);
        }
    }
    Ok(())
}

/// How many of so many rows one statement inserts: all of them up to eight, powers of two beyond. So few different
/// statement texts are prepared.
fn batch_size(rows: usize) -> usize {
    if rows <= 8 { rows } else { 1 << rows.min(MAX_ROWS_PER_INSERT).ilog2() }
}

/// `$first, …` for `count` values, to stand in an `IN (…)`.
pub(crate) fn placeholders(first: usize, count: usize) -> String {
    let names: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
    names.join(", ")
}

/// Values for an `IN (…)`, the last one repeated up to a power of two, so that few different statement texts are prepared.
pub(crate) fn padded<T: Clone>(mut values: Vec<T>) -> Vec<T> {
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

fn placeholder_rows(rows: usize, columns: usize) -> String {
    let rows: Vec<String> = (0..rows).map(|row| format!("({})", placeholders(row * columns + 1, columns))).collect();
    rows.join(", ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failed test may panic")]
mod tests {
    use sea_orm::{ColumnTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};

    use super::*;
    use crate::tables::entries::{Column, Entity};

    fn written(select: sea_orm::Select<Entity>) -> (String, usize) {
        let mut statement = select.build(DbBackend::Sqlite);
        write_limit_of_one(&mut statement);
        (statement.sql.rsplit_once(" WHERE ").unwrap().1.to_owned(), statement.values.unwrap().iter().count())
    }

    #[test]
    fn only_a_limit_of_one_is_written_into_the_text() {
        let select = || Entity::find().filter(Column::Collection.eq("news"));
        assert_eq!(written(select().limit(1)), (r#""entries"."collection" = ? LIMIT 1"#.to_owned(), 1));
        assert_eq!(written(select().limit(7)), (r#""entries"."collection" = ? LIMIT ?"#.to_owned(), 2));
        assert_eq!(written(select()), (r#""entries"."collection" = ?"#.to_owned(), 1));
    }
}
