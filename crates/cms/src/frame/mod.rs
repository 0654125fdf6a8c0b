//! What all verbs share: repeats are recognised, lost races retried, refusals recorded.

use std::{
    ops::{Deref, DerefMut},
    sync::PoisonError,
    time::Duration,
};

use diwan_content::{EntryId, Sequence, rights::ActorRef};
use diwan_store::{Claim, Committed, Refusal, StoreError, WriteTx};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict},
    frame::{
        context::{IdempotencyKey, WriteContext},
        outcome::Outcome,
    },
};

pub(crate) mod authority;
pub(crate) mod context;
pub(crate) mod input;
pub(crate) mod keys;
pub(crate) mod outcome;
pub(crate) mod refusal_budgets;
pub(crate) mod states;

/// Most refusals of unknown ones that are kept in memory between two writes.
const MAX_GATHERED_REFUSALS: usize = 10_000;
/// How often a verb is attempted while others change the same rows.
const MAX_ATTEMPTS: u32 = 16;
/// Pause before the second attempt; each later one waits so much longer, so that those who collide drift apart.
const PAUSE: Duration = Duration::from_millis(1);

/// An error that may say that others changed the same rows first.
pub(crate) trait Retryable {
    /// Whether another attempt, which reads everything again, may succeed.
    fn is_retryable(&self) -> bool;
}

impl Retryable for StoreError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::GivenUp)
    }
}

impl Retryable for CmsError {
    fn is_retryable(&self) -> bool {
        matches!(self, Self::Conflict(Conflict::Busy) | Self::GivenUp)
    }
}

/// Runs an attempt until it succeeds or fails for another reason than a lost race, at most [`MAX_ATTEMPTS`] times.
pub(crate) async fn retry<T, E, F, Fut>(attempt: F) -> Result<T, E>
where
    E: Retryable,
    F: Fn() -> Fut,
    Fut: Future<Output = Result<T, E>> + Send,
{
    let mut attempts = 1;
    loop {
        match attempt().await {
            Err(error) if error.is_retryable() && attempts < MAX_ATTEMPTS => {
                tokio::time::sleep(PAUSE * attempts).await;
                attempts += 1;
            }
            done => return done,
        }
    }
}

/// The transaction of a verb: a [`WriteTx`] that keeps the verb's answer under the idempotency key of its request.
pub(crate) struct VerbTx<'c> {
    tx: WriteTx,
    ctx: &'c WriteContext,
}

impl VerbTx<'_> {
    /// Commits with the answer when the outcome is `Ok`, and rolls back when it is `Err`.
    pub(crate) async fn end<T: Serialize>(mut self, outcome: Result<T, CmsError>) -> Result<Outcome<T>, CmsError> {
        let outcome = outcome.and_then(|value| self.keep_answer(&value).map(|()| value));
        let Committed { value, sequence, at: _ } = self.tx.end(outcome).await?;
        Ok(Outcome { value, sequence })
    }

    fn keep_answer<T: Serialize>(&mut self, value: &T) -> Result<(), CmsError> {
        if let Some(IdempotencyKey { key, request_hash: _ }) = &self.ctx.idempotency {
            let answer = serde_json::to_string(value).map_err(|error| CmsError::internal(error.to_string()))?;
            self.tx.finish_idempotency(&self.ctx.actor.reference, key, &answer);
        }
        Ok(())
    }
}

impl Deref for VerbTx<'_> {
    type Target = WriteTx;

    fn deref(&self) -> &WriteTx {
        &self.tx
    }
}

impl DerefMut for VerbTx<'_> {
    fn deref_mut(&mut self) -> &mut WriteTx {
        &mut self.tx
    }
}

impl Cms {
    /// Runs a verb: answers a repeat without an attempt, retries lost races, records a refusal of a known actor.
    pub(crate) async fn verb<T, F, Fut>(
        &self,
        ctx: &WriteContext,
        action: &'static str,
        entry: Option<EntryId>,
        attempt: F,
    ) -> Result<Outcome<T>, CmsError>
    where
        T: DeserializeOwned + Send,
        F: Fn() -> Fut + Sync,
        Fut: Future<Output = Result<Outcome<T>, CmsError>> + Send,
    {
        self.answer_or_refuse(ctx, action, entry, || self.retry_unless_answered(ctx, attempt)).await
    }

