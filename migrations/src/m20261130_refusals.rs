//! Refusals never change, and those that are too many to be kept one by one are counted.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Refusals;

const STATEMENTS: &[&str] = &["CREATE TABLE refusals_left_out (
        hour_at @int NOT NULL,
        actor @text NOT NULL,
        refusals @int NOT NULL,
        PRIMARY KEY (hour_at, actor)
    ) @packed"];

#[async_trait::async_trait]
impl MigrationTrait for Refusals {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        ddl::forbid_changes(manager, "refusals").await?;
        ddl::only_count_up(manager, "refusal_counts", &["minute_at", "action", "code"], "refusals").await?;
        ddl::only_count_up(manager, "refusals_left_out", &["hour_at", "actor"], "refusals").await
    }
}
