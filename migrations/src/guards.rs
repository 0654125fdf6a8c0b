//! The triggers by which tables refuse changes, compared with those that the migrations made.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, QueryResult, Statement},
};

use crate::ddl;

/// Tables whose rows never change.
const NEVER_CHANGE: &[&str] = &["events", "revisions", "asset_revisions", "refusals", "blueprints"];
/// Of those, the ones into which a row of a known key is never inserted again, with the key.
const INSERTED_ONCE: &[(&str, &[&str])] = &[
    ("events", &["sequence"]),
    ("revisions", &["entry", "locale", "number"]),
    ("asset_revisions", &["asset", "number"]),
    ("refusals", &["id"]),
];
/// Tables whose counts only grow, with their keys and counters.
const ONLY_COUNT_UP: &[(&str, &[&str], &str)] = &[
    ("refusal_counts", &["minute_at", "action", "code"], "refusals"),
    ("refusals_left_out", &["hour_at", "actor"], "refusals"),
];

/// A trigger as a database holds it.
struct StoredTrigger {
    name: String,
    definition: String,
    /// Text of the function that it calls (PostgreSQL).
    body: Option<String>,
}

/// Names the triggers by which the tables refuse changes that the database lacks, that are switched off, or that do
/// something else than the migrations declared.
///
/// # Errors
/// When the database fails.
pub async fn faulty_guards(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let is_postgres = connection.get_database_backend() == DbBackend::Postgres;
    let stored = stored_triggers(connection).await?;
    let declared = declared_statements(is_postgres);
    let triggers = declared.iter().filter_map(|statement| Some((name_in(statement, "CREATE TRIGGER ")?, statement)));
    let is_sound = |name: &str, statement: &str| {
        stored.iter().filter(|trigger| trigger.name == name).any(|trigger| {
            normalized(&trigger.definition) == normalized(statement)
                && trigger.body.as_deref() == declared_body(&declared, statement)
        })
    };
    Ok(triggers.filter(|(name, statement)| !is_sound(name, statement)).map(|(name, _)| name.to_owned()).collect())
}

async fn stored_triggers(connection: &impl ConnectionTrait) -> Result<Vec<StoredTrigger>, DbErr> {
    let backend = connection.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        "SELECT CAST(t.tgname AS text) AS name, pg_get_triggerdef(t.oid, true) AS definition, p.prosrc AS body \
         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_language l ON l.oid = p.prolang \
         WHERE n.nspname = current_schema() AND t.tgenabled IN ('O', 'A') AND l.lanname = 'plpgsql'"
    } else {
        "SELECT name, sql AS definition, NULL AS body FROM sqlite_master WHERE type = 'trigger'"
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await?;
    let trigger = |row: &QueryResult| {
        Ok(StoredTrigger {
            name: row.try_get("", "name")?,
            definition: row.try_get("", "definition")?,
            body: row.try_get("", "body")?,
        })
    };
    rows.iter().map(trigger).collect()
}

/// What the migrations ran to make the guards.
fn declared_statements(is_postgres: bool) -> Vec<String> {
    let mut statements: Vec<String> =
        NEVER_CHANGE.iter().flat_map(|table| ddl::no_changes(table, is_postgres)).collect();
    if !is_postgres {
        statements.extend(INSERTED_ONCE.iter().map(|(table, key)| ddl::no_replacing(table, key)));
    }
    let counting = ONLY_COUNT_UP.iter();
    statements
        .extend(counting.flat_map(|(table, key, counter)| ddl::no_lower_counts(table, key, counter, is_postgres)));
    statements
}

/// The name of what a statement makes.
fn name_in<'a>(statement: &'a str, makes: &str) -> Option<&'a str> {
    statement.strip_prefix(makes)?.split([' ', '(']).next()
}

/// The text of the function that a trigger calls; `None` on SQLite, whose triggers call none.
fn declared_body<'a>(declared: &'a [String], trigger: &str) -> Option<&'a str> {
    let (_, called) = trigger.split_once("EXECUTE FUNCTION ")?;
    let called = called.strip_suffix("()")?;
    let function = declared.iter().find(|statement| name_in(statement, "CREATE FUNCTION ") == Some(called))?;
    function.split("$$").nth(1)
}

/// PostgreSQL keeps no text of a trigger: it writes one with events in its own order, and may write more parentheses.
fn normalized(definition: &str) -> String {
    let text = definition.replace("UPDATE OR DELETE", "DELETE OR UPDATE").replace(['(', ')'], " ").to_lowercase();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