    /// The frame of [`Cms::verb`] for work that is done only once and retries its transaction itself.
    #[tracing::instrument(name = "verb", skip_all, fields(verb = action))]
    pub(crate) async fn answer_or_refuse<T, F, Fut>(
        &self,
        ctx: &WriteContext,
        action: &'static str,
        entry: Option<EntryId>,
        work: F,
    ) -> Result<Outcome<T>, CmsError>
    where
        T: DeserializeOwned,
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<Outcome<T>, CmsError>>,
    {
        let done = match self.answered_before(ctx).await {
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) => match work().await {
                Ok(outcome) => return Ok(outcome),
                Err(error) => self.answered_meanwhile(ctx, error).await,
            },
            Err(error) => Err(error),
        };
        if let Err(error) = &done
            && let Some(code) = error.refusal_code()
        {
            self.record_refusal(ctx.actor.reference, action, entry, code, ctx.request_id.as_deref()).await;
        }
        done
    }

    /// Retries lost races until the same request was answered by a repeat beside this one.
    pub(crate) async fn retry_unless_answered<T, F, Fut>(
        &self,
        ctx: &WriteContext,
        attempt: F,
    ) -> Result<Outcome<T>, CmsError>
    where
        T: DeserializeOwned + Send,
        F: Fn() -> Fut + Sync,
        Fut: Future<Output = Result<Outcome<T>, CmsError>> + Send,
    {
        retry(|| async {
            match attempt().await {
                Err(error) if error.is_retryable() => self.answered_before(ctx).await?.ok_or(error),
                done => done,
            }
        })
        .await
    }

    /// Begins the transaction of a verb and claims the idempotency key of its request.
    ///
    /// # Errors
    /// [`Conflict::Busy`] when a request under that key was answered meanwhile: the frame answers it.
    pub(crate) async fn begin<'c>(&self, ctx: &'c WriteContext) -> Result<VerbTx<'c>, CmsError> {
        let mut tx = self.store().begin(self.now()).await?;
        if let Some(IdempotencyKey { key, request_hash }) = &ctx.idempotency
            && tx.claim_idempotency(&ctx.actor.reference, key, request_hash).await? != Claim::New
        {
            return Err(CmsError::Conflict(Conflict::Busy));
        }
        Ok(VerbTx { tx, ctx })
    }

    /// A repeat that came beside the first request may have looked at what that one left behind: it is answered like the
    /// first one all the same.
    async fn answered_meanwhile<T: DeserializeOwned>(
        &self,
        ctx: &WriteContext,
        error: CmsError,
    ) -> Result<Outcome<T>, CmsError> {
        let before = self.answered_before(ctx).await;
        match (before, error) {
            (Ok(Some(outcome)), _) => Ok(outcome),
            (Ok(None) | Err(_), CmsError::OutcomeUnknown { .. }) => {
                let idempotency_key = ctx.idempotency.as_ref().map(|claimed| claimed.key.clone());
                Err(CmsError::OutcomeUnknown { idempotency_key })
            }
            (Ok(None), error) | (Err(error), _) => Err(error),
        }
    }

    async fn answered_before<T: DeserializeOwned>(&self, ctx: &WriteContext) -> Result<Option<Outcome<T>>, CmsError> {
        let Some(IdempotencyKey { key, request_hash }) = &ctx.idempotency else { return Ok(None) };
        let snapshot = self.store().snapshot().await?;
        match snapshot.find_idempotency(&ctx.actor.reference, key, self.now()).await? {
            None | Some(Claim::New) => Ok(None),
            Some(Claim::Replay { request_hash: first, .. }) if first != *request_hash => {
                Err(CmsError::IdempotencyKeyReused)
            }
            Some(Claim::Replay { request_hash: _, answer, sequence }) => parse_answer(&answer, sequence).map(Some),
        }
    }

    /// Records that something was refused to a known actor; of very many in an hour some, and the number of the others.
    /// What cannot be recorded is logged: the refusal stands.
    pub async fn record_refusal(
        &self,
        actor: ActorRef,
        action: &str,
        entry: Option<EntryId>,
        code: &str,
        request_id: Option<&str>,
    ) {
        let at = self.now();
        if !self.parts().refusal_budgets.may_record(actor, at) {
            return;
        }
        let refusal = Refusal {
            id: self.parts().ids.next_id(),
            at,
            actor,
            action: action.to_owned(),
            entry,
            code: code.to_owned(),
            request_id: request_id.unwrap_or_default().to_owned(),
        };
        if let Err(error) = self.store().record_refusal(refusal).await {
            tracing::error!(error = &error as &dyn std::error::Error, action, code, "failed to record a refusal");
        }
    }

    /// Records that something was refused to somebody unknown: gathered in memory, counted per minute, written in batches,
    /// so that a flood of refusals is no flood of commits. What does not fit is dropped.
    pub fn record_anonymous_refusal(&self, action: &str, code: &str) {
        let mut gathered = self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if gathered.len() < MAX_GATHERED_REFUSALS {
            gathered.push(Refusal {
                id: self.parts().ids.next_id(),
                at: self.now(),
                actor: ActorRef::Anonymous,
                action: action.to_owned(),
                entry: None,
                code: code.to_owned(),
                request_id: String::new(),
            });
        }
    }

    /// Writes what was refused to unknown ones since the last time, and how many other refusals were left out. What could not
    /// be written waits for the next time, as far as there is room; a commit of which nobody knows may count twice.
    pub(crate) async fn flush_refusals(&self) -> Result<(), CmsError> {
        let left_out = self.parts().refusal_budgets.take_left_out();
        if !left_out.is_empty()
            && let Err(error) = self.store().count_left_out(&left_out).await
        {
            self.parts().refusal_budgets.put_back(&left_out);
            return Err(error.into());
        }
        let gathered =
            std::mem::take(&mut *self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner));
        if gathered.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.store().record_refusals(&gathered).await {
            let mut since = self.parts().anonymous_refusals.lock().unwrap_or_else(PoisonError::into_inner);
            put_back(&mut since, gathered);
            return Err(error.into());
        }
        Ok(())
    }
}

