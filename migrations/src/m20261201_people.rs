//! Users, how they sign in, what was granted to them, and what lists show of a key.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct People;

// A user is a person who may sign in; the name stays in `people`. Grants of a key are in the row of the key. Columns of keys
// and events are null in rows of older versions.
const STATEMENTS: &[&str] = &[
    "CREATE TABLE users (
        person @uuid NOT NULL PRIMARY KEY,
        email @text NOT NULL,
        email_folded @text NOT NULL,
        language @text NOT NULL,
        version @int NOT NULL,
        created_at @int NOT NULL,
        created_by @text NOT NULL,
        suspended_at @int,
        signed_in_at @int
    ) @packed",
    "CREATE UNIQUE INDEX users_email_folded ON users (email_folded)",
    "CREATE TABLE credentials (
        id @uuid NOT NULL PRIMARY KEY,
        person @uuid NOT NULL,
        kind @text NOT NULL,
        secret @text,
        issuer @text,
        subject @text,
        last_step @int,
        created_at @int NOT NULL,
        confirmed_at @int,
        used_at @int
    ) @packed",
    "CREATE INDEX credentials_person ON credentials (person, kind)",
    "CREATE UNIQUE INDEX credentials_subject ON credentials (issuer, subject)",
    "CREATE TABLE grants (
        id @uuid NOT NULL PRIMARY KEY,
        person @uuid NOT NULL,
        role @text NOT NULL,
        department @uuid NOT NULL,
        collections @text,
        locales @text,
        source @text,
        granted_at @int NOT NULL,
        granted_by @text NOT NULL
    ) @packed",
    "CREATE INDEX grants_person ON grants (person)",
    "CREATE TABLE sessions (
        id @uuid NOT NULL PRIMARY KEY,
        token_hash @bytes NOT NULL,
        person @uuid NOT NULL,
        second_factor @bool NOT NULL,
        user_agent @text,
        created_at @int NOT NULL,
        confirmed_at @int NOT NULL,
        last_used_at @int NOT NULL,
        expires_at @int NOT NULL
    ) @packed",
    "CREATE UNIQUE INDEX sessions_token_hash ON sessions (token_hash)",
    "CREATE INDEX sessions_person ON sessions (person)",
    "CREATE TABLE one_time_tokens (
        token_hash @bytes NOT NULL PRIMARY KEY,
        person @uuid NOT NULL,
        purpose @text NOT NULL,
        created_at @int NOT NULL,
        expires_at @int NOT NULL
    ) @packed",
    "CREATE INDEX one_time_tokens_person ON one_time_tokens (person)",
    "ALTER TABLE events ADD COLUMN person @uuid",
    "ALTER TABLE events ADD COLUMN role @text",
    "ALTER TABLE api_keys ADD COLUMN last_four @text",
    "ALTER TABLE api_keys ADD COLUMN created_by @text",
    "ALTER TABLE api_keys ADD COLUMN replaces @uuid",
];

#[async_trait::async_trait]
impl MigrationTrait for People {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
