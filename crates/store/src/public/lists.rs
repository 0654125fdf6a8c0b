//! Lists of published entries as scans over order-preserving keys. What a list is called and where its runs begin and
//! end, the verbs decide.

use diwan_content::{EntryId, Span};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{connection::Queries, error::StoreError, stored};

/// Runs of keys that one statement reads.
const MAX_SPANS_PER_STATEMENT: usize = 16;

/// A key and the entry that it stands for.
pub type ListKey = (Vec<u8>, EntryId);

#[derive(Debug, FromQueryResult)]
struct KeyRow {
    span: i64,
    sort_key: Vec<u8>,
    entry: Uuid,
}

#[derive(Debug, FromQueryResult)]
struct CountRow {
    found: i64,
}

#[derive(Debug, FromQueryResult)]
struct SqlitePlanRow {
    detail: String,
}

#[derive(Debug, FromQueryResult)]
struct PostgresPlanRow {
    #[sea_orm(from_alias = "QUERY PLAN")]
    line: String,
}

impl Queries {
    /// The first keys of each run of a list, in order, at most `limit` of each.
    pub async fn scan_keys(&self, list: &str, spans: &[Span], limit: u32) -> Result<Vec<Vec<ListKey>>, StoreError> {
        let mut found: Vec<Vec<ListKey>> = vec![Vec::new(); spans.len()];
        for (chunk, first) in spans.chunks(MAX_SPANS_PER_STATEMENT).zip((0..).step_by(MAX_SPANS_PER_STATEMENT)) {
            let (sql, values) = scan(list, chunk, limit);
            for KeyRow { span, sort_key, entry } in self.connection.list(&sql, values).await? {
                let span: usize = stored::unsigned(span)?;
                if let Some(keys) = found.get_mut(first + span) {
                    keys.push((sort_key, EntryId(entry)));
                }
            }
        }
        Ok(found)
    }

    /// How many keys of a list stand in these runs; stops counting at `at_most`.
    pub async fn count_keys(&self, list: &str, spans: &[Span], at_most: u32) -> Result<u32, StoreError> {
        let mut found: u32 = 0;
        for chunk in spans.chunks(MAX_SPANS_PER_STATEMENT) {
            let (sql, values) = count(list, chunk, at_most - found);
            let row: Option<CountRow> = self.connection.find(&sql, values).await?;
            let counted: u32 = row.map_or(Ok(0), |row| stored::unsigned(row.found))?;
            found = found.saturating_add(counted).min(at_most);
            if found == at_most {
                break;
            }
        }
        Ok(found)
    }

    /// How many entries have a key in these runs, each counted once; at most 200 runs.
    pub async fn count_entries(&self, list: &str, spans: &[Span]) -> Result<u64, StoreError> {
        let mut values: Vec<Value> = vec![list.into()];
        let parts: Vec<String> = spans
            .iter()
            .map(|span| format!("SELECT entry FROM published_keys WHERE list = $1 AND {}", bounds(span, &mut values)))
            .collect();
        let sql = format!("SELECT COUNT(DISTINCT entry) AS found FROM ({}) AS runs", parts.join(" UNION ALL "));
        let row: Option<CountRow> = self.connection.find(&sql, values).await?;
        row.map_or(Ok(0), |row| stored::unsigned(row.found))
    }

    /// How the database would carry out the statements behind [`Queries::scan_keys`] and [`Queries::count_keys`], line by
    /// line in its own words.
    pub async fn explain_keys(&self, list: &str, spans: &[Span], limit: u32) -> Result<Vec<String>, StoreError> {
        let mut lines = Vec::new();
        let spans = &spans[..spans.len().min(MAX_SPANS_PER_STATEMENT)];
        for (sql, values) in [scan(list, spans, limit), count(list, spans, limit)] {
            if self.connection.is_postgres() {
                let rows: Vec<PostgresPlanRow> = self.connection.list(&format!("EXPLAIN {sql}"), values).await?;
                lines.extend(rows.into_iter().map(|PostgresPlanRow { line }| line));
            } else {
                let rows: Vec<SqlitePlanRow> =
                    self.connection.list(&format!("EXPLAIN QUERY PLAN {sql}"), values).await?;
                lines.extend(rows.into_iter().map(|SqlitePlanRow { detail }| detail));
            }
        }
        Ok(lines)
    }
}

/// One part for each run, of which each ends by itself at the limit. So few runs that the texts are few too.
fn scan(list: &str, spans: &[Span], limit: u32) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![list.into(), stored::bounded(limit).into()];
    let mut parts = Vec::with_capacity(spans.len());
    for (place, span) in spans.iter().enumerate() {
        let bounds = bounds(span, &mut values);
        let keys = format!(
            "SELECT sort_key, entry FROM published_keys WHERE list = $1 AND {bounds} ORDER BY sort_key LIMIT $2"
        );
        parts.push(format!("SELECT CAST({place} AS bigint) AS span, sort_key, entry FROM ({keys}) AS run{place}"));
    }
    (parts.join(" UNION ALL "), values)
}

fn count(list: &str, spans: &[Span], at_most: u32) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = vec![list.into(), i64::from(at_most).into()];
    let mut parts = Vec::with_capacity(spans.len());
    for (place, span) in spans.iter().enumerate() {
        let bounds = bounds(span, &mut values);
        let keys = format!("SELECT 1 AS one FROM published_keys WHERE list = $1 AND {bounds} LIMIT $2");
        parts.push(format!("SELECT one FROM ({keys}) AS run{place}"));
    }
    (format!("SELECT COUNT(*) AS found FROM ({}) AS counted", parts.join(" UNION ALL ")), values)
}

fn bounds(span: &Span, values: &mut Vec<Value>) -> String {
    let Span { from, until, prefix_bytes: _ } = span;
    values.extend([from.clone().into(), until.clone().into()]);
    format!("sort_key >= ${} AND sort_key < ${}", values.len() - 1, values.len())
}
