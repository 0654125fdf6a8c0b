//! Idempotency keys: (actor, key) to request hash and answer, kept for 24 hours.
//!
//! A claim is the first statement of a transaction and its answer the last: so both stand or fall with what was done, and
//! of several requests under one key the others wait for the first and then find its answer.

use diwan_content::{ContentHash, Sequence, Timestamp, rights::ActorRef};
use sea_orm::{FromQueryResult, Value};

use crate::{error::StoreError, snapshot::Queries, stored, write::WriteTx};

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

#[derive(Debug, FromQueryResult)]
struct IdempotencyRow {
    request_hash: Vec<u8>,
    answer: Option<String>,
    sequence: Option<i64>,
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
        let sql = "SELECT request_hash, answer, sequence FROM idempotency \
                   WHERE actor = $1 AND name = $2 AND created_at >= $3 AND answer IS NOT NULL";
        let values: [Value; 3] = [actor.to_string().into(), key.into(), oldest_kept(now).into()];
        let row: Option<IdempotencyRow> = self.connection.find(sql, values).await?;
        let Some(IdempotencyRow { request_hash, answer: Some(answer), sequence }) = row else { return Ok(None) };
        Ok(Some(Claim::Replay { request_hash: stored::hash(&request_hash)?, answer, sequence: sequence.map(Sequence) }))
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
        let sql = "INSERT INTO idempotency (actor, name, request_hash, created_at) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (actor, name) DO UPDATE SET request_hash = excluded.request_hash, answer = NULL, \
                   sequence = NULL, created_at = excluded.created_at WHERE idempotency.created_at < $5";
        let values: [Value; 5] = [
            actor.to_string().into(),
            key.into(),
            request_hash.as_bytes().to_vec().into(),
            self.now().unix_ms().into(),
            too_old.into(),
        ];
        if self.connection.run(sql, values).await? == 0 {
            let claim = self.find_idempotency(actor, key, self.now()).await?;
            return claim.ok_or_else(|| stored::damaged("finished idempotency key", key));
        }
        self.connection.run("DELETE FROM idempotency WHERE created_at < $1", [too_old.into()]).await?;
        Ok(Claim::New)
    }

    /// Keeps the answer under a key that this transaction claimed; it is written at the commit, with the number of the
    /// last event.
    pub fn finish_idempotency(&mut self, actor: &ActorRef, key: &str, answer: &str) {
        self.kept_answer = Some(KeptAnswer { actor: *actor, key: key.to_owned(), answer: answer.to_owned() });
    }

    pub(crate) async fn write_kept_answer(&mut self, last: Option<Sequence>) -> Result<(), StoreError> {
        let Some(KeptAnswer { actor, key, answer }) = self.kept_answer.take() else { return Ok(()) };
        let sql = "UPDATE idempotency SET answer = $3, sequence = $4 WHERE actor = $1 AND name = $2";
        let sequence = last.map(|sequence| sequence.0);
        let values: [Value; 4] = [actor.to_string().into(), key.into(), answer.into(), sequence.into()];
        if self.connection.run(sql, values).await? == 0 {
            return Err(StoreError::Missing { what: "the claim of the idempotency key" });
        }
        Ok(())
    }
}

fn oldest_kept(now: Timestamp) -> i64 {
    now.unix_ms().saturating_sub(KEPT_MS)
}
