//! An id names one thing for ever, however many want it at once.

use diwan_cms::{CmsError, Conflict, UploadAsset};
use diwan_content::{AssetId, EntryId};
use futures_util::{future::join_all, stream};
use serde_json::json;
use uuid::Uuid;

use crate::{
    bed::Bed,
    support::{new_entry, png, system},
};

const WANTED: Uuid = Uuid::from_u128(0x2000_0000_0000_7000_8000_0000_0000_0001);

pub(crate) async fn of_twenty_entries_of_one_id_one_is_made(bed: &Bed) {
    let owner = bed.owner().await;
    let tasks = (0..20).map(|number| {
        let cms = bed.cms.clone();
        let mut input = new_entry("services", Some(owner), json!({ "title": format!("خدمة {number}") }));
        input.id = Some(EntryId(WANTED));
        tokio::spawn(async move { cms.create_entry(&system(), input).await.map(drop) })
    });
    told(join_all(tasks).await.into_iter().map(Result::unwrap).collect());
}

pub(crate) async fn of_twenty_assets_of_one_id_one_is_made(bed: &Bed) {
    let owner = bed.owner().await;
    let tasks = (0..20).map(|number| {
        let cms = bed.cms.clone();
        let input = UploadAsset {
            id: Some(AssetId(WANTED)),
            name: "صورة.png".into(),
            media_type: None,
            department: Some(owner),
            alternative_text: [].into(),
        };
        tokio::spawn(async move {
            cms.upload_asset(&system(), input, stream::iter([Ok(png(number).into())])).await.map(drop)
        })
    });
    told(join_all(tasks).await.into_iter().map(Result::unwrap).collect());
}

fn told(outcomes: Vec<Result<(), CmsError>>) {
    let (mut made, mut taken) = (0, 0);
    for outcome in outcomes {
        match outcome {
            Ok(()) => made += 1,
            Err(CmsError::Conflict(Conflict::IdTaken)) => taken += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((made, taken), (1, 19));
}
