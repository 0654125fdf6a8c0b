//! Rows that never change cannot be replaced on SQLite either: `INSERT OR REPLACE` deletes a row without its delete triggers,
//! but on connections that set `recursive_triggers`. PostgreSQL has no such statement.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Unreplaceable;

const KEYS: &[(&str, &[&str])] = &[
    ("events", &["sequence"]),
    ("revisions", &["entry", "locale", "number"]),
    ("asset_revisions", &["asset", "number"]),
    ("refusals", &["id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Unreplaceable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, key) in KEYS {
            ddl::forbid_replacing(manager, table, key).await?;
        }
        Ok(())
    }
}
