//! Assets and blobs.

use std::collections::BTreeMap;

use diwan_content::{
    Actor, AssetId, ContentHash, DepartmentId, RevisionNumber, Version,
    rights::{Action, ActorRef, Grant, Role},
};
use diwan_store::{
    Asset, AssetChange, AssetFilter, Blob, KnownAsset, PublishedReference, PublishedTarget, Store, StoreError,
    VersionMismatch,
};
use uuid::Uuid;

use crate::fixture::{Db, FINANCE, HEALTH, ar, at, en, entry_id, hierarchy, permit, permit_for, write};

fn blob() -> Blob {
    let hash = ContentHash::of(b"bytes");
    Blob { hash, size_bytes: 5_000_000_000, media_type: "image/png".into(), width: Some(640), height: None }
}

fn asset(number: u128, department: DepartmentId) -> Asset {
    asset_of(number, department, blob().hash)
}

pub(crate) fn asset_of(number: u128, department: DepartmentId, blob: ContentHash) -> Asset {
    Asset {
        id: AssetId(Uuid::from_u128(number)),
        department,
        name: format!("صورة {number}.png"),
        blob,
        bytes_since: RevisionNumber(1),
        alternative_text: BTreeMap::from([(ar(), "شعار".to_owned())]),
        version: Version(1),
        created_at: at(100),
        created_by: ActorRef::System,
        changed_at: at(100),
    }
}

async fn upload(store: &Store, number: u128, department: DepartmentId) {
    let written = write(store, at(100), move |tx| {
        Box::pin(async move {
            let permit = permit_for(Action::SaveAsset, department);
            tx.insert_blob(&permit, &blob()).await?;
            let asset = asset(number, department);
            tx.insert_asset(&permit, &asset, &asset.name).await
        })
    });
    written.await.unwrap();
}

pub(crate) async fn an_asset_changes_by_revisions(store: &Store) {
    upload(store, 1, FINANCE).await;
    let texts = BTreeMap::from([(ar(), "شعار الوزارة".to_owned()), (en(), "logo".to_owned())]);
    let wanted = texts.clone();
    let written = write(store, at(200), move |tx| {
        let texts = texts.clone();
        Box::pin(async move {
            let (permit, id) = (permit(Action::SaveAsset), AssetId(Uuid::from_u128(1)));
            let named = |name: &str| AssetChange {
                name: Some((name.to_owned(), name.to_owned())),
                alternative_text: Some(texts.clone()),
                ..AssetChange::default()
            };
            let changed = tx.append_asset_revision(&permit, id, Version(1), named("logo.png")).await?;
            let stale = tx.append_asset_revision(&permit, id, Version(1), named("x.png")).await?;
            let absent = AssetId(Uuid::from_u128(9));
            let absent = tx.append_asset_revision(&permit, absent, Version(1), named("x.png")).await?;
            Ok::<_, StoreError>((changed, stale, absent))
        })
    });
    let (changed, stale, absent) = written.await.unwrap().value;
    let expected = Asset {
        name: "logo.png".into(),
        alternative_text: wanted,
        version: Version(2),
        changed_at: at(200),
        ..asset(1, FINANCE)
    };
    assert_eq!(changed.as_ref(), Ok(&expected));
    assert_eq!(stale, Err(VersionMismatch { expected: Version(1), found: Some(Version(2)) }));
    assert_eq!(absent, Err(VersionMismatch { expected: Version(1), found: None }));
    let snapshot = store.snapshot().await.unwrap();
    let known = snapshot.find_asset(expected.id).await.unwrap();
    assert_eq!(known, Some(KnownAsset { asset: expected.clone(), blob: blob() }));
    let names: Vec<_> =
        snapshot.asset_revisions(expected.id, None, 10).await.unwrap().into_iter().map(|state| state.name).collect();
    assert_eq!(names, ["logo.png", "صورة 1.png"]);
    assert_eq!(snapshot.blob_hashes(None, 10).await.unwrap(), [blob().hash]);
    assert!(snapshot.blob_hashes(Some(&blob().hash), 10).await.unwrap().is_empty());
}

