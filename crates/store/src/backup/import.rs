//! Every table back, all or nothing.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use diwan_content::Sequence;
use sea_orm::{EntityTrait as _, Set, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    ImportError, LineSource,
    tables::{Kind, TABLES, Table},
};
use crate::{
    connection::{Queries, open::Store},
    error::StoreError,
    tables::{log_head, settings},
};

/// Rows that wait to be inserted.
struct Batch {
    table: &'static Table,
    /// Number of the first one in its table, from 1.
    first: u64,
    rows: Vec<Vec<Value>>,
}

impl Store {
    /// Refuses a database that holds anything; for callers that prepare an import beside the database.
    pub async fn check_empty(&self) -> Result<(), ImportError> {
        check_empty(&*self.snapshot().await?).await
    }

    /// Reads what [`crate::Snapshot::export_tables`] gave into a migrated database that holds nothing, in one
    /// transaction, and checks the chain of events before it commits. `mark` is a setting, as name and value, that is
    /// written in the same transaction; it is all that the database may hold before.
    pub async fn import_tables(
        &self,
        source: &mut LineSource<'_>,
        mark: Option<(&str, &str)>,
    ) -> Result<(), ImportError> {
        let queries = Queries { connection: self.begin_write_connection().await? };
        if queries.connection.is_postgres() {
            // Checking the chain and committing take as long as they take.
            queries.connection.run("SET LOCAL statement_timeout = 0", []).await?;
        }
        if let Some((name, _)) = mark {
            settings::Entity::delete_by_id(name).exec(&queries.connection).await.map_err(StoreError::from)?;
        }
        check_empty(&queries).await?;
        log_head::Entity::delete_many().exec(&queries.connection).await.map_err(StoreError::from)?;
        let mut batch: Option<Batch> = None;
        let mut line = 0;
        while let Some((name, text)) = source()? {
            line += 1;
            let bad = |what: String| ImportError::BadLine { table: name.clone(), line, what };
            let table = TABLES.iter().find(|table| table.name == name).ok_or_else(|| bad("no such table".into()))?;
            let row = to_values(table, &text).map_err(bad)?;
            match &mut batch {
                Some(open) if open.table.name == table.name && open.rows.len() < table.page => open.rows.push(row),
                Some(_) | None => {
                    let next =
                        |open: &Batch| (open.table.name == table.name).then(|| open.first + open.rows.len() as u64);
                    let first = batch.as_ref().and_then(next).unwrap_or(1);
                    flush(&queries, batch.replace(Batch { table, first, rows: vec![row] })).await?;
                }
            }
        }
        flush(&queries, batch).await?;
        diwan_migrations::fill_asset_pins(&queries.connection).await.map_err(StoreError::from)?;
        if let Some(broken) = queries.verify_chain(Sequence(0)).await? {
            return Err(ImportError::BrokenChain(broken.sequence));
        }
        if let Some((name, setting)) = mark {
            let mark = settings::ActiveModel { name: Set(name.to_owned()), setting: Set(setting.to_owned()) };
            settings::Entity::insert(mark)
                .exec_without_returning(&queries.connection)
                .await
                .map_err(StoreError::from)?;
        }
        queries.connection.commit_unbounded().await?;
        self.waker().wake();
        Ok(())
    }
}

async fn check_empty(queries: &Queries) -> Result<(), ImportError> {
    for table in TABLES.iter().filter(|table| !table.is_log_head()) {
        let sql = format!("SELECT {} FROM {} LIMIT 1", table.key_list(), table.name);
        if !queries.connection.raw_rows(&sql, []).await?.is_empty() {
            return Err(ImportError::NotEmpty { table: table.name.to_owned() });
        }
    }
    Ok(())
}

/// Inserts the rows that wait. Of rows that are refused together, the first that is refused is named.
async fn flush(queries: &Queries, batch: Option<Batch>) -> Result<(), ImportError> {
    let Some(Batch { table, first, rows }) = batch else { return Ok(()) };
    let connection = &queries.connection;
    let head = format!("INSERT INTO {} ({})", table.name, table.column_list());
    connection.run("SAVEPOINT batch", []).await?;
    let Err(error) = connection.insert_rows(&head, rows.clone()).await else {
        connection.run("RELEASE SAVEPOINT batch", []).await?;
        return Ok(());
    };
    if reason_of(&error).is_none() {
        return Err(error.into());
    }
    connection.run("ROLLBACK TO SAVEPOINT batch", []).await?;
    for (row, place) in rows.into_iter().zip(first..) {
        if let Err(error) = connection.insert_rows(&head, vec![row]).await {
            return Err(match reason_of(&error) {
                Some(what) => ImportError::BadRow { table: table.name.to_owned(), row: place, what },
                None => error.into(),
            });
        }
    }
    Err(error.into())
}

/// Why the row itself is refused; `None` where the row is not at fault.
fn reason_of(error: &StoreError) -> Option<String> {
    match error {
        StoreError::Conflict(_) => Some("an earlier row has the same key".to_owned()),
        StoreError::Missing { .. } => Some("it names a row of another table that is not in the backup".to_owned()),
        StoreError::Unexpected { what } => Some(what.clone()),
        StoreError::Unavailable { .. }
        | StoreError::GivenUp
        | StoreError::OutcomeUnknown
        | StoreError::ReadOnly { .. }
        | StoreError::NoSpace
        | StoreError::Damaged { .. }
        | StoreError::NewerVersion
        | StoreError::OlderVersion
        | StoreError::Misconfigured { .. }
        | StoreError::PermitMismatch { .. }
        | StoreError::NulInText => None,
    }
}

fn to_values(table: &Table, text: &str) -> Result<Vec<Value>, String> {
    let mut object: Map<String, Json> =
        serde_json::from_str(text).map_err(|error| format!("not a JSON object: {error}"))?;
    let mut values = Vec::with_capacity(table.columns.len());
    for (name, kind) in &table.columns {
        let json = object.remove(*name).unwrap_or(Json::Null);
        values.push(to_value(*kind, json).ok_or_else(|| format!("{name} is not of its kind"))?);
    }
    match object.keys().next() {
        Some(unknown) => Err(format!("unknown column {unknown}")),
        None => Ok(values),
    }
}

fn to_value(kind: Kind, json: Json) -> Option<Value> {
    if json.is_null() {
        return Some(match kind {
            Kind::Id => Value::Uuid(None),
            Kind::Integer => Value::BigInt(None),
            Kind::Boolean => Value::Bool(None),
            Kind::Text => Value::String(None),
            Kind::Hash | Kind::Bytes => Value::Bytes(None),
        });
    }
    match (kind, json) {
        (Kind::Id, Json::String(text)) => Uuid::try_parse(&text).ok().map(Value::from),
        (Kind::Integer, Json::Number(number)) => number.as_i64().map(Value::from),
        (Kind::Boolean, Json::Bool(value)) => Some(value.into()),
        (Kind::Text, Json::String(text)) => Some(text.into()),
        (Kind::Hash, Json::String(text)) => hex::decode(text).ok().map(Value::from),
        (Kind::Bytes, Json::String(text)) => BASE64.decode(text).ok().map(Value::from),
        (Kind::Id | Kind::Integer | Kind::Boolean | Kind::Text | Kind::Hash | Kind::Bytes, _) => None,
    }
}
