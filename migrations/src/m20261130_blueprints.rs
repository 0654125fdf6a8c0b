//! The texts of the blueprints that data was written under, so that old data can be understood after they changed.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Blueprints;

const STATEMENTS: &[&str] = &[
    // Blueprints of the same fields have the same hash.
    "CREATE TABLE blueprints (
        hash @bytes NOT NULL,
        handle @text NOT NULL,
        text @text NOT NULL,
        first_used_at @int NOT NULL,
        PRIMARY KEY (hash, handle)
    ) @table",
];

#[async_trait::async_trait]
impl MigrationTrait for Blueprints {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        ddl::forbid_changes(manager, "blueprints").await
    }
}