pub(crate) async fn an_asset_is_public_while_something_public_points_to_it(store: &Store) {
    upload(store, 1, FINANCE).await;
    let id = AssetId(Uuid::from_u128(1));
    let reference = PublishedReference { field: "image".into(), target: PublishedTarget::Asset(id) };
    for (references, public) in [(vec![], false), (vec![reference], true), (vec![], false)] {
        let written = write(store, at(1), move |tx| {
            let references = references.clone();
            Box::pin(
                async move { tx.replace_references(&permit(Action::Publish), entry_id(1), &ar(), &references).await },
            )
        });
        written.await.unwrap();
        assert_eq!(store.snapshot().await.unwrap().asset_is_public(id).await.unwrap(), public);
    }
}

pub(crate) async fn the_list_of_assets_keeps_to_scope_and_filter(store: &Store) {
    upload(store, 1, FINANCE).await;
    upload(store, 2, HEALTH).await;
    upload(store, 3, FINANCE).await;
    let all = Actor::system().scope(&hierarchy()).unwrap();
    let reader = Grant::new(Role::Reader, HEALTH);
    let actor = Actor { reference: ActorRef::Anonymous, on_behalf_of: None, grants: vec![reader] };
    let health = actor.scope(&hierarchy()).unwrap();
    let named = |text: &str| AssetFilter { name_folded: Some(text.to_owned()), ..AssetFilter::default() };
    let of_finance = AssetFilter { department: Some(FINANCE), ..AssetFilter::default() };
    let after = Some((at(100), AssetId(Uuid::from_u128(3))));
    let cases = [
        (&all, AssetFilter::default(), None, vec![3, 2, 1]),
        (&all, AssetFilter::default(), after, vec![2, 1]),
        (&health, AssetFilter::default(), None, vec![2]),
        (&all, named(" 3."), None, vec![3]),
        (&all, named("_"), None, vec![]),
        (&all, of_finance, None, vec![3, 1]),
    ];
    let snapshot = store.snapshot().await.unwrap();
    for (scope, filter, after, expected) in cases {
        let known = snapshot.list_assets(scope, &filter, after, 10).await.unwrap();
        let numbers: Vec<u128> = known.into_iter().map(|known| known.asset.id.0.as_u128()).collect();
        assert_eq!(numbers, expected, "{filter:?}");
    }
    let known = snapshot.known_assets(&[1, 2, 9].map(|number| AssetId(Uuid::from_u128(number)))).await.unwrap();
    assert_eq!(known.len(), 2);
}

pub(crate) async fn texts_of_older_assets_are_folded_once(db: &Db) {
    upload(db, 1, FINANCE).await;
    upload(db, 2, FINANCE).await;
    let forget = format!("UPDATE assets SET text_folded = NULL WHERE id = {}", id_literal(db, 1));
    crate::opening::raw(db, &[&forget]).await.remove(0).unwrap();
    let all = Actor::system().scope(&hierarchy()).unwrap();
    let named = AssetFilter { text_folded: Some("1".to_owned()), ..AssetFilter::default() };
    assert_eq!(db.snapshot().await.unwrap().list_assets(&all, &named, None, 10).await.unwrap(), []);
    let unfolded = db.snapshot().await.unwrap().assets_without_folded_text(10).await.unwrap();
    assert_eq!(unfolded.iter().map(|asset| asset.id.0.as_u128()).collect::<Vec<_>>(), [1]);
    let written = write(db, at(5), move |tx| {
        let asset = unfolded[0].clone();
        Box::pin(async move { tx.fold_asset_text(&permit(Action::SaveAsset), &asset).await })
    });
    assert_eq!(written.await.unwrap().sequence, None);
    let found = db.snapshot().await.unwrap().list_assets(&all, &named, None, 10).await.unwrap();
    assert_eq!(found.iter().map(|known| known.asset.id.0.as_u128()).collect::<Vec<_>>(), [1]);
    assert_eq!(db.snapshot().await.unwrap().assets_without_folded_text(10).await.unwrap(), []);
}

/// An id as both databases write it.
fn id_literal(db: &Db, number: u128) -> String {
    let id = Uuid::from_u128(number);
    if db.backend_name() == "sqlite" { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
}
