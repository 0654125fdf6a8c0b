//! Refusals: what was not allowed, in transactions of their own.

use std::collections::BTreeMap;

use diwan_content::{EntryId, Timestamp, rights::ActorRef};
use sea_orm::{
    ColumnTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Set,
    sea_query::{Expr, ExprTrait as _, IntoIden, OnConflict},
};
use uuid::Uuid;

use crate::{
    conditions::before as earlier,
    connection::{Queries, open::Store},
    error::StoreError,
    stored,
    tables::{refusal_counts, refusals, refusals_left_out},
};

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

impl Queries {
    /// Refusals of known actors, the newest first, before the place that is given.
    pub async fn list_refusals(
        &self,
        before: Option<(Timestamp, Uuid)>,
        limit: u32,
    ) -> Result<Vec<Refusal>, StoreError> {
        use refusals::{Column, Entity};
        let place = before.map(|(at, id)| earlier([Column::RefusedAt, Column::Id], [at.unix_ms().into(), id.into()]));
        let rows = Entity::find()
            .apply_if(place, |list, place| list.filter(place))
            .order_by_desc(Column::RefusedAt)
            .order_by_desc(Column::Id)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(Refusal::try_from).collect()
    }

    /// How often anonymous actors were refused in the minutes that begin between two times, the second excluded.
    pub async fn count_anonymous_refusals(&self, from: Timestamp, to: Timestamp) -> Result<u64, StoreError> {
        use refusal_counts::{Column, Entity};
        let total: Option<Option<i64>> = Entity::find()
            .select_only()
            // PostgreSQL widens a sum.
            .column_as(Column::Refusals.sum().cast_as("bigint"), "total")
            .filter(Column::MinuteAt.gte(from.unix_ms()))
            .filter(Column::MinuteAt.lt(to.unix_ms()))
            .into_tuple()
            .one(&self.connection)
            .await?;
        stored::unsigned(total.flatten().unwrap_or_default())
    }

    /// How many refusals were only counted, by hour and actor, the newest hour first.
    pub async fn refusals_left_out(&self, limit: u32) -> Result<Vec<LeftOut>, StoreError> {
        use refusals_left_out::{Column, Entity};
        let rows = Entity::find()
            .order_by_desc(Column::HourAt)
            .order_by_asc(Column::Actor)
            .limit(stored::bounded(limit))
            .all(&self.connection)
            .await?;
        rows.into_iter().map(LeftOut::try_from).collect()
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
        use refusals_left_out::{ActiveModel, Column, Entity};
        let row =
            |((hour_at, actor), count)| ActiveModel { hour_at: Set(hour_at), actor: Set(actor), refusals: Set(count) };
        let add = adding([Column::HourAt, Column::Actor], Entity, Column::Refusals);
        let connection = self.begin_write_connection().await?;
        connection.insert_all(counts.into_iter().map(row).collect(), Some(add)).await?;
        connection.commit().await
    }

    /// Records one refusal.
    pub async fn record_refusal(&self, refusal: Refusal) -> Result<(), StoreError> {
        self.record_refusals(&[refusal]).await
    }

    /// Records refusals that were gathered, in one transaction.
    pub async fn record_refusals(&self, refusals: &[Refusal]) -> Result<(), StoreError> {
        let mut known: Vec<refusals::ActiveModel> = Vec::new();
        // In the order of their key, so that two transactions never wait for each other.
        let mut counts: BTreeMap<(i64, &str, &str), i64> = BTreeMap::new();
        for refusal in refusals {
            let Refusal { at, actor, action, code, .. } = refusal;
            if *actor == ActorRef::Anonymous {
                let minute_at = at.unix_ms().div_euclid(MINUTE_MS) * MINUTE_MS;
                *counts.entry((minute_at, action, code)).or_default() += 1;
                continue;
            }
            known.push(refusal.into());
        }
        use refusal_counts::{ActiveModel, Column, Entity};
        let row = |((minute_at, action, code), count): ((i64, &str, &str), i64)| ActiveModel {
            minute_at: Set(minute_at),
            action: Set(action.to_owned()),
            code: Set(code.to_owned()),
            refusals: Set(count),
        };
        let add = adding([Column::MinuteAt, Column::Action, Column::Code], Entity, Column::Refusals);
        let connection = self.begin_write_connection().await?;
        connection.insert_all(known, None).await?;
        connection.insert_all(counts.into_iter().map(row).collect(), Some(add)).await?;
        connection.commit().await
    }
}

/// Where a row of the same key exists, its count is raised instead.
fn adding<C: ColumnTrait, const N: usize>(key: [C; N], table: impl IntoIden, count: C) -> OnConflict {
    let sum = Expr::col((table, count)).add(Expr::col(("excluded", count)));
    OnConflict::columns(key).value(count, sum).to_owned()
}

impl From<&Refusal> for refusals::ActiveModel {
    fn from(refusal: &Refusal) -> Self {
        let Refusal { id, at, actor, action, entry, code, request_id } = refusal;
        Self {
            id: Set(*id),
            refused_at: Set(at.unix_ms()),
            actor: Set(actor.to_string()),
            action: Set(action.clone()),
            entry: Set(entry.map(|entry| entry.0)),
            code: Set(code.clone()),
            request_id: Set(request_id.clone()),
        }
    }
}

impl TryFrom<refusals::Model> for Refusal {
    type Error = StoreError;

    fn try_from(row: refusals::Model) -> Result<Self, StoreError> {
        let refusals::Model { id, refused_at, actor, action, entry, code, request_id } = row;
        let (at, actor) = (stored::time(refused_at)?, stored::actor(&actor)?);
        Ok(Self { id, at, actor, action, entry: entry.map(EntryId), code, request_id })
    }
}

impl TryFrom<refusals_left_out::Model> for LeftOut {
    type Error = StoreError;

    fn try_from(row: refusals_left_out::Model) -> Result<Self, StoreError> {
        let refusals_left_out::Model { hour_at, actor, refusals } = row;
        let (at, actor) = (stored::time(hour_at)?, stored::actor(&actor)?);
        Ok(Self { at, actor, refusals: stored::unsigned(refusals)? })
    }
}
