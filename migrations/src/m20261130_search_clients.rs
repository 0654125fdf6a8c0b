//! How many clients asked a query on a day, so that reports name only what several asked.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct SearchClients;

const STATEMENTS: &[&str] = &["ALTER TABLE search_queries ADD COLUMN clients @int NOT NULL DEFAULT 0"];

#[async_trait::async_trait]
impl MigrationTrait for SearchClients {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
