//! Departments for rights, API keys, idempotency keys, settings.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Access;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE departments (
        id @uuid NOT NULL PRIMARY KEY,
        parent @uuid NOT NULL,
        created_at @int NOT NULL
    ) @packed",
    "CREATE TABLE api_keys (
        id @uuid NOT NULL PRIMARY KEY,
        label @text,
        secret_hash @bytes NOT NULL,
        grants @text NOT NULL,
        on_behalf_of @uuid,
        created_at @int NOT NULL,
        expires_at @int,
        revoked_at @int,
        last_used_at @int
    ) @packed",
    "CREATE UNIQUE INDEX api_keys_secret_hash ON api_keys (secret_hash)",
    "CREATE TABLE idempotency (
        actor @text NOT NULL,
        name @text NOT NULL,
        request_hash @bytes NOT NULL,
        answer @text,
        sequence @int,
        created_at @int NOT NULL,
        PRIMARY KEY (actor, name)
    ) @table",
    "CREATE INDEX idempotency_created ON idempotency (created_at)",
    "CREATE TABLE settings (
        name @text NOT NULL PRIMARY KEY,
        setting @text NOT NULL
    ) @packed",
];

#[async_trait::async_trait]
impl MigrationTrait for Access {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
