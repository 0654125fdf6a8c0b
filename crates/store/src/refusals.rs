//! Refusals: what was not allowed, in transactions of their own.

use std::collections::BTreeMap;

use diwan_content::{EntryId, Timestamp, rights::ActorRef};
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::{conditions::Conditions, error::StoreError, open::Store, snapshot::Queries, stored};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// One refusal; those of anonymous actors are only counted per minute, action and code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A new UUID.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub actor: ActorRef,
    /// For what, by name.
    pub action: String,
    /// About which entry, where it is known.
    pub entry: Option<EntryId>,
    /// The code of the error that was answered.
    pub code: String,
    /// The request's id.
    pub request_id: String,
}

/// How many refusals of an actor in an hour were only counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// In the hour of this time.
    pub at: Timestamp,
    /// Who asked.
    pub actor: ActorRef,
    /// How many.
    pub refusals: u64,
}

#[derive(Debug, FromQueryResult)]
struct LeftOutRow {
    hour_at: i64,
    actor: String,
    refusals: i64,
}

#[derive(Debug, FromQueryResult)]
struct RefusalRow {
    id: Uuid,
    refused_at: i64,
    actor: String,
    action: String,
    entry: Option<Uuid>,
    code: String,
    request_id: String,
}

#[derive(Debug, FromQueryResult)]
struct SumRow {
    total: i64,
}

const COLUMNS: &str = "id, refused_at, actor, action, entry, code, request_id";

impl Queries {
    /// Refusals of known actors, the newest first, before the place that is given.
    pub async fn list_refusals(
        &self,
        before: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Refusal>, StoreError> {
        let mut conditions = Conditions::default();
        if let Some((at, id)) = before {
            conditions.below("(refused_at, id)", [at.unix_ms().into(), id.into()]);
        }
        let (filter, limit_at) = (conditions.sql(), conditions.values.len() + 1);
        conditions.values.push(stored::bounded(limit).into());
        let sql =
            format!("SELECT {COLUMNS} FROM refusals {filter} ORDER BY refused_at DESC, id DESC LIMIT ${limit_at}");
        let rows: Vec<RefusalRow> = self.connection.list(&sql, conditions.values).await?;
        rows.into_iter().map(Refusal::try_from).collect()
    }

    /// How often anonymous actors were refused in the minutes that begin between two times, the second excluded.
    pub async fn count_anonymous_refusals(&self, from: Timestamp, to: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(refusals), 0) AS BIGINT) AS total FROM refusal_counts \
                   WHERE minute_at >= $1 AND minute_at < $2";
        let row: Option<SumRow> = self.connection.find(sql, [from.unix_ms().into(), to.unix_ms().into()]).await?;
        row.map_or(Ok(0), |row| stored::unsigned(row.total))
    }

    /// How many refusals were only counted, by hour and actor, the newest hour first.
    pub async fn refusals_left_out(&self, limit: u32) -> Result<Vec<LeftOut>, StoreError> {
        let sql = "SELECT hour_at, actor, refusals FROM refusals_left_out ORDER BY hour_at DESC, actor LIMIT $1";
        let rows: Vec<LeftOutRow> = self.connection.list(sql, [stored::bounded(limit).into()]).await?;
        rows.into_iter()
            .map(|LeftOutRow { hour_at, actor, refusals }| {
                let (at, actor) = (stored::time(hour_at)?, stored::actor(&actor)?);
                Ok(LeftOut { at, actor, refusals: stored::unsigned(refusals)? })
            })
            .collect()
    }
}

impl Store {
    /// Adds to the counts of refusals that are not recorded one by one.
    pub async fn count_left_out(&self, left_out: &[LeftOut]) -> Result<(), StoreError> {
        // In the order of their key, so that two transactions never wait for each other.
        let mut counts: BTreeMap<(i64, String), i64> = BTreeMap::new();
        for LeftOut { at, actor, refusals } in left_out {
            let hour_at = at.unix_ms().div_euclid(HOUR_MS) * HOUR_MS;
            *counts.entry((hour_at, actor.to_string())).or_default() += i64::try_from(*refusals).unwrap_or(i64::MAX);
        }
        let rows = counts.into_iter().map(|((hour_at, actor), count)| vec![hour_at.into(), actor.into(), count.into()]);
        let connection = self.begin_write_connection().await?;
        let head = "INSERT INTO refusals_left_out (hour_at, actor, refusals)";
        let tail = "ON CONFLICT (hour_at, actor) \
                    DO UPDATE SET refusals = refusals_left_out.refusals + excluded.refusals";
        connection.insert_rows(head, rows.collect(), tail).await?;
        connection.commit().await
    }

    /// Records one refusal.
    pub async fn record_refusal(&self, refusal: Refusal) -> Result<(), StoreError> {
        self.record_refusals(&[refusal]).await
    }

    /// Records refusals that were gathered, in one transaction.
    pub async fn record_refusals(&self, refusals: &[Refusal]) -> Result<(), StoreError> {
        let mut known: Vec<Vec<Value>> = Vec::new();
        // In the order of their key, so that two transactions never wait for each other.
        let mut counts: BTreeMap<(i64, &str, &str), i64> = BTreeMap::new();
        for refusal in refusals {
            let Refusal { id, at, actor, action, entry, code, request_id } = refusal;
            if *actor == ActorRef::Anonymous {
                let minute_at = at.unix_ms().div_euclid(MINUTE_MS) * MINUTE_MS;
                *counts.entry((minute_at, action, code)).or_default() += 1;
                continue;
            }
            known.push(vec![
                (*id).into(),
                at.unix_ms().into(),
                actor.to_string().into(),
                action.as_str().into(),
                entry.map(|entry| entry.0).into(),
                code.as_str().into(),
                request_id.as_str().into(),
            ]);
        }
        let counts = counts
            .into_iter()
            .map(|((minute_at, action, code), count)| vec![minute_at.into(), action.into(), code.into(), count.into()]);
        let connection = self.begin_write_connection().await?;
        connection.insert_rows(&format!("INSERT INTO refusals ({COLUMNS})"), known, "").await?;
        let head = "INSERT INTO refusal_counts (minute_at, action, code, refusals)";
        let tail = "ON CONFLICT (minute_at, action, code) \
                    DO UPDATE SET refusals = refusal_counts.refusals + excluded.refusals";
        connection.insert_rows(head, counts.collect(), tail).await?;
        connection.commit().await
    }
}

impl TryFrom<RefusalRow> for Refusal {
    type Error = StoreError;

    fn try_from(row: RefusalRow) -> Result<Self, StoreError> {
        let RefusalRow { id, refused_at, actor, action, entry, code, request_id } = row;
        let (at, actor) = (stored::time(refused_at)?, stored::actor(&actor)?);
        Ok(Self { id, at, actor, action, entry: entry.map(EntryId), code, request_id })
    }
}
