//! PostgreSQL behind a network that fails: connections that fall silent, and such that are lost at the commit.

use std::time::Duration;

use diwan_content::{EventKind, Sequence, rights::Action};
use diwan_store::{Committed, DatabaseUrl, Store, StoreError};
use tokio::time::timeout;

use crate::{
    fixture::{about, at, create, entry_id, open, permit, postgres::Temporary},
    proxy::{AtCommit, Proxy},
};

/// No call may take this long, whatever the network does.
const HANGS: Duration = Duration::from_secs(60);

async fn behind_proxy(test: impl AsyncFnOnce(&Store, &Proxy)) {
    let Some(database) = Temporary::create().await else { return };
    let proxy = Proxy::before(&database.text()).await;
    let store = open(DatabaseUrl::parse(&proxy.url).unwrap()).await;
    timeout(4 * HANGS, test(&store, &proxy)).await.unwrap();
    store.close().await.unwrap();
    database.drop().await;
}

async fn write(store: &Store) -> Result<Committed<()>, StoreError> {
    let written = async {
        let mut tx = store.begin(at(1)).await?;
        tx.record(&permit(Action::Save), EventKind::RevisionSaved, about(entry_id(1)));
        tx.end(Ok(())).await
    };
    timeout(HANGS, written).await.expect("a write ends")
}

async fn read(store: &Store) -> Result<Sequence, StoreError> {
    let read = async { store.snapshot().await?.last_sequence().await };
    timeout(HANGS, read).await.expect("a read ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_given_up_and_others_take_its_place() {
    behind_proxy(async |store, proxy| {
        // All places of the pool of readers (four in these tests) are taken, two of them inside a transaction.
        let held = [store.snapshot().await.unwrap(), store.snapshot().await.unwrap()];
        let idle = [store.snapshot().await.unwrap(), store.snapshot().await.unwrap()];
        write(store).await.unwrap();
        drop(idle);
        proxy.silence();
        for snapshot in &held {
            let call = timeout(HANGS, snapshot.last_sequence()).await.expect("a call ends");
            assert!(matches!(call, Err(StoreError::Unavailable { .. })), "{call:?}");
            let again = snapshot.last_sequence().await;
            assert!(matches!(again, Err(StoreError::Unavailable { .. })), "{again:?}");
        }
        assert_eq!(read(store).await, Ok(Sequence(1)), "although the silent ones are still held");
        drop(held);
        // The writers have not been used since, so the first may still be given up.
        let written = write(store).await;
        assert!(matches!(written, Ok(_) | Err(StoreError::Unavailable { .. })), "{written:?}");
        let before = read(store).await.unwrap();
        assert_eq!(write(store).await.unwrap().sequence, Some(before.next()));
        for _ in 0..20 {
            read(store).await.unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_silent_connection_has_locked_is_soon_free_for_others() {
    behind_proxy(async |store, proxy| {
        create(store, 1, "خبر").await;
        let mut holder = store.begin(at(1)).await.unwrap();
        holder.lock_entry(entry_id(1)).await.unwrap();
        proxy.silence();
        // The server ends what waits for a lock after 7 s, and a connection that is gone after less.
        let locked = async {
            loop {
                let tx = store.begin(at(1)).await;
                let Ok(mut tx) = tx else { continue };
                if tx.lock_entry(entry_id(1)).await.is_ok() {
                    break tx.end(Ok::<_, StoreError>(())).await;
                }
            }
        };
        let Ok(ended) = timeout(Duration::from_secs(25), locked).await else { panic!("the entry stays locked") };
        assert!(ended.is_ok(), "{ended:?}");
        drop(holder);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_may_be_written_again_is_written_at_once() {
    let Some(database) = Temporary::create().await else { return };
    let store = open(database.url()).await;
    write(&store).await.unwrap();
    database.set_read_only(true).await;
    // The connections of before are gone, and so may be the first call on each.
    while !matches!(write(&store).await, Err(StoreError::ReadOnly { .. })) {
        tokio::task::yield_now().await;
    }
    database.set_read_only(false).await;
    assert_eq!(write(&store).await.map(|written| written.sequence.is_some()), Ok(true));
    store.close().await.unwrap();
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_at_once_however_silent_the_database_is() {
    behind_proxy(async |store, proxy| {
        assert_eq!(store.probe().await, Ok(Sequence(0)));
        proxy.refuse(true);
        proxy.silence();
        for _ in 0..3 {
            let probed = timeout(Duration::from_secs(5), store.probe()).await.expect("a sign of life has a deadline");
            assert!(matches!(probed, Err(StoreError::Unavailable { .. })), "{probed:?}");
        }
        proxy.refuse(false);
        while store.probe().await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_answer_is_lost_is_found_again() {
    behind_proxy(async |store, proxy| {
        proxy.at_commit(AtCommit::LoseAnswer);
        for number in 1..4 {
            assert_eq!(write(store).await.unwrap().sequence, Some(Sequence(number)));
        }
        proxy.at_commit(AtCommit::Pass);
        assert_eq!(read(store).await, Ok(Sequence(3)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_refused_without_effect() {
    behind_proxy(async |store, proxy| {
        proxy.at_commit(AtCommit::LoseRequest);
        let written = write(store).await;
        assert!(matches!(written, Err(StoreError::Unavailable { .. })), "{written:?}");
        proxy.at_commit(AtCommit::Pass);
        assert_eq!(write(store).await.unwrap().sequence, Some(Sequence(1)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_cannot_be_looked_up_is_told_as_unknown() {
    behind_proxy(async |store, proxy| {
        proxy.at_commit(AtCommit::LoseAnswerAndRefuse);
        assert_eq!(write(store).await.unwrap_err(), StoreError::OutcomeUnknown);
        proxy.at_commit(AtCommit::Pass);
        proxy.refuse(false);
        while read(store).await != Ok(Sequence(1)) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
