//! Every table out, in bounded memory.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sea_orm::{QueryResult, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    ImportError, LineSink,
    tables::{Kind, TABLES, Table},
};
use crate::{
    connection::{Snapshot, placeholders},
    error::StoreError,
};

impl Snapshot {
    /// Gives every row of every table, ordered by table and primary key, the same from both databases. Left out are
    /// idempotency keys and the marks of followers.
    pub async fn export_tables(&self, sink: &mut LineSink<'_>) -> Result<(), ImportError> {
        for table in TABLES.iter() {
            let mut after: Vec<Value> = Vec::new();
            loop {
                let rows = self.page(table, &after).await?;
                for row in &rows {
                    sink(table.name, &Json::Object(to_json(table, row)?).to_string())?;
                }
                match rows.last() {
                    Some(last) if rows.len() == table.page => after = key_of(table, last)?,
                    Some(_) | None => break,
                }
            }
        }
        Ok(())
    }

    async fn page(&self, table: &Table, after: &[Value]) -> Result<Vec<QueryResult>, StoreError> {
        let (name, columns, key) = (table.name, table.column_list(), table.key_list());
        let behind = match after.len() {
            0 => String::new(),
            count => format!("WHERE ({key}) > ({})", placeholders(1, count)),
        };
        let sql = format!("SELECT {columns} FROM {name} {behind} ORDER BY {key} LIMIT {}", table.page);
        self.connection.raw_rows(&sql, after.iter().cloned()).await
    }
}

fn to_json(table: &Table, row: &QueryResult) -> Result<Map<String, Json>, StoreError> {
    let mut object = Map::new();
    for (name, kind) in &table.columns {
        let value = match kind {
            Kind::Id => get::<Uuid>(row, name)?.map(|id| id.as_hyphenated().to_string().into()),
            Kind::Integer => get::<i64>(row, name)?.map(Json::from),
            Kind::Boolean => get::<bool>(row, name)?.map(Json::from),
            Kind::Text => get::<String>(row, name)?.map(Json::from),
            Kind::Hash => get::<Vec<u8>>(row, name)?.map(|bytes| hex::encode(bytes).into()),
            Kind::Bytes => get::<Vec<u8>>(row, name)?.map(|bytes| BASE64.encode(bytes).into()),
        };
        // Absent stands for NULL: shorter, and told apart from every text.
        if let Some(value) = value {
            object.insert((*name).to_owned(), value);
        }
    }
    Ok(object)
}

fn key_of(table: &Table, row: &QueryResult) -> Result<Vec<Value>, StoreError> {
    let mut key = Vec::with_capacity(table.key.len());
    for (name, kind) in &table.key {
        key.push(match kind {
            Kind::Id => get::<Uuid>(row, name)?.into(),
            Kind::Integer => get::<i64>(row, name)?.into(),
            Kind::Boolean => get::<bool>(row, name)?.into(),
            Kind::Text => get::<String>(row, name)?.into(),
            Kind::Hash | Kind::Bytes => get::<Vec<u8>>(row, name)?.into(),
        });
    }
    Ok(key)
}

fn get<T: sea_orm::TryGetable>(row: &QueryResult, name: &str) -> Result<Option<T>, StoreError>
where
    Option<T>: sea_orm::TryGetable,
{
    Ok(row.try_get("", name)?)
}
