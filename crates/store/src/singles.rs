//! Collections of exactly one entry.

use diwan_content::{EntryId, Handle, Locale};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::{error::StoreError, snapshot::Queries, write::WriteTx};

#[derive(Debug, FromQueryResult)]
struct EntryRow {
    entry: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct OneRow {
    #[expect(dead_code, reason = "that there is a row says everything")]
    one: i64,
}

impl Queries {
    /// The public entry of a collection that has one; the first of several.
    pub async fn find_single(&self, collection: &Handle, locale: &Locale) -> Result<Option<EntryId>, StoreError> {
        let sql = "SELECT p.entry FROM publications p WHERE p.collection = $1 AND p.locale = $2 \
                   AND p.to_sequence IS NULL AND p.kind = 'live' ORDER BY p.entry LIMIT 1";
        let found: Option<EntryRow> =
            self.connection.find(sql, [collection.as_str().into(), locale.as_str().into()]).await?;
        Ok(found.map(|EntryRow { entry }| EntryId(entry)))
    }

    /// Whether a collection has an entry, in the trash or not.
    pub async fn has_entries(&self, collection: &Handle) -> Result<bool, StoreError> {
        // A cast, for a bare number is of another width on each database.
        let sql = "SELECT CAST(1 AS bigint) AS one FROM entries WHERE collection = $1 LIMIT 1";
        let found: Option<OneRow> = self.connection.find(sql, [collection.as_str().into()]).await?;
        Ok(found.is_some())
    }
}

impl WriteTx {
    /// Holds off others who lock the same collection until the transaction ends, so that what is then looked up of it stays
    /// true. To be called before any row is locked. SQLite has one writer at a time and needs no lock.
    pub async fn lock_collection(&mut self, collection: &Handle) -> Result<(), StoreError> {
        if self.connection.is_postgres() {
            let sql = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
            self.connection.run(sql, [format!("collection {collection}").into()]).await?;
        }
        Ok(())
    }
}
