//! What all verbs share: repeats are recognised, refusals recorded, transactions begun again when others were quicker.

use std::sync::PoisonError;

use diwan_content::{ContentHash, EntryId, Sequence, rights::ActorRef};
use diwan_store::{Claim, Refusal, WriteTx};
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    cms::Cms,
    context::{IdempotencyKey, WriteContext},
    error::{CmsError, Conflict},
    outcome::Outcome,
};

/// Most refusals of unknown ones that are kept in memory between two writes.
const MAX_GATHERED_REFUSALS: usize = 10_000;
/// How often a verb starts again when others change the same things at the same time.
pub(crate) const MAX_ATTEMPTS: usize = 8;

/// How a transaction of a verb ends.
pub(crate) enum Step<T> {
    /// Done: commit.
    Done(T),
    /// Others were quicker: roll back, look again, start again.
    Again,
}

/// Runs a prepare-and-transact round until it is done, or too many others were quicker. (A macro, since the future of an
/// async closure cannot be promised to be `Send`.)
macro_rules! until_done {
    ($round:block) => {{
        let mut attempts = 0;
        loop {
            let round: Result<Option<$crate::outcome::Outcome<_>>, $crate::error::CmsError> = async $round.await;
            match round {
                Ok(Some(outcome)) => break Ok(outcome),
                Ok(None) if attempts < $crate::frame::MAX_ATTEMPTS => attempts += 1,
                Ok(None) => break Err($crate::error::CmsError::Conflict($crate::error::Conflict::Busy)),
                Err(error) => break Err(error),
            }
        }
    }};
}
pub(crate) use until_done;

enum Ended {
    Again,
    Answered(String, Option<Sequence>),
    Failed(CmsError),
}

impl From<diwan_store::StoreError> for Ended {
    fn from(error: diwan_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl Cms {
    /// Runs a verb: answers a repeat at once, records a refusal of a known actor.
    pub(crate) async fn verb<T, F>(
        &self,
        ctx: &WriteContext,
        action: &'static str,
        entry: Option<EntryId>,
        work: F,
    ) -> Result<Outcome<T>, CmsError>
    where
        T: DeserializeOwned,
        F: Future<Output = Result<Outcome<T>, CmsError>>,
    {
        let done = match self.answered_before(ctx).await {
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) => match work.await {
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

    /// Runs the body of a verb in one transaction, with the claim of its idempotency key first and the answer kept last.
    /// The body says whether it is done or wants to look again.
    pub(crate) async fn transact<T, F>(&self, ctx: &WriteContext, body: F) -> Result<Option<Outcome<T>>, CmsError>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<Step<T>, CmsError>> + Clone + Send + Sync + 'static,
    {
        let claim = ctx.idempotency.clone().map(|key| (ctx.actor.reference, key));
        let write = self.store().write(self.now(), move |tx| {
            let (body, claim) = (body.clone(), claim.clone());
            Box::pin(async move { one_transaction(tx, claim, body).await })
        });
        // On the heap: begin, commit and the look-up of a lost commit are large, and each verb would carry them on its stack.
        let written = Box::pin(write).await;
        match written {
            Ok(committed) => Ok(Some(Outcome { value: committed.value, sequence: committed.sequence })),
            // What is unique was made by others meanwhile: a second look tells what it was.
            Err(Ended::Again | Ended::Failed(CmsError::Conflict(Conflict::Busy))) => Ok(None),
            Err(Ended::Answered(answer, sequence)) => parse_answer(&answer, sequence).map(Some),
            Err(Ended::Failed(error)) => Err(error),
        }
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

async fn one_transaction<T, F>(tx: &mut WriteTx, claim: Option<(ActorRef, IdempotencyKey)>, body: F) -> Result<T, Ended>
where
    T: Serialize,
    F: for<'t> Fn(&'t mut WriteTx) -> BoxFuture<'t, Result<Step<T>, CmsError>>,
{
    if let Some((actor, IdempotencyKey { key, request_hash })) = &claim
        && let Some((answer, sequence)) = claim_key(tx, *actor, key, request_hash).await?
    {
        return Err(Ended::Answered(answer, sequence));
    }
    let value = match body(tx).await {
        Ok(Step::Done(value)) => value,
        Ok(Step::Again) => return Err(Ended::Again),
        Err(error) => return Err(Ended::Failed(error)),
    };
    if let Some((actor, IdempotencyKey { key, request_hash: _ })) = &claim {
        let answer =
            serde_json::to_string(&value).map_err(|error| Ended::Failed(CmsError::internal(error.to_string())))?;
        tx.finish_idempotency(actor, key, &answer);
    }
    Ok(value)
}

async fn claim_key(
    tx: &mut WriteTx,
    actor: ActorRef,
    key: &str,
    wanted: &ContentHash,
) -> Result<Option<(String, Option<Sequence>)>, Ended> {
    match tx.claim_idempotency(&actor, key, wanted).await? {
        Claim::New => Ok(None),
        Claim::Replay { request_hash, .. } if request_hash != *wanted => {
            Err(Ended::Failed(CmsError::IdempotencyKeyReused))
        }
        Claim::Replay { request_hash: _, answer, sequence } => Ok(Some((answer, sequence))),
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
    use diwan_content::Timestamp;
    use uuid::Uuid;

    use super::*;

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
