//! The bytes of a picture that the public gets, beside those that were uploaded.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct PublicPictures;

const STATEMENTS: &[&str] = &["CREATE TABLE public_pictures (
        blob @bytes NOT NULL PRIMARY KEY REFERENCES blobs (hash),
        version @int NOT NULL,
        public_blob @bytes NOT NULL REFERENCES blobs (hash)
    ) @packed"];

#[async_trait::async_trait]
impl MigrationTrait for PublicPictures {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
