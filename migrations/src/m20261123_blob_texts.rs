//! The text that stands in documents, by the hash of their bytes; and the assets with given bytes.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct BlobTexts;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE blob_texts (
        hash @bytes NOT NULL PRIMARY KEY REFERENCES blobs (hash),
        version @int NOT NULL,
        content @text,
        failure @text,
        attempts @int NOT NULL,
        read_at @int NOT NULL
    ) @table",
    "CREATE INDEX assets_blob ON assets (blob)",
];

#[async_trait::async_trait]
impl MigrationTrait for BlobTexts {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
