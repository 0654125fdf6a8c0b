//! Idempotency keys: (actor, key) to request hash and answer, kept for 24 hours.
//!
//! A claim is the first statement of a transaction and its answer the last: so both stand or fall with what was done, and
//! of several requests under one key the others wait for the first and then find its answer.

use diwan_content::{ContentHash, Sequence, Timestamp, rights::ActorRef};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, Select, Set, sea_query::OnConflict};

use crate::{
    connection::{Queries, write::WriteTx},
    error::StoreError,
    stored,
    tables::idempotency::{ActiveModel, Column, Entity, Model},
};

/// How long an answer can be asked for again.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a claim of an idempotency key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Nobody was here before: do it, then finish.
    New,
    /// It was done.
    Replay {
        /// Hash of the request that did it; another one's is a mistake of the caller.
        request_hash: ContentHash,
        /// What was answered.
        answer: String,
        /// The last event of the transaction that did it.
        sequence: Option<Sequence>,
    },
}

/// An answer that is written together with the number of the transaction's last event.
#[derive(Debug)]
pub(crate) struct KeptAnswer {
    actor: ActorRef,
    key: String,
    answer: String,
}

impl Queries {
    /// What was answered under a key in the last 24 hours.
    pub async fn find_idempotency(
        &self,
        actor: &ActorRef,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let row = find(actor, key)
            .filter(Column::CreatedAt.gte(oldest_kept(now)))
            .filter(Column::Answer.is_not_null())
            .one(&self.connection)
            .await?;
        let Some(Model { request_hash, answer: Some(answer), sequence, .. }) = row else { return Ok(None) };
        Ok(Some(Claim::Replay { request_hash: request_hash.try_into()?, answer, sequence: sequence.map(Sequence) }))
    }
}

impl WriteTx {
    /// Claims a key for this request; forgets answers older than 24 hours, of this key before all.
    pub async fn claim_idempotency(
        &mut self,
        actor: &ActorRef,
        key: &str,
        request_hash: &ContentHash,
    ) -> Result<Claim, StoreError> {
        let too_old = oldest_kept(self.now());
        let row = ActiveModel {
            actor: Set(actor.to_string()),
            name: Set(key.to_owned()),
            request_hash: Set((*request_hash).into()),
            answer: Set(None),
            sequence: Set(None),
            created_at: Set(self.now().unix_ms()),
        };
        let mut conflict = OnConflict::columns([Column::Actor, Column::Name]);
        conflict
            .update_columns([Column::RequestHash, Column::Answer, Column::Sequence, Column::CreatedAt])
            .action_and_where(Column::CreatedAt.lt(too_old));
        if Entity::insert(row).on_conflict(conflict).exec_without_returning(&self.connection).await? == 0 {
            let claim = self.find_idempotency(actor, key, self.now()).await?;
            return claim.ok_or_else(|| stored::damaged("finished idempotency key", key));
        }
        Entity::delete_many().filter(Column::CreatedAt.lt(too_old)).exec(&self.connection).await?;
        Ok(Claim::New)
    }

    /// Keeps the answer under a key that this transaction claimed; it is written at the commit, with the number of the
    /// last event.
    pub fn finish_idempotency(&mut self, actor: &ActorRef, key: &str, answer: &str) {
        self.kept_answer = Some(KeptAnswer { actor: *actor, key: key.to_owned(), answer: answer.to_owned() });
    }

    pub(crate) async fn write_kept_answer(&mut self, last: Option<Sequence>) -> Result<(), StoreError> {
        let Some(KeptAnswer { actor, key, answer }) = self.kept_answer.take() else { return Ok(()) };
        let kept = Entity::update_many()
            .set(ActiveModel {
                answer: Set(Some(answer)),
                sequence: Set(last.map(|sequence| sequence.0)),
                ..Default::default()
            })
            .filter(Column::Actor.eq(actor.to_string()))
            .filter(Column::Name.eq(key))
            .exec(&self.connection)
            .await?;
        if kept.rows_affected == 0 {
            return Err(StoreError::Missing { what: "the claim of the idempotency key" });
        }
        Ok(())
    }
}

fn oldest_kept(now: Timestamp) -> i64 {
    now.unix_ms().saturating_sub(KEPT_MS)
}

fn find(actor: &ActorRef, key: &str) -> Select<Entity> {
    Entity::find_by_id((actor.to_string(), key.to_owned()))
}
