#![doc = include_str!("../README.md")]
#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait of sea-orm-migration elides it, and an impl must be written alike"
)]

mod ddl;
mod guards;
mod m20261101_content;
mod m20261102_publications;
mod m20261103_events;
mod m20261104_assets;
mod m20261105_access;
mod m20261107_history;
mod m20261108_search_log;
mod m20261123_blob_texts;
mod m20261130_blueprints;
mod m20261130_import_names;
mod m20261130_optional_slugs;
mod m20261130_presented_under;
mod m20261130_public_pictures;
mod m20261130_refusals;
mod m20261130_search_clients;
mod m20261130_unreplaceable;
mod m20261201_asset_pins;
mod m20261201_deleted_assets;
mod m20261201_people;

use sea_orm_migration::{prelude::*, seaql_migrations};

pub use self::{guards::faulty_guards, m20261201_asset_pins::fill_asset_pins};

/// How the tables of a database compare with those that this program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaState {
    /// All migrations are there.
    Current,
    /// Some are missing; [`migrate`] adds them.
    Behind,
    /// There are some that this program does not know: a newer one made them.
    Newer,
}

struct Migrations;

impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261101_content::Content),
            Box::new(m20261102_publications::Publications),
            Box::new(m20261103_events::Events),
            Box::new(m20261104_assets::Assets),
            Box::new(m20261105_access::Access),
            Box::new(m20261107_history::History),
            Box::new(m20261108_search_log::SearchLog),
            Box::new(m20261123_blob_texts::BlobTexts),
            Box::new(m20261130_blueprints::Blueprints),
            Box::new(m20261130_presented_under::PresentedUnder),
            Box::new(m20261130_import_names::ImportNames),
            Box::new(m20261130_public_pictures::PublicPictures),
            Box::new(m20261130_search_clients::SearchClients),
            Box::new(m20261130_optional_slugs::OptionalSlugs),
            Box::new(m20261130_refusals::Refusals),
            Box::new(m20261130_unreplaceable::Unreplaceable),
            Box::new(m20261201_asset_pins::AssetPins),
            Box::new(m20261201_people::People),
            Box::new(m20261201_deleted_assets::DeletedAssets),
        ]
    }
}

/// Brings the tables to the newest version. To be called inside a transaction, so that a failure leaves nothing behind.
pub async fn migrate<'c>(connection: impl IntoSchemaManagerConnection<'c>) -> Result<(), DbErr> {
    Migrations::up(connection, None).await
}

/// Compares without changing anything.
pub async fn schema_state(connection: &impl ConnectionTrait) -> Result<SchemaState, DbErr> {
    let (applied, missing) = compare(connection).await?;
    if applied.len() + missing.len() > Migrations::migrations().len() {
        return Ok(SchemaState::Newer);
    }
    Ok(if missing.is_empty() { SchemaState::Current } else { SchemaState::Behind })
}

/// The names of the migrations that the database has, and of those that [`migrate`] would run; oldest first.
pub async fn compare(connection: &impl ConnectionTrait) -> Result<(Vec<String>, Vec<String>), DbErr> {
    let mut applied = applied_migrations(connection).await?;
    applied.sort();
    let known = Migrations::migrations().into_iter().map(|migration| migration.name().to_owned());
    let missing = known.filter(|name| !applied.contains(name)).collect();
    Ok((applied, missing))
}

/// Whether any migration was ever applied.
pub async fn has_tables(connection: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(!applied_migrations(connection).await?.is_empty())
}

async fn applied_migrations(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    if !has_table(connection, "seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let query = Query::select().column(seaql_migrations::Column::Version).from(seaql_migrations::Entity).to_owned();
    let rows = connection.query_all(&query).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

async fn has_table(connection: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let backend = connection.get_database_backend();
    let sql = if backend == sea_orm::DbBackend::Postgres {
        "SELECT 1 AS one FROM pg_tables WHERE schemaname = current_schema() AND tablename = $1"
    } else {
        "SELECT 1 AS one FROM sqlite_master WHERE type = 'table' AND name = $1"
    };
    let statement = sea_orm::Statement::from_sql_and_values(backend, sql, [name.into()]);
    Ok(connection.query_one_raw(statement).await?.is_some())
}
