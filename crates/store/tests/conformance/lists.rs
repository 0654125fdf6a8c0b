//! Keys of lists, and references.

use diwan_content::{AssetId, Span, rights::Action};
use diwan_store::{PublishedReference, PublishedTarget, Store, StoreError};
use uuid::Uuid;

use crate::fixture::{ar, at, en, entry_id, permit, write};

const LIST: &str = "news/ar/0";

pub(crate) async fn keys_are_scanned_in_order_and_paged(store: &Store) {
    let written = write(store, at(1), |tx| {
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
        let spans = [Span::of_prefix(prefix.clone())];
        assert_eq!(snapshot.count_keys(LIST, &spans, at_most).await.unwrap(), expected, "{prefix:?}");
    }
    assert_eq!(snapshot.count_keys("none", &[Span::of_prefix(Vec::new())], 9).await.unwrap(), 0);
}

pub(crate) async fn runs_of_keys_are_read_together_each_to_its_limit(store: &Store) {
    let written = write(store, at(1), |tx| {
        Box::pin(async move {
            let permit = permit(Action::Publish);
            for number in 1..=60_u8 {
                let keys = [(LIST.to_owned(), vec![number % 30, number]), (LIST.to_owned(), vec![100, number])];
                tx.replace_keys(&permit, entry_id(number.into()), &ar(), &keys).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
    let snapshot = store.snapshot().await.unwrap();
    // More runs than one statement reads.
    let spans: Vec<Span> = (0..30).rev().chain([100]).map(|first| Span::of_prefix(vec![first])).collect();
    let found = snapshot.scan_keys(LIST, &spans, 3).await.unwrap();
    let counts: Vec<usize> = found.iter().map(Vec::len).collect();
    assert_eq!(counts, [vec![2; 30], vec![3]].concat());
    assert_eq!(found[0], [(vec![29, 29], entry_id(29)), (vec![29, 59], entry_id(59))]);
    assert_eq!(found[30][2], (vec![100, 3], entry_id(3)));
    assert_eq!(snapshot.count_keys(LIST, &spans, 1_000).await.unwrap(), 120);
    assert_eq!(snapshot.count_keys(LIST, &spans, 45).await.unwrap(), 45);
    assert_eq!(snapshot.count_entries(LIST, &spans).await.unwrap(), 60);
    let range = Span { from: vec![100, 10], until: vec![100, 20], prefix_bytes: 1 };
    assert_eq!(snapshot.scan_keys(LIST, &[range.behind(&[17])], 100).await.unwrap()[0].len(), 2);
}

async fn scanned(store: &Store, prefix: &[u8]) -> Vec<u128> {
    let snapshot = store.snapshot().await.unwrap();
    let whole = Span::of_prefix(prefix.to_vec());
    let (mut seen, mut span): (Vec<u128>, Span) = (Vec::new(), whole.clone());
    loop {
        let page = snapshot.scan_keys(LIST, std::slice::from_ref(&span), 4).await.unwrap().remove(0);
        let Some((last, _)) = page.last() else { return seen };
        span = whole.behind(&last[prefix.len()..]);
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
    let written = write(store, at(1), move |tx| {
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
    let other = AssetId(Uuid::from_u128(8));
    assert!(!snapshot.asset_is_public(other).await.unwrap());
    assert_eq!(snapshot.public_assets(&[other, asset]).await.unwrap(), [asset]);
}
