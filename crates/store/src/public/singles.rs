//! Collections of exactly one entry.

use diwan_content::{EntryId, Handle, Locale};
use sea_orm::{ColumnTrait as _, EntityTrait as _, FromQueryResult, QueryFilter as _, QuerySelect as _};
use uuid::Uuid;

use crate::{
    connection::{Queries, write::WriteTx},
    error::StoreError,
    tables::entries,
};

#[derive(Debug, FromQueryResult)]
struct EntryRow {
    entry: Uuid,
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
        let found: Option<Uuid> = entries::Entity::find()
            .select_only()
            .column(entries::Column::Id)
            .filter(entries::Column::Collection.eq(collection.as_str()))
            .into_tuple()
            .one(&self.connection)
            .await?;
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
