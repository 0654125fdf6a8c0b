//! What was searched for: counts by day, locale and folded query, never who asked.

use std::collections::BTreeMap;

use diwan_content::EntryId;
use sea_orm::{FromQueryResult, Value};

use crate::{connection::Connection, error::StoreError, open::Store, snapshot::Queries, stored};

/// Different queries, and different clicks, that are kept of one day; what comes later adds to those alone.
const ROWS_OF_A_DAY_MAX: i64 = 20_000;

/// A query that fewer clients asked, and on fewer days, is in no report: it may name somebody.
const REPORTED_FROM: u32 = 3;

/// How often one query was asked on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCount {
    /// The day as year * 10000 + month * 100 + day.
    pub day: u32,
    /// Locale that was searched; empty for all.
    pub locale: String,
    /// The query, folded.
    pub query: String,
    /// How often it was asked.
    pub searches: u64,
    /// How often nothing was found.
    pub empty_searches: u64,
    /// Clients that asked it on that day and were not counted for it before; counted up to a few.
    pub clients: u64,
}

/// How often a hit of one query was followed on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickCount {
    /// The day.
    pub day: u32,
    /// Locale that was searched; empty for all.
    pub locale: String,
    /// The query, folded.
    pub query: String,
    /// The entry that was gone to.
    pub entry: EntryId,
    /// How often.
    pub clicks: u64,
    /// Sum of the places that it had among the hits.
    pub positions: u64,
}

/// Which queries a report tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchReport {
    /// Those that found nothing, the most frequent first.
    Empty,
    /// Those that were asked most.
    Frequent,
}

#[derive(Debug, FromQueryResult)]
struct ReportRow {
    locale: String,
    query: String,
    searches: i64,
    empty_searches: i64,
    clicks: i64,
}

/// A query over the days of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedQuery {
    /// Locale that was searched; empty for all.
    pub locale: String,
    /// The query, folded.
    pub query: String,
    /// How often it was asked.
    pub searches: u64,
    /// How often nothing was found.
    pub empty_searches: u64,
    /// How often a hit was followed.
    pub clicks: u64,
}

#[derive(Debug, FromQueryResult)]
struct RowCount {
    total: i64,
}

