//! The log of events with its head, refusals, and how far followers are.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Events;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE events (
        sequence @int NOT NULL PRIMARY KEY,
        happened_at @int NOT NULL,
        kind @text NOT NULL,
        actor @text NOT NULL,
        on_behalf_of @uuid,
        entry @uuid,
        locale @text,
        revision @int,
        asset @uuid,
        api_key @uuid,
        department @uuid,
        content_hash @bytes,
        cause @int,
        previous_hash @bytes NOT NULL,
        hash @bytes NOT NULL
    ) @table",
    "CREATE INDEX events_entry ON events (entry, sequence) WHERE entry IS NOT NULL",
    "CREATE TABLE log_head (
        id @int NOT NULL PRIMARY KEY CHECK (id = 1),
        last_sequence @int NOT NULL,
        last_at @int NOT NULL,
        last_hash @bytes
    ) @table",
    "INSERT INTO log_head (id, last_sequence, last_at) VALUES (1, 0, -62167219200000)",
    "CREATE TABLE refusals (
        id @uuid NOT NULL PRIMARY KEY,
        refused_at @int NOT NULL,
        actor @text NOT NULL,
        action @text NOT NULL,
        entry @uuid,
        code @text NOT NULL,
        request_id @text NOT NULL
    ) @packed",
    "CREATE INDEX refusals_refused_at ON refusals (refused_at, id)",
    "CREATE TABLE refusal_counts (
        minute_at @int NOT NULL,
        action @text NOT NULL,
        code @text NOT NULL,
        refusals @int NOT NULL,
        PRIMARY KEY (minute_at, action, code)
    ) @packed",
    "CREATE TABLE marks (
        follower @text NOT NULL PRIMARY KEY,
        sequence @int NOT NULL
    ) @packed",
];

#[async_trait::async_trait]
impl MigrationTrait for Events {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        ddl::forbid_changes(manager, "events").await?;
        Ok(())
    }
}