/// Puts refusals that could not be written before those that were gathered since, as far as there is room.
fn put_back(since: &mut Vec<Refusal>, gathered: Vec<Refusal>) {
    let room = MAX_GATHERED_REFUSALS.saturating_sub(since.len());
    since.splice(0..0, gathered.into_iter().take(room));
}

fn parse_answer<T: DeserializeOwned>(answer: &str, sequence: Option<Sequence>) -> Result<Outcome<T>, CmsError> {
    let value = serde_json::from_str(answer).map_err(|error| CmsError::Internal {
        what: "a kept answer cannot be read".to_owned(),
        source: Some(Box::new(error)),
    })?;
    Ok(Outcome { value, sequence })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diwan_content::Timestamp;
    use uuid::Uuid;

    use super::*;

    /// Runs attempts that lose `races` races before the last one ends as given; returns how many were made.
    async fn attempted<E: Retryable + Send>(
        races: usize,
        lost: impl Fn() -> E + Sync,
        last: impl Fn() -> Result<(), E> + Sync,
    ) -> (usize, Result<(), E>) {
        let made = AtomicUsize::new(0);
        let done = retry(|| async { if made.fetch_add(1, Ordering::Relaxed) < races { Err(lost()) } else { last() } });
        let done = done.await;
        (made.into_inner(), done)
    }

    #[tokio::test]
    async fn lost_races_are_retried_but_not_for_ever() {
        let given_up = || CmsError::from(StoreError::GivenUp);
        let cases = [(0, 1, true), (3, 4, true), (15, 16, true), (16, 16, false), (100, 16, false)];
        for (races, expected, succeeds) in cases {
            let (made, done) = attempted(races, given_up, || Ok(())).await;
            assert_eq!((made, done.is_ok()), (expected, succeeds), "{races} races");
            let (made, done) = attempted(races, || StoreError::GivenUp, || Ok(())).await;
            assert_eq!((made, done.is_ok()), (expected, succeeds), "{races} races");
        }
        let (made, done) = attempted(2, given_up, || Err(CmsError::Conflict(Conflict::Trashed))).await;
        assert!(made == 3 && matches!(done, Err(CmsError::Conflict(Conflict::Trashed))), "{done:?}");
        let no_space = || StoreError::NoSpace;
        assert_eq!(attempted(2, no_space, || Ok(())).await, (1, Err(StoreError::NoSpace)));
    }

    #[test]
    fn refusals_that_could_not_be_written_wait_as_far_as_there_is_room() {
        let refusal = |number: usize| Refusal {
            id: Uuid::from_u128(number as u128),
            at: Timestamp::from_unix_ms(0).expect("a time"),
            actor: ActorRef::Anonymous,
            action: "read".to_owned(),
            entry: None,
            code: "forbidden".to_owned(),
            request_id: String::new(),
        };
        let mut since = vec![refusal(0)];
        put_back(&mut since, (1..4).map(refusal).collect());
        let ids: Vec<u128> = since.iter().map(|refusal| refusal.id.as_u128()).collect();
        assert_eq!(ids, [1, 2, 3, 0]);
        put_back(&mut since, (0..MAX_GATHERED_REFUSALS).map(refusal).collect());
        assert_eq!(since.len(), MAX_GATHERED_REFUSALS);
    }
}