impl Queries {
    /// The queries of some days, both included: those that were asked on three of them, or by three clients on one.
    pub async fn report_searches(
        &self,
        report: SearchReport,
        (from_day, to_day): (u32, u32),
        locale: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ReportedQuery>, StoreError> {
        let mut values: Vec<Value> =
            vec![i64::from(from_day).into(), i64::from(to_day).into(), stored::bounded(limit).into()];
        let of_locale = if let Some(locale) = locale {
            values.push(locale.into());
            "AND q.locale = $4"
        } else {
            ""
        };
        let (having, order) = match report {
            SearchReport::Empty => ("AND SUM(q.empty_searches) > 0", "empty_searches"),
            SearchReport::Frequent => ("", "searches"),
        };
        let sql = format!(
            "SELECT q.locale, q.query, CAST(SUM(q.searches) AS BIGINT) AS searches, \
             CAST(SUM(q.empty_searches) AS BIGINT) AS empty_searches, \
             CAST(COALESCE((SELECT SUM(c.clicks) FROM search_clicks c WHERE c.locale = q.locale \
             AND c.query = q.query AND c.day >= $1 AND c.day <= $2), 0) AS BIGINT) AS clicks \
             FROM search_queries q WHERE q.day >= $1 AND q.day <= $2 {of_locale} \
             GROUP BY q.locale, q.query \
             HAVING (COUNT(*) >= {REPORTED_FROM} OR MAX(q.clients) >= {REPORTED_FROM}) {having} ORDER BY {order} DESC, q.locale, q.query LIMIT $3"
        );
        let rows: Vec<ReportRow> = self.connection.list(&sql, values).await?;
        rows.into_iter().map(ReportedQuery::try_from).collect()
    }
}

impl Store {
    /// Adds what was gathered, in one transaction, and forgets the days before `keep_from_day`.
    pub async fn record_searches(
        &self,
        queries: &[QueryCount],
        clicks: &[ClickCount],
        keep_from_day: u32,
    ) -> Result<(), StoreError> {
        let connection = self.begin_write_connection().await?;
        for table in ["search_queries", "search_clicks"] {
            let sql = format!("DELETE FROM {table} WHERE day < $1");
            connection.run(&sql, [i64::from(keep_from_day).into()]).await?;
        }
        let (mut queries_of, mut clicks_of) = (RowsOfDays::new("search_queries"), RowsOfDays::new("search_clicks"));
        for count in queries {
            let QueryCount { day, locale, query, searches, empty_searches, clients } = count;
            let key: Vec<Value> = vec![i64::from(*day).into(), locale.as_str().into(), query.as_str().into()];
            let added: Vec<Value> = vec![counted(*searches), counted(*empty_searches), counted(*clients)];
            let sql = "UPDATE search_queries SET searches = searches + $4, empty_searches = empty_searches + $5, \
                       clients = clients + $6 WHERE day = $1 AND locale = $2 AND query = $3";
            let values: Vec<Value> = key.into_iter().chain(added).collect();
            if connection.run(sql, values.clone()).await? == 0 && queries_of.has_room(&connection, *day).await? {
                let sql = "INSERT INTO search_queries (day, locale, query, searches, empty_searches, clients) \
                           VALUES ($1, $2, $3, $4, $5, $6)";
                connection.run(sql, values).await?;
            }
        }
        for count in clicks {
            let ClickCount { day, locale, query, entry, clicks, positions } = count;
            let values: Vec<Value> = vec![
                i64::from(*day).into(),
                locale.as_str().into(),
                query.as_str().into(),
                entry.0.into(),
                counted(*clicks),
                counted(*positions),
            ];
            let sql = "UPDATE search_clicks SET clicks = clicks + $5, positions = positions + $6 \
                       WHERE day = $1 AND locale = $2 AND query = $3 AND entry = $4";
            if connection.run(sql, values.clone()).await? == 0 && clicks_of.has_room(&connection, *day).await? {
                let sql = "INSERT INTO search_clicks (day, locale, query, entry, clicks, positions) \
                           VALUES ($1, $2, $3, $4, $5, $6)";
                connection.run(sql, values).await?;
            }
        }
        connection.commit().await
    }
}

/// Rows of one table by day, counted once in a transaction: to count them for each row would keep publishes waiting.
struct RowsOfDays {
    table: &'static str,
    rows: BTreeMap<u32, i64>,
}

impl RowsOfDays {
    fn new(table: &'static str) -> Self {
        Self { table, rows: BTreeMap::new() }
    }

    /// Whether one more row of the day may be written; it is taken for written.
    async fn has_room(&mut self, connection: &Connection, day: u32) -> Result<bool, StoreError> {
        if !self.rows.contains_key(&day) {
            let sql = format!("SELECT COUNT(*) AS total FROM {} WHERE day = $1", self.table);
            let row: Option<RowCount> = connection.find(&sql, [i64::from(day).into()]).await?;
            self.rows.insert(day, row.map_or(0, |row| row.total));
        }
        let rows = self.rows.entry(day).or_default();
        let room = *rows < ROWS_OF_A_DAY_MAX;
        *rows += i64::from(room);
        Ok(room)
    }
}

impl TryFrom<ReportRow> for ReportedQuery {
    type Error = StoreError;

    fn try_from(row: ReportRow) -> Result<Self, StoreError> {
        let ReportRow { locale, query, searches, empty_searches, clicks } = row;
        Ok(Self {
            locale,
            query,
            searches: stored::unsigned(searches)?,
            empty_searches: stored::unsigned(empty_searches)?,
            clicks: stored::unsigned(clicks)?,
        })
    }
}

fn counted(count: u64) -> Value {
    i64::try_from(count).unwrap_or(i64::MAX).into()
}
