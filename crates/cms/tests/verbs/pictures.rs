//! What the public gets of pictures and recordings.

use std::collections::BTreeMap;

use diwan_assets::{BlobStore, Declared, UploadLimits};
use diwan_content::{Actor, AssetId, ContentHash, DepartmentId, RevisionNumber, Version, fold_text, rights::Action};
use diwan_store::{Asset, Blob, DatabaseUrl, Store, StoreOptions, SyncMode};
use futures_util::{StreamExt as _, stream};
use serde_json::json;
use uuid::Uuid;

use crate::{
    bed::Bed,
    support::{ar, public},
};

const SECRET: &[u8] = b"GPS 31.9 35.2 SN-4711";

/// A photograph of 640 × 480 pixels that is shown upright, 480 × 640, and says where it was taken.
fn photograph(number: u8) -> Vec<u8> {
    let segment = |marker: u8, content: &[u8]| {
        let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), content].concat()
    };
    let exif =
        [b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".as_slice(), SECRET].concat();
    let parts = [
        b"\xff\xd8".to_vec(),
        segment(0xe1, &exif),
        segment(0xfe, SECRET),
        segment(0xc0, b"\x08\x01\xe0\x02\x80\x01\x01\x11\0"),
        segment(0xda, b"\x01\x01\0\0\x3f\0"),
        vec![number, 0x34, 0xff, 0xd9],
    ];
    parts.concat()
}

/// The public bytes of an asset with their hash and the size that is told.
async fn delivered(bed: &Bed, id: AssetId) -> (Vec<u8>, ContentHash, u64) {
    let opened = bed.cms.open_public_asset(public(), id, None).await.unwrap().unwrap();
    let chunks: Vec<_> = opened.read.stream.collect().await;
    let bytes = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
    (bytes, opened.asset.hash, opened.asset.size_bytes)
}

async fn check_public(bed: &Bed, id: AssetId, number: u8) {
    let (bytes, hash, size_bytes) = delivered(bed, id).await;
    assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET));
    assert!(bytes.windows(4).any(|window| window == b"Exif"), "the orientation stays");
    assert_eq!((hash, size_bytes), (ContentHash::of(&bytes), bytes.len() as u64));
    let asset = bed.cms.public_asset(public(), id).await.unwrap().value.unwrap();
    assert_eq!((asset.width, asset.height), (Some(480), Some(640)));
    let known = bed.cms.manage_asset(&Actor::system(), id).await.unwrap();
    assert_eq!((known.asset.width, known.asset.hash), (Some(480), ContentHash::of(&photograph(number))));
}

async fn show(bed: &Bed, owner: DepartmentId, id: AssetId) {
    let page = bed.create("pages", owner, json!({ "title": format!("صفحة {id}"), "image": id })).await;
    bed.publish(&page).await;
}

pub(crate) async fn the_public_gets_pictures_without_place_and_owner(bed: &Bed) {
    let owner = bed.owner().await;
    let id = bed.upload(owner, "صورة.jpg", photograph(1)).await;
    show(bed, owner, id).await;
    check_public(bed, id, 1).await;
    assert_eq!(bed.cms.make_public_pictures().await.unwrap(), 0);
}

pub(crate) async fn pictures_of_older_versions_get_their_public_form(bed: &Bed) {
    let owner = bed.owner().await;
    let (first, second) = (AssetId(Uuid::from_u128(1)), AssetId(Uuid::from_u128(2)));
    insert_as_older_versions_did(bed, owner, first, 1).await;
    show(bed, owner, first).await;
    // A read that finds none makes it; so does the task at the start, for what nobody has read.
    check_public(bed, first, 1).await;
    assert_eq!(bed.cms.make_public_pictures().await.unwrap(), 0);
    insert_as_older_versions_did(bed, owner, second, 2).await;
    assert_eq!(bed.cms.make_public_pictures().await.unwrap(), 1);
    show(bed, owner, second).await;
    check_public(bed, second, 2).await;
}

/// A photograph whose row has width and height as they are in the file, without a public form.
async fn insert_as_older_versions_did(bed: &Bed, owner: DepartmentId, id: AssetId, number: u8) {
    let blobs = BlobStore::open(&bed.folder.path().join("blobs")).unwrap();
    let bytes = stream::iter([Ok::<_, std::io::Error>(photograph(number).into())]);
    blobs.put(bytes, Declared::default(), &UploadLimits::default()).await.unwrap();
    let url = match bed.url() {
        Some(url) => DatabaseUrl::parse(&url).unwrap(),
        None => DatabaseUrl::sqlite(&bed.folder.path().join("diwan.db")).unwrap(),
    };
    let store = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap();
    let hierarchy = store.snapshot().await.unwrap().hierarchy().await.unwrap();
    let permit = Actor::system().permit(Action::SaveAsset, owner, &hierarchy).unwrap();
    let hash = ContentHash::of(&photograph(number));
    let blob = Blob {
        hash,
        size_bytes: photograph(number).len() as u64,
        media_type: "image/jpeg".into(),
        width: Some(640),
        height: Some(480),
    };
    let now = bed.cms.now();
    let asset = Asset {
        id,
        department: owner,
        name: "صورة.jpg".into(),
        blob: hash,
        bytes_since: RevisionNumber(1),
        alternative_text: BTreeMap::from([(ar(), "صورة".to_owned())]),
        version: Version(1),
        created_at: now,
        created_by: permit.author(),
        changed_at: now,
    };
    let mut tx = store.begin(now).await.unwrap();
    tx.insert_blob(&permit, &blob).await.unwrap();
    let inserted = tx.insert_asset(&permit, &asset, &fold_text(&asset.name)).await;
    tx.end(inserted).await.unwrap();
    store.close().await.unwrap();
}
