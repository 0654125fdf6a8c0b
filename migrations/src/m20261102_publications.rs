//! What is public: publications, presented data, paths, keys of lists, references.

use sea_orm_migration::prelude::*;

use crate::ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Publications;

const STATEMENTS: &[&str] = &[
    "CREATE TABLE presented (
        hash @bytes NOT NULL PRIMARY KEY,
        data_text @text NOT NULL
    ) @table",
    "CREATE TABLE publications (
        entry @uuid NOT NULL,
        locale @text NOT NULL,
        from_sequence @int NOT NULL,
        from_at @int NOT NULL,
        to_sequence @int,
        to_at @int,
        kind @text NOT NULL,
        redirect_to @uuid,
        collection @text NOT NULL,
        blueprint @text NOT NULL,
        department @uuid NOT NULL,
        revision @int NOT NULL,
        origin_revision @int NOT NULL,
        slug @text NOT NULL,
        path @text,
        parent @uuid,
        rank @text,
        date @text,
        title @text NOT NULL,
        data_hash @bytes NOT NULL REFERENCES presented (hash),
        first_published_at @int NOT NULL,
        published_at @int NOT NULL,
        PRIMARY KEY (entry, locale, from_sequence),
        FOREIGN KEY (entry, locale, revision) REFERENCES revisions (entry, locale, number)
    ) @packed",
    "CREATE UNIQUE INDEX publications_open ON publications (entry, locale) WHERE to_sequence IS NULL",
    "CREATE INDEX publications_live ON publications (collection, entry, locale) WHERE to_sequence IS NULL AND kind = 'live'",
    "CREATE INDEX publications_children ON publications (parent, locale) WHERE to_sequence IS NULL AND kind = 'live' AND parent IS NOT NULL",
    "CREATE TABLE paths (
        locale @text NOT NULL,
        folded @text NOT NULL,
        path @text NOT NULL,
        kind @text NOT NULL,
        entry @uuid REFERENCES entries (id),
        since_at @int NOT NULL,
        PRIMARY KEY (locale, folded)
    ) @packed",
    "CREATE INDEX paths_entry ON paths (entry, locale)",
    "CREATE TABLE published_keys (
        list @text NOT NULL,
        sort_key @bytes NOT NULL,
        entry @uuid NOT NULL,
        locale @text NOT NULL,
        PRIMARY KEY (list, sort_key)
    ) @packed",
    "CREATE INDEX published_keys_entry ON published_keys (entry, locale)",
    "CREATE TABLE published_references (
        entry @uuid NOT NULL,
        locale @text NOT NULL,
        field @text NOT NULL,
        target_kind @text NOT NULL,
        target @uuid NOT NULL,
        PRIMARY KEY (entry, locale, field, target_kind, target)
    ) @packed",
    "CREATE INDEX published_references_target ON published_references (target, target_kind)",
];

#[async_trait::async_trait]
impl MigrationTrait for Publications {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        ddl::run(manager, STATEMENTS).await
    }
}
