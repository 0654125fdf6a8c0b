//! Where an imported file was and of which site: to notice that it was renamed, moved or deleted there.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct ImportNames;

// Absent in rows of older versions: their names are in what their revisions keep beside the data.
const STATEMENTS: &[&str] =
    &["ALTER TABLE import_sources ADD COLUMN site @text", "ALTER TABLE import_sources ADD COLUMN place @text"];

#[async_trait::async_trait]
impl MigrationTrait for ImportNames {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
