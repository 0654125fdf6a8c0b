//! What was searched for, by day and without whoever asked.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct SearchLog;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE search_queries (
        day @int NOT NULL,
        locale @text NOT NULL,
        query @text NOT NULL,
        searches @int NOT NULL,
        empty_searches @int NOT NULL,
        PRIMARY KEY (day, locale, query)
    ) @packed",
    "CREATE TABLE search_clicks (
        day @int NOT NULL,
        locale @text NOT NULL,
        query @text NOT NULL,
        entry @uuid NOT NULL,
        clicks @int NOT NULL,
        positions @int NOT NULL,
        PRIMARY KEY (day, locale, query, entry)
    ) @packed",
];

#[async_trait::async_trait]
impl MigrationTrait for SearchLog {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
