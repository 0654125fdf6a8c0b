//! Paths.

use diwan_content::{EntryId, FoldedPath, PublicPath, rights::Action};
use diwan_store::{PathKind, PathTaken, Store, StoreError};

use crate::fixture::{ar, at, create, create_and_publish, en, entry_id, path, permit, write};

pub(crate) async fn a_path_belongs_to_one_entry(store: &Store) {
    create_and_publish(store, 1, "/إدارة").await;
    create(store, 2, "خبر").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            // Another spelling of the same path.
            let other = tx.claim_path(&permit, &ar(), &path("/اداره"), entry_id(2)).await?;
            let own = tx.claim_path(&permit, &ar(), &path("/اداره"), entry_id(1)).await?;
            let other_locale = tx.claim_path(&permit, &en(), &path("/إدارة"), entry_id(2)).await?;
            let reserved = tx.reserve_path(&permit, &ar(), &path("/search")).await?;
            let taken = tx.claim_path(&permit, &ar(), &path("/search"), entry_id(2)).await?;
            let live = tx.reserve_path(&permit, &ar(), &path("/اداره")).await?;
            Ok::<_, StoreError>((other, own, other_locale, reserved, taken, live))
        })
    });
    let (other, own, other_locale, reserved, taken, live) = written.await.unwrap().value;
    assert_eq!(other, Err(PathTaken { by: Some(entry_id(1)) }));
    assert_eq!((own, other_locale, reserved), (Ok(()), Ok(()), Ok(())));
    assert_eq!(taken, Err(PathTaken { by: None }));
    assert_eq!(live, Err(PathTaken { by: Some(entry_id(1)) }));
    let found = store.snapshot().await.unwrap().find_path(&ar(), &path("/إدارة").folded()).await.unwrap().unwrap();
    assert_eq!((found.path, found.kind, found.entry), (path("/اداره"), PathKind::Live, Some(entry_id(1))));
    assert_eq!(found.since, at(1));
}

pub(crate) async fn two_entries_swap_their_paths(store: &Store) {
    create_and_publish(store, 1, "/a").await;
    create_and_publish(store, 2, "/b").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            let first = tx.release_path(&permit, entry_id(1), &ar()).await?;
            let second = tx.release_path(&permit, entry_id(2), &ar()).await?;
            let none = tx.release_path(&permit, entry_id(2), &ar()).await?;
            let claims = [
                tx.claim_path(&permit, &ar(), &path("/b"), entry_id(1)).await?,
                tx.claim_path(&permit, &ar(), &path("/a"), entry_id(2)).await?,
            ];
            Ok::<_, StoreError>((first, second, none, claims))
        })
    });
    let released = written.await.unwrap().value;
    assert_eq!(released, (Some(path("/a")), Some(path("/b")), None, [Ok(()), Ok(())]));
    assert_eq!(standing(store, "/a").await, (PathKind::Live, entry_id(2)));
    assert_eq!(standing(store, "/b").await, (PathKind::Live, entry_id(1)));
}

pub(crate) async fn redirects_lead_to_an_entry_and_give_way(store: &Store) {
    create_and_publish(store, 1, "/a").await;
    create_and_publish(store, 2, "/b").await;
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            tx.leave_redirect(&permit, &ar(), &path("/old"), entry_id(1)).await?;
            tx.leave_gone(&permit, &ar(), &path("/gone"), entry_id(1)).await?;
            // Where something lives neither is left.
            tx.leave_redirect(&permit, &ar(), &path("/b"), entry_id(1)).await?;
            tx.leave_gone(&permit, &ar(), &path("/b"), entry_id(1)).await
        })
    });
    written.await.unwrap();
    assert_eq!(standing(store, "/old").await, (PathKind::Redirect, entry_id(1)));
    assert_eq!(standing(store, "/gone").await, (PathKind::Gone, entry_id(1)));
    assert_eq!(standing(store, "/b").await, (PathKind::Live, entry_id(2)));
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            let claims = [
                tx.claim_path(&permit, &ar(), &path("/old"), entry_id(1)).await?,
                tx.claim_path(&permit, &ar(), &path("/gone"), entry_id(1)).await?,
            ];
            tx.forget_paths(&permit, entry_id(2), &ar()).await?;
            Ok::<_, StoreError>(claims)
        })
    });
    assert_eq!(written.await.unwrap().value, [Ok(()), Ok(())]);
    assert_eq!(standing(store, "/old").await, (PathKind::Live, entry_id(1)));
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_path(&ar(), &path("/b").folded()).await.unwrap(), None);
}

pub(crate) async fn live_paths_are_listed_in_order(store: &Store) {
    for (number, public_at) in [(1, "/ج"), (2, "/أ"), (3, "/ب"), (4, "/Z"), (5, "/a")] {
        create_and_publish(store, number, public_at).await;
    }
    let written = write(store, at(1), |tx| {
        Box::pin(async move { tx.leave_redirect(&permit(Action::Publish), &ar(), &path("/x"), entry_id(1)).await })
    });
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let mut listed: Vec<PublicPath> = Vec::new();
    let mut after: Option<FoldedPath> = None;
    loop {
        let page = snapshot.list_paths(&ar(), after.as_ref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.folded.clone());
        listed.extend(page.into_iter().map(|found| found.path));
    }
    assert_eq!(listed, ["/a", "/Z", "/أ", "/ب", "/ج"].map(path));
    assert!(snapshot.list_paths(&en(), None, 10).await.unwrap().is_empty());
}

async fn standing(store: &Store, at_path: &str) -> (PathKind, EntryId) {
    let snapshot = store.snapshot().await.unwrap();
    let found = snapshot.find_path(&ar(), &path(at_path).folded()).await.unwrap().unwrap();
    (found.kind, found.entry.unwrap())
}
