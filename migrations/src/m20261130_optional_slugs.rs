//! Drafts without a slug: a revision may have none until it is published.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct OptionalSlugs;

#[async_trait::async_trait]
impl MigrationTrait for OptionalSlugs {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::allow_null(manager, "revisions", "slug", "@text").await
    }
}
