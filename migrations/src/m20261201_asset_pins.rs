//! Revisions of assets name their bytes, and publications the revisions that they show.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct AssetPins;

const STATEMENTS: &[&str] = &[
    "ALTER TABLE assets ADD COLUMN bytes_since @int",
    "ALTER TABLE asset_revisions ADD COLUMN blob @bytes REFERENCES blobs (hash)",
    "ALTER TABLE asset_revisions ADD COLUMN bytes_since @int",
    "CREATE INDEX asset_revisions_bytes ON asset_revisions (asset, bytes_since, number)",
    "CREATE INDEX asset_revisions_blob ON asset_revisions (blob)",
    // A publication gets its number at the commit on PostgreSQL; its pins follow.
    "CREATE TABLE asset_pins (
        entry @uuid NOT NULL,
        locale @text NOT NULL,
        from_sequence @int NOT NULL,
        asset @uuid NOT NULL,
        revision @int NOT NULL,
        PRIMARY KEY (entry, locale, from_sequence, asset),
        FOREIGN KEY (entry, locale, from_sequence)
            REFERENCES publications (entry, locale, from_sequence) ON UPDATE CASCADE,
        FOREIGN KEY (asset, revision) REFERENCES asset_revisions (asset, number)
    ) @packed",
    "CREATE INDEX asset_pins_asset ON asset_pins (asset, from_sequence)",
    "CREATE INDEX asset_pins_revision ON asset_pins (asset, revision)",
];

/// Until this migration, no asset ever had other bytes than those that it was uploaded with.
const FILL_ASSETS: &str = "UPDATE assets SET bytes_since = 1 WHERE bytes_since IS NULL";
const FILL_REVISIONS: &str = "UPDATE asset_revisions SET bytes_since = 1, \
     blob = (SELECT a.blob FROM assets a WHERE a.id = asset_revisions.asset) WHERE blob IS NULL";
const FILL_PINS: &str = "INSERT INTO asset_pins (entry, locale, from_sequence, asset, revision) \
     SELECT DISTINCT p.entry, p.locale, p.from_sequence, a.id, a.version FROM published_references r \
     JOIN publications p ON p.entry = r.entry AND p.locale = r.locale AND p.to_sequence IS NULL AND p.kind = 'live' \
     JOIN assets a ON a.id = r.target WHERE r.target_kind = 'asset'";

#[async_trait::async_trait]
impl MigrationTrait for AssetPins {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        fill_asset_pins(manager.get_connection()).await
    }
}

/// Says in rows of older versions what was true of every asset then. To be called inside a transaction.
///
/// # Errors
/// When the database fails.
pub async fn fill_asset_pins(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let unfilled = "SELECT 1 AS one FROM asset_revisions WHERE blob IS NULL LIMIT 1";
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), unfilled);
    if connection.query_one_raw(statement).await?.is_none() {
        return Ok(());
    }
    connection.execute_unprepared(FILL_ASSETS).await?;
    ddl::with_changes_allowed(connection, "asset_revisions", FILL_REVISIONS).await?;
    connection.execute_unprepared(FILL_PINS).await?;
    Ok(())
}
