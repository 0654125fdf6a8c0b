//! Idempotency keys.

use diwan_content::{
    ContentHash, EventKind, Sequence,
    rights::{Action, ActorRef},
};
use diwan_store::{Claim, Store, StoreError};

use crate::fixture::{about, at, entry_id, exported, permit, rows_of, write};

const DAY_MS: i64 = 86_400_000;

pub(crate) async fn the_same_key_is_answered_again(store: &Store) {
    assert_eq!(done_under_key(store, 1_000, "first").await, Claim::New);
    let replay =
        Claim::Replay { request_hash: ContentHash::of(b"first"), answer: "done".into(), sequence: Some(Sequence(1)) };
    assert_eq!(done_under_key(store, 2_000, "first").await, replay);
    // Another body is told by its hash.
    assert_eq!(done_under_key(store, 2_000, "second").await, replay);
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_idempotency(&ActorRef::System, "key", at(2_000)).await.unwrap(), Some(replay));
    assert_eq!(snapshot.find_idempotency(&ActorRef::Anonymous, "key", at(2_000)).await.unwrap(), None);
    drop(snapshot);
    let failed = write(store, at(1), |tx| {
        Box::pin(async move {
            tx.claim_idempotency(&ActorRef::System, "failed", &ContentHash::of(b"")).await?;
            Err::<(), _>(StoreError::NoSpace)
        })
    });
    failed.await.unwrap_err();
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_idempotency(&ActorRef::System, "failed", at(1)).await.unwrap(), None);
}

pub(crate) async fn of_twenty_equal_requests_one_is_done(store: &Store) {
    let requests: Vec<_> = (0..20)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { done_under_key(&store, 1_000, "body").await })
        })
        .collect();
    let mut new = 0;
    for request in requests {
        match request.await.unwrap() {
            Claim::New => new += 1,
            Claim::Replay { answer, sequence, .. } => {
                assert_eq!((answer.as_str(), sequence), ("done", Some(Sequence(1))))
            }
        }
    }
    assert_eq!(new, 1);
    assert_eq!(rows_of(&exported(store).await, "events").len(), 1);
}

pub(crate) async fn a_key_is_forgotten_after_a_day(store: &Store) {
    assert_eq!(done_under_key(store, 1_000, "first").await, Claim::New);
    assert!(matches!(done_under_key(store, 1_000 + DAY_MS, "first").await, Claim::Replay { .. }));
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_idempotency(&ActorRef::System, "key", at(1_001 + DAY_MS)).await.unwrap(), None);
    drop(snapshot);
    assert_eq!(done_under_key(store, 1_001 + DAY_MS, "second").await, Claim::New);
}

async fn done_under_key(store: &Store, now: i64, body: &'static str) -> Claim {
    let written = write(store, at(now), move |tx| {
        Box::pin(async move {
            let claim = tx.claim_idempotency(&ActorRef::System, "key", &ContentHash::of(body.as_bytes())).await?;
            if claim == Claim::New {
                tx.record(&permit(Action::Save), EventKind::RevisionSaved, about(entry_id(1)));
                tx.finish_idempotency(&ActorRef::System, "key", "done");
            }
            Ok::<_, StoreError>(claim)
        })
    });
    written.await.unwrap().value
}
