//! Entries, localizations, revisions, and where imported ones came from.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Content;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE entries (
        id @uuid NOT NULL PRIMARY KEY,
        collection @text NOT NULL,
        blueprint @text NOT NULL,
        department @uuid NOT NULL,
        foreign_id @text,
        trashed_at @int,
        created_at @int NOT NULL,
        created_by @text NOT NULL
    ) @packed",
    "CREATE UNIQUE INDEX entries_foreign_id ON entries (collection, foreign_id) WHERE foreign_id IS NOT NULL",
    "CREATE TABLE localizations (
        entry @uuid NOT NULL REFERENCES entries (id),
        locale @text NOT NULL,
        head @int NOT NULL,
        published @int,
        version @int NOT NULL,
        was_public @bool NOT NULL,
        title @text NOT NULL,
        title_folded @text NOT NULL,
        changed_at @int NOT NULL,
        PRIMARY KEY (entry, locale)
    ) @packed",
    "CREATE INDEX localizations_changed ON localizations (changed_at, entry, locale)",
    "CREATE TABLE revisions (
        entry @uuid NOT NULL,
        locale @text NOT NULL,
        number @int NOT NULL,
        data_text @text NOT NULL,
        slug @text NOT NULL,
        parent @uuid,
        rank @text,
        date @text,
        foreign_text @text,
        blueprint @text NOT NULL,
        blueprint_hash @bytes NOT NULL,
        content_hash @bytes NOT NULL,
        saved_at @int NOT NULL,
        author @text NOT NULL,
        note @text,
        based_on @int,
        translates @int,
        PRIMARY KEY (entry, locale, number),
        FOREIGN KEY (entry, locale) REFERENCES localizations (entry, locale)
    ) @table",
    "CREATE INDEX revisions_children ON revisions (parent) WHERE parent IS NOT NULL",
    "CREATE TABLE import_sources (
        source @text NOT NULL PRIMARY KEY,
        entry @uuid NOT NULL REFERENCES entries (id),
        locale @text NOT NULL,
        revision @int NOT NULL,
        source_hash @bytes NOT NULL,
        source_bytes @bytes NOT NULL
    ) @table",
    "CREATE TABLE people (
        id @uuid NOT NULL PRIMARY KEY,
        name @text,
        created_at @int NOT NULL
    ) @packed",
];

#[async_trait::async_trait]
impl MigrationTrait for Content {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        ddl::forbid_changes(manager, "revisions").await?;
        Ok(())
    }
}
