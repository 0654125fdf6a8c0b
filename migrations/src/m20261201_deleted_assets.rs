//! By what words editors find assets, and when assets were deleted.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct DeletedAssets;

const STATEMENTS: &[&str] =
    &["ALTER TABLE assets ADD COLUMN text_folded @text", "ALTER TABLE assets ADD COLUMN deleted_at @int"];

#[async_trait::async_trait]
impl MigrationTrait for DeletedAssets {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
