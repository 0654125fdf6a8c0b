//! What history is found by: the folded path of each publication, which older rows get when the program first opens them,
//! and the publications of a collection in time.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct History;

const STATEMENTS: &[&str] = &[
    "ALTER TABLE publications ADD COLUMN folded_path @text",
    "CREATE INDEX publications_folded_path ON publications (locale, folded_path, from_at) WHERE folded_path IS NOT NULL",
    "CREATE INDEX publications_in_time ON publications (collection, locale, from_at, to_at) WHERE kind = 'live'",
    "CREATE INDEX publications_unfolded ON publications (entry) WHERE folded_path IS NULL AND path IS NOT NULL",
];

#[async_trait::async_trait]
impl MigrationTrait for History {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
