//! The shape of the blueprint that presented data was made by. Older rows have none: their data are looked at closely.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct PresentedUnder;

#[async_trait::async_trait]
impl MigrationTrait for PresentedUnder {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, &["ALTER TABLE publications ADD COLUMN presented_under @bytes"]).await
    }
}
