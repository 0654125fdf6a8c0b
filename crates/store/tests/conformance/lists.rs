//! Keys of lists, and references.

use diwan_content::{AssetId, rights::Action};
use diwan_store::{PublishedReference, PublishedTarget, Store, StoreError};
use uuid::Uuid;

use crate::fixture::{ar, at, en, entry_id, permit};

const LIST: &str = "news/ar/0";

pub(crate) async fn keys_are_scanned_in_order_and_paged(store: &Store) {
    let written = store.write(at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            for number in (1..=20_u8).rev() {
                // Bytes above 127 and zeros: order is that of unsigned bytes on both databases.
                let key = vec![number % 2, number * 12, 0, number];
                let keys = [(LIST.to_owned(), key.clone()), (LIST.to_owned(), key), ("other".to_owned(), vec![number])];
                tx.replace_keys(&permit, entry_id(number.into()), &ar(), &keys).await?;
            }
            tx.replace_keys(&permit, entry_id(20), &ar(), &[]).await?;
            tx.replace_keys(&permit, entry_id(19), &en(), &[(LIST.to_owned(), vec![0xFF, 0xFF])]).await
        })
    });
    written.await.unwrap();
    assert_eq!(scanned(store, &[0]).await, [2, 4, 6, 8, 10, 12, 14, 16, 18]);
    assert_eq!(scanned(store, &[0xFF]).await, [19]);
    assert_eq!(scanned(store, &[]).await.len(), 20);
    assert!(scanned(store, &[2]).await.is_empty());
    let snapshot = store.snapshot().await.unwrap();
    for (prefix, at_most, expected) in [(vec![0], 100, 9), (vec![0], 5, 5), (vec![], 100, 20), (vec![0xFF], 9, 1)] {
        assert_eq!(snapshot.count_keys(LIST, &prefix, at_most).await.unwrap(), expected, "{prefix:?}");
    }
    assert_eq!(snapshot.count_keys("none", &[], 9).await.unwrap(), 0);
}

async fn scanned(store: &Store, prefix: &[u8]) -> Vec<u128> {
    let snapshot = store.snapshot().await.unwrap();
    let (mut seen, mut after): (Vec<u128>, Option<Vec<u8>>) = (Vec::new(), None);
    loop {
        let page = snapshot.scan_keys(LIST, prefix, after.as_deref(), 4).await.unwrap();
        let Some((last, _)) = page.last() else { return seen };
        after = Some(last.clone());
        seen.extend(page.iter().map(|(_, entry)| entry.0.as_u128()));
    }
}

pub(crate) async fn references_are_found_from_both_ends(store: &Store) {
    let asset = AssetId(Uuid::from_u128(7));
    let to = |field: &str, target| PublishedReference { field: field.to_owned(), target };
    let wanted = [
        to("body", PublishedTarget::Entry(entry_id(7))),
        to("body", PublishedTarget::Entry(entry_id(7))),
        to("image", PublishedTarget::Asset(asset)),
    ];
    let references = wanted.clone();
    let written = store.write(at(1), move |tx| {
        let references = references.clone();
        Box::pin(async move {
            let permit = permit(Action::Publish);
            tx.replace_references(&permit, entry_id(1), &ar(), &references).await?;
            tx.replace_references(&permit, entry_id(2), &ar(), &references[..1]).await?;
            tx.replace_references(&permit, entry_id(3), &ar(), &references).await?;
            tx.replace_references(&permit, entry_id(3), &ar(), &[]).await?;
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    let of = snapshot.published_references_of(entry_id(1), &ar()).await.unwrap();
    assert_eq!(of, [wanted[0].clone(), wanted[2].clone()]);
    let to_entry = snapshot.published_references_to(PublishedTarget::Entry(entry_id(7)), 10).await.unwrap();
    let from: Vec<_> = to_entry.iter().map(|from| (from.entry, from.field.as_str())).collect();
    assert_eq!(from, [(entry_id(1), "body"), (entry_id(2), "body")]);
    assert_eq!(snapshot.published_references_to(PublishedTarget::Entry(entry_id(7)), 1).await.unwrap().len(), 1);
    assert!(snapshot.asset_is_public(asset).await.unwrap());
    assert!(!snapshot.asset_is_public(AssetId(Uuid::from_u128(8))).await.unwrap());
}
