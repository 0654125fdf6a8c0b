//! Assets with their revisions, and what is known of blobs.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Assets;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE blobs (
        hash @bytes NOT NULL PRIMARY KEY,
        size_bytes @int NOT NULL,
        media_type @text NOT NULL,
        width @int,
        height @int
    ) @packed",
    "CREATE TABLE assets (
        id @uuid NOT NULL PRIMARY KEY,
        department @uuid NOT NULL,
        name @text NOT NULL,
        name_folded @text NOT NULL,
        blob @bytes NOT NULL REFERENCES blobs (hash),
        alternative_text @text NOT NULL,
        version @int NOT NULL,
        created_at @int NOT NULL,
        created_by @text NOT NULL,
        changed_at @int NOT NULL
    ) @packed",
    "CREATE INDEX assets_changed ON assets (changed_at, id)",
    "CREATE TABLE asset_revisions (
        asset @uuid NOT NULL REFERENCES assets (id),
        number @int NOT NULL,
        name @text NOT NULL,
        alternative_text @text NOT NULL,
        saved_at @int NOT NULL,
        author @text NOT NULL,
        PRIMARY KEY (asset, number)
    ) @packed",
];

#[async_trait::async_trait]
impl MigrationTrait for Assets {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await?;
        ddl::forbid_changes(manager, "asset_revisions").await?;
        Ok(())
    }
}
