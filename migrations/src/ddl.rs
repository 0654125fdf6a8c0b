//! One text of each statement for both databases.
//!
//! Words: `@uuid`, `@bytes`, `@int` (64 bits; times are milliseconds since 1970), `@bool`, `@text` (ordered by bytes),
//! `@table` and `@packed` behind the column list (`@packed`: rows live in the primary key's tree, for small rows).

use sea_orm_migration::prelude::*;

/// Runs statements in order.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(&translate(statement, is_postgres(manager))).await?;
    }
    Ok(())
}

/// Whether the tables are made on PostgreSQL.
pub(crate) fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == sea_orm::DbBackend::Postgres
}

/// Makes a table refuse changes and deletions of its rows.
pub(crate) async fn forbid_changes(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    run_as_written(manager, no_changes(table, is_postgres(manager))).await
}

/// Runs a statement that changes rows which otherwise never change: a migration says in older rows what was true of them.
pub(crate) async fn with_changes_allowed(
    connection: &impl ConnectionTrait,
    table: &str,
    statement: &str,
) -> Result<(), DbErr> {
    let postgres = connection.get_database_backend() == sea_orm::DbBackend::Postgres;
    let triggers: Vec<String> =
        no_changes(table, postgres).into_iter().filter(|made| made.starts_with("CREATE TRIGGER ")).collect();
    let names = triggers.iter().filter_map(|made| made.split(' ').nth(2));
    let on_table = if postgres { format!(" ON {table}") } else { String::new() };
    for name in names {
        connection.execute_unprepared(&format!("DROP TRIGGER {name}{on_table}")).await?;
    }
    connection.execute_unprepared(statement).await?;
    for trigger in &triggers {
        connection.execute_unprepared(trigger).await?;
    }
    Ok(())
}

/// Makes a table of rows that never change refuse a row whose key is there already, also by `INSERT OR REPLACE` (SQLite).
pub(crate) async fn forbid_replacing(manager: &SchemaManager<'_>, table: &str, key: &[&str]) -> Result<(), DbErr> {
    if is_postgres(manager) {
        return Ok(());
    }
    run_as_written(manager, vec![no_replacing(table, key)]).await
}

/// Makes a table of counters refuse lower counts, other keys and deletions.
pub(crate) async fn only_count_up(
    manager: &SchemaManager<'_>,
    table: &str,
    key: &[&str],
    counter: &str,
) -> Result<(), DbErr> {
    run_as_written(manager, no_lower_counts(table, key, counter, is_postgres(manager))).await
}

/// The statements of [`forbid_changes`].
pub(crate) fn no_changes(table: &str, postgres: bool) -> Vec<String> {
    if postgres {
        return vec![
            format!(
                "CREATE FUNCTION {table}_never_change() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'rows of {table} never change'; END $$"
            ),
            format!(
                "CREATE TRIGGER {table}_never_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {table}_never_change()"
            ),
        ];
    }
    let trigger = |change: &str| {
        format!(
            "CREATE TRIGGER {table}_never_{} BEFORE {change} ON {table} \
             BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END",
            change.to_lowercase()
        )
    };
    vec![trigger("UPDATE"), trigger("DELETE")]
}

/// The statement of [`forbid_replacing`] on SQLite.
pub(crate) fn no_replacing(table: &str, key: &[&str]) -> String {
    let same_key: Vec<String> = key.iter().map(|column| format!("{column} = NEW.{column}")).collect();
    format!(
        "CREATE TRIGGER {table}_never_replace BEFORE INSERT ON {table} \
         WHEN EXISTS (SELECT 1 FROM {table} WHERE {}) \
         BEGIN SELECT RAISE(ABORT, 'rows of {table} never change'); END",
        same_key.join(" AND ")
    )
}

/// The statements of [`only_count_up`].
pub(crate) fn no_lower_counts(table: &str, key: &[&str], counter: &str, postgres: bool) -> Vec<String> {
    let mut wrong = vec![format!("NEW.{counter} < OLD.{counter}")];
    wrong.extend(key.iter().map(|column| format!("NEW.{column} <> OLD.{column}")));
    let wrong = wrong.join(" OR ");
    if postgres {
        return vec![
            format!(
                "CREATE FUNCTION {table}_only_count_up() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RAISE EXCEPTION 'counts of {table} only grow'; END $$"
            ),
            format!(
                "CREATE TRIGGER {table}_only_count_up BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({wrong}) \
                 EXECUTE FUNCTION {table}_only_count_up()"
            ),
            format!(
                "CREATE TRIGGER {table}_never_delete BEFORE DELETE OR TRUNCATE ON {table} \
                 FOR EACH STATEMENT EXECUTE FUNCTION {table}_only_count_up()"
            ),
        ];
    }
    vec![
        format!(
            "CREATE TRIGGER {table}_only_count_up BEFORE UPDATE ON {table} WHEN {wrong} \
             BEGIN SELECT RAISE(ABORT, 'counts of {table} only grow'); END"
        ),
        format!(
            "CREATE TRIGGER {table}_never_delete BEFORE DELETE ON {table} \
             BEGIN SELECT RAISE(ABORT, 'counts of {table} only grow'); END"
        ),
    ]
}

async fn run_as_written(manager: &SchemaManager<'_>, statements: Vec<String>) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}

/// Lets a column be null that was declared `NOT NULL`; `column_type` is its type in the words of this module.
///
/// SQLite cannot change a column, and a table that others refer to cannot be made again inside a transaction. Its
/// declaration is corrected instead, by the procedure for constraints that do not change what is stored
/// (<https://www.sqlite.org/lang_altertable.html>): rows, keys, indexes and triggers stay as they are.
pub(crate) async fn allow_null(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    column_type: &str,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    if is_postgres(manager) {
        let statement = format!("ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL");
        connection.execute_unprepared(&statement).await?;
        return Ok(());
    }
    let declared = format!("{column} {}", translate(column_type, false));
    let correct = format!(
        "UPDATE sqlite_master SET sql = replace(sql, '{declared} NOT NULL', '{declared}') \
         WHERE type = 'table' AND name = '{table}' AND instr(sql, '{declared} NOT NULL') > 0"
    );
    connection.execute_unprepared("PRAGMA writable_schema = ON").await?;
    let corrected = connection.execute_unprepared(&correct).await?.rows_affected();
    // Tells every connection that declarations have changed.
    connection.execute_unprepared("CREATE TABLE declarations_changed (id INTEGER)").await?;
    connection.execute_unprepared("DROP TABLE declarations_changed").await?;
    connection.execute_unprepared("PRAGMA writable_schema = RESET").await?;
    if corrected == 1 { Ok(()) } else { Err(DbErr::Custom(format!("the table {table} is not as it was made"))) }
}

fn translate(statement: &str, postgres: bool) -> String {
    let words = if postgres {
        [
            ("@uuid", "uuid"),
            ("@bytes", "bytea"),
            ("@int", "bigint"),
            ("@bool", "boolean"),
            ("@text", "text COLLATE \"C\""),
            ("@table", ""),
            ("@packed", ""),
        ]
    } else {
        [
            ("@uuid", "BLOB"),
            ("@bytes", "BLOB"),
            ("@int", "INTEGER"),
            ("@bool", "INTEGER"),
            ("@text", "TEXT"),
            ("@table", "STRICT"),
            ("@packed", "STRICT, WITHOUT ROWID"),
        ]
    };
    let mut text = statement.to_owned();
    for (word, meaning) in words {
        text = text.replace(word, meaning);
    }
    text
}
