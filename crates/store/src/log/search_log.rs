//! What was searched for: counts by day, locale and folded query, never who asked.

use std::collections::{BTreeMap, btree_map::Entry};

use diwan_content::EntryId;
use sea_orm::{
    ColumnTrait as _, EntityTrait, FromQueryResult, QueryFilter as _, QuerySelect as _, Set, Value,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    connection::{Connection, Queries, open::Store},
    error::StoreError,
    stored,
    tables::{search_clicks, search_queries},
};

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
        let kept_from = i64::from(keep_from_day);
        search_queries::Entity::delete_many()
            .filter(search_queries::Column::Day.lt(kept_from))
            .exec(&connection)
            .await?;
        search_clicks::Entity::delete_many().filter(search_clicks::Column::Day.lt(kept_from)).exec(&connection).await?;
        record_queries(&connection, queries).await?;
        record_clicks(&connection, clicks).await?;
        connection.commit().await
    }
}

async fn record_queries(connection: &Connection, counts: &[QueryCount]) -> Result<(), StoreError> {
    use search_queries::{ActiveModel, Column, Entity};
    let mut rows_of = RowsOfDays::default();
    for QueryCount { day, locale, query, searches, empty_searches, clients } in counts {
        let (searches, empty_searches, clients) = (counted(*searches), counted(*empty_searches), counted(*clients));
        let added = Entity::update_many()
            .col_expr(Column::Searches, Expr::col(Column::Searches).add(searches))
            .col_expr(Column::EmptySearches, Expr::col(Column::EmptySearches).add(empty_searches))
            .col_expr(Column::Clients, Expr::col(Column::Clients).add(clients))
            .filter(Column::Day.eq(i64::from(*day)))
            .filter(Column::Locale.eq(locale.as_str()))
            .filter(Column::Query.eq(query.as_str()))
            .exec(connection)
            .await?;
        if added.rows_affected == 0 && rows_of.has_room(connection, Entity, Column::Day, *day).await? {
            let row = ActiveModel {
                day: Set((*day).into()),
                locale: Set(locale.clone()),
                query: Set(query.clone()),
                searches: Set(searches),
                empty_searches: Set(empty_searches),
                clients: Set(clients),
            };
            Entity::insert(row).exec_without_returning(connection).await?;
        }
    }
    Ok(())
}

async fn record_clicks(connection: &Connection, counts: &[ClickCount]) -> Result<(), StoreError> {
    use search_clicks::{ActiveModel, Column, Entity};
    let mut rows_of = RowsOfDays::default();
    for ClickCount { day, locale, query, entry, clicks, positions } in counts {
        let (clicks, positions) = (counted(*clicks), counted(*positions));
        let added = Entity::update_many()
            .col_expr(Column::Clicks, Expr::col(Column::Clicks).add(clicks))
            .col_expr(Column::Positions, Expr::col(Column::Positions).add(positions))
            .filter(Column::Day.eq(i64::from(*day)))
            .filter(Column::Locale.eq(locale.as_str()))
            .filter(Column::Query.eq(query.as_str()))
            .filter(Column::Entry.eq(entry.0))
            .exec(connection)
            .await?;
        if added.rows_affected == 0 && rows_of.has_room(connection, Entity, Column::Day, *day).await? {
            let row = ActiveModel {
                day: Set((*day).into()),
                locale: Set(locale.clone()),
                query: Set(query.clone()),
                entry: Set(entry.0),
                clicks: Set(clicks),
                positions: Set(positions),
            };
            Entity::insert(row).exec_without_returning(connection).await?;
        }
    }
    Ok(())
}

/// Rows of one table by day, counted once in a transaction: to count them for each row would keep publishes waiting.
#[derive(Debug, Default)]
struct RowsOfDays {
    rows: BTreeMap<u32, i64>,
}

impl RowsOfDays {
    /// Whether one more row of the day may be written; it is taken for written.
    async fn has_room<E: EntityTrait>(
        &mut self,
        connection: &Connection,
        _: E,
        day_column: E::Column,
        day: u32,
    ) -> Result<bool, StoreError> {
        let rows = match self.rows.entry(day) {
            Entry::Occupied(counted) => counted.into_mut(),
            Entry::Vacant(uncounted) => {
                let total: Option<i64> = E::find()
                    .select_only()
                    .column_as(day_column.count(), "total")
                    .filter(day_column.eq(i64::from(day)))
                    .into_tuple()
                    .one(connection)
                    .await?;
                uncounted.insert(total.unwrap_or_default())
            }
        };
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

fn counted(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
