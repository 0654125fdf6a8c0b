//! Texts of blobs.

use diwan_content::{AssetId, ContentHash, rights::Action};
use diwan_store::{
    AttachedText, Blob, BlobText, PublishedReference, PublishedTarget, Store, StoreError, TextOutcome, UnreadBlob,
    UnreadFilter,
};
use uuid::Uuid;

use crate::fixture::{FINANCE, ar, at, create_and_publish, entry_id, permit, write};

const PDF: &str = "application/pdf";
const FILTER: UnreadFilter<'_> =
    UnreadFilter { media_types: &[PDF, "text/plain"], version: 2, retried: "timed_out", attempts_max: 3 };

fn hash(number: u128) -> ContentHash {
    ContentHash::of(number.to_string().as_bytes())
}

/// Assets of one blob each, and an entry that refers to them.
async fn publish_with_assets(store: &Store, entry: u128, assets: &'static [(u128, &'static str)]) {
    create_and_publish(store, entry, if entry == 1 { "/one" } else { "/two" }).await;
    let written = write(store, at(500), move |tx| {
        Box::pin(async move {
            let mut references = Vec::new();
            for (number, media_type) in assets {
                let media_type = (*media_type).to_owned();
                let blob = Blob { hash: hash(*number), size_bytes: 1, media_type, width: None, height: None };
                tx.insert_blob(&permit(Action::SaveAsset), &blob).await?;
                let asset = crate::assets::asset_of(*number, FINANCE, blob.hash);
                if tx.find_asset(asset.id).await?.is_none() {
                    tx.insert_asset(&permit(Action::SaveAsset), &asset, &asset.name).await?;
                }
                for field in ["file", "files"] {
                    let target = PublishedTarget::Asset(asset.id);
                    references.push(PublishedReference { field: field.to_owned(), target });
                }
            }
            tx.replace_references(&permit(Action::Publish), entry_id(entry), &ar(), &references).await?;
            Ok::<_, StoreError>(())
        })
    });
    written.await.unwrap();
}

async fn put(store: &Store, text: BlobText) {
    let written = write(store, at(600), move |tx| {
        let text = text.clone();
        Box::pin(async move { tx.put_text(&permit(Action::SaveAsset), &text).await })
    });
    written.await.unwrap();
}

fn text(number: u128, version: u32, text: &str) -> BlobText {
    BlobText { hash: hash(number), version, outcome: TextOutcome::Text(text.to_owned()), attempts: 1 }
}

fn failure(number: u128, failure: &str, attempts: u32) -> BlobText {
    BlobText { hash: hash(number), version: 2, outcome: TextOutcome::Failure(failure.to_owned()), attempts }
}

async fn unread(store: &Store) -> Vec<UnreadBlob> {
    store.snapshot().await.unwrap().unread_blobs(FILTER, None, None, 10).await.unwrap()
}

pub(crate) async fn what_is_public_is_read_once(store: &Store) {
    publish_with_assets(store, 1, &[(1, PDF), (2, "image/png"), (3, "text/plain")]).await;
    publish_with_assets(store, 2, &[(1, PDF)]).await;
    let mut expected = vec![
        UnreadBlob { hash: hash(1), media_type: PDF.to_owned(), attempts: 0 },
        UnreadBlob { hash: hash(3), media_type: "text/plain".to_owned(), attempts: 0 },
    ];
    expected.sort_by_key(|blob| blob.hash);
    assert_eq!(unread(store).await, expected);
    let snapshot = store.snapshot().await.unwrap();
    let of_two = snapshot.unread_blobs(FILTER, Some(&[entry_id(2)]), None, 10).await.unwrap();
    assert_eq!(of_two.iter().map(|blob| blob.hash).collect::<Vec<_>>(), [hash(1)]);
    let rest = snapshot.unread_blobs(FILTER, None, Some(&expected[0].hash), 10).await.unwrap();
    assert_eq!(rest, expected[1..]);
    drop(snapshot);

    put(store, text(1, 1, "قديم")).await;
    put(store, failure(3, "timed_out", 2)).await;
    let again: Vec<u32> = unread(store).await.iter().map(|blob| blob.attempts).collect();
    assert_eq!(again.iter().sum::<u32>(), 2, "of another version nothing was tried");
    put(store, text(1, 2, "نص")).await;
    put(store, failure(3, "timed_out", 3)).await;
    assert_eq!(unread(store).await, []);
    put(store, failure(3, "encrypted", 1)).await;
    assert_eq!(unread(store).await, []);

    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.find_text(&hash(1)).await.unwrap(), Some(text(1, 2, "نص")));
    assert_eq!(snapshot.find_text(&hash(3)).await.unwrap(), Some(failure(3, "encrypted", 1)));
    assert_eq!(snapshot.find_text(&hash(2)).await.unwrap(), None);
    let summaries = snapshot.text_summaries(&[hash(1), hash(2), hash(3)]).await.unwrap();
    assert_eq!(summaries.get(&hash(1)), Some(&(2, Ok(2))));
    assert_eq!(summaries.get(&hash(3)), Some(&(2, Err("encrypted".to_owned()))));
    assert_eq!(summaries.len(), 2);
}

pub(crate) async fn texts_are_found_from_both_ends(store: &Store) {
    publish_with_assets(store, 1, &[(1, PDF), (3, "text/plain"), (4, PDF)]).await;
    publish_with_assets(store, 2, &[(1, PDF)]).await;
    put(store, text(1, 2, "نص التقرير")).await;
    put(store, text(3, 2, "نص الملاحظات")).await;
    put(store, failure(4, "no_text", 1)).await;
    let snapshot = store.snapshot().await.unwrap();
    let attached = |number: u128, text: &str| AttachedText {
        asset: AssetId(Uuid::from_u128(number)),
        name: format!("صورة {number}.png"),
        text: text.to_owned(),
    };
    let found = snapshot.attached_texts(&[entry_id(1), entry_id(2), entry_id(9)], 10).await.unwrap();
    assert_eq!(found[&(entry_id(1), ar())], [attached(1, "نص التقرير"), attached(3, "نص الملاحظات")]);
    assert_eq!(found[&(entry_id(2), ar())], [attached(1, "نص التقرير")]);
    assert_eq!(found.len(), 2);
    let first = snapshot.attached_texts(&[entry_id(1)], 1).await.unwrap();
    assert_eq!(first[&(entry_id(1), ar())], [attached(1, "نص التقرير")]);
    assert_eq!(snapshot.places_of_blob(&hash(1)).await.unwrap(), [(entry_id(1), ar()), (entry_id(2), ar())]);
    assert_eq!(snapshot.places_of_blob(&hash(2)).await.unwrap(), []);
    assert_eq!(snapshot.places_of_asset(AssetId(Uuid::from_u128(3))).await.unwrap(), [(entry_id(1), ar())]);
}
