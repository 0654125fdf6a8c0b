//! What all verbs share: who asks, repeats that are recognised, lost races that are retried, refusals that are recorded.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use diwan_content::{Actor, ContentHash, EntryId, Sequence};
use diwan_store::{Claim, Committed, StoreError, WriteTx};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    cms::Cms,
    error::{CmsError, Conflict},
};

pub(crate) mod authority;
pub(crate) mod keys;
pub(crate) mod refusals;
pub(crate) mod states;

/// How often a verb is attempted while others change the same rows.
const MAX_ATTEMPTS: u32 = 16;
/// Pause before the second attempt; each later one waits so much longer, so that those who collide drift apart.
const PAUSE: Duration = Duration::from_millis(1);

/// What every verb is told beside its own input.
#[derive(Debug, Clone)]
pub struct WriteContext {
    /// Who asks.
    pub actor: Actor,
    /// How a repeat of the request is recognised, where the caller wants that.
    pub idempotency: Option<IdempotencyKey>,
    /// The request's id, for the record of refusals.
    pub request_id: Option<String>,
}

/// The caller's name for one request and the hash of all that it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// The caller's name for it, 1 to 200 bytes.
    pub key: String,
    /// Hash over method, path, version condition and body.
    pub request_hash: ContentHash,
}

/// What a verb answers, with its place in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outcome<T> {
    /// What the verb made.
    pub value: T,
    /// The last event of the change; `None` when nothing had to change.
    pub sequence: Option<Sequence>,
}

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

impl WriteContext {
    /// For what an operator starts on the machine.
    pub fn system() -> Self {
        Self { actor: Actor::system(), idempotency: None, request_id: None }
    }

    /// For an actor, without a name for the request.
    pub fn of(actor: Actor) -> Self {
        Self { actor, idempotency: None, request_id: None }
    }
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
}
