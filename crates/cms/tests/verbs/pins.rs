//! Which bytes of an asset publications show, before and after it is replaced.

use diwan_cms::{
    AssetList, AssetState, ByHash, CmsError, Conflict, EntryRead, Included, LocalizationState, Outcome, PublishedEntry,
    ReplaceAsset, UploadAsset, UsesQuery, WithdrawMode, WriteContext,
};
use diwan_content::{Actor, AssetId, AssetKind, ContentHash, Locale, Version, rights::Role};
use futures_util::stream;
use serde_json::json;

use crate::{
    bed::Bed,
    history::then,
    support::{ar, en, new_entry, png, public, refusal, someone, system},
};

async fn replace(bed: &Bed, id: AssetId, version: i64, bytes: Vec<u8>) -> Result<Outcome<AssetState>, CmsError> {
    let bytes = stream::iter([Ok(bytes.into())]);
    bed.cms.replace_asset(&system(), id, ReplaceAsset::default(), Version(version), bytes).await
}

/// The address of the picture that a page shows.
fn picture_of(read: &PublishedEntry) -> String {
    let Included::Asset(image) = &read.included["image"][0] else { panic!("no asset") };
    image.url.clone()
}

async fn picture(bed: &Bed, page: &LocalizationState, locale: &Locale) -> String {
    picture_of(&bed.read("pages", page.entry, locale).await)
}

/// The address of a picture's bytes: PNG files of the tests have nothing that the public form leaves out.
fn address(id: AssetId, red: u8) -> String {
    format!("/v1/assets/{id}/{}", ContentHash::of(&png(red)))
}

/// Whether anybody gets these bytes under their hash.
async fn by_hash(bed: &Bed, id: AssetId, red: u8) -> &'static str {
    match bed.cms.public_asset_by_hash(public(), id, ContentHash::of(&png(red))).await.unwrap().value {
        ByHash::Shown(asset) if asset.hash == ContentHash::of(&png(red)) => "shown",
        ByHash::Shown(_) => "other bytes",
        ByHash::Earlier => "earlier",
        ByHash::Unknown => "unknown",
    }
}

/// The red of the picture under its plain address.
async fn newest(bed: &Bed, id: AssetId) -> Option<u8> {
    let hash = bed.cms.public_asset(public(), id).await.unwrap().value?.hash;
    (0..10).find(|red| ContentHash::of(&png(*red)) == hash)
}

pub(crate) async fn the_public_sees_new_bytes_once_what_shows_them_is_published(bed: &Bed) {
    let owner = bed.owner().await;
    let id = bed.upload(owner, "صورة.png", png(1)).await;
    let data = json!({ "title": "صفحة", "image": id, "body": format!("![وصف](asset:{id})") });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    let other = bed.publish(&bed.create("pages", owner, json!({ "title": "أخرى", "image": id })).await).await;
    assert_eq!(picture(bed, &page, &ar()).await, address(id, 1));
    let before = bed.cms.now();

    assert_eq!(
        replace(bed, id, 1, png(2)).await.unwrap().value,
        AssetState { asset: id, version: Version(2), duplicates: vec![] }
    );
    let read = bed.read("pages", page.entry, &ar()).await;
    assert_eq!(picture_of(&read), address(id, 1));
    assert!(read.data["body"]["html"].as_str().unwrap().contains(&address(id, 1)));
    assert_eq!(
        (by_hash(bed, id, 1).await, by_hash(bed, id, 2).await, newest(bed, id).await),
        ("shown", "earlier", Some(1))
    );
    assert_eq!(by_hash(bed, id, 3).await, "unknown");

    // The same revision again is no repetition: it pins the new bytes. A third time is one.
    let mark = bed.events().await.len();
    let page = bed.publish(&bed.now(&page).await).await;
    assert_eq!(bed.events_after(i64::try_from(mark).unwrap()).await.len(), 1);
    assert_eq!(picture(bed, &page, &ar()).await, address(id, 2));
    assert_eq!(picture(bed, &other, &ar()).await, address(id, 1));
    assert_eq!(
        (by_hash(bed, id, 1).await, by_hash(bed, id, 2).await, newest(bed, id).await),
        ("shown", "shown", Some(2))
    );
    bed.publish(&bed.now(&page).await).await;
    assert_eq!(bed.events_after(i64::try_from(mark).unwrap()).await.len(), 1);

    // Editors find what still shows the old ones.
    let uses = bed.cms.asset_uses(&Actor::system(), id, UsesQuery::default()).await.unwrap().items;
    let outdated: Vec<_> = uses.iter().filter(|used| used.bytes.as_ref().unwrap().outdated).collect();
    assert_eq!(outdated.iter().map(|used| used.entry).collect::<Vec<_>>(), [other.entry]);
    assert_eq!(outdated[0].bytes.as_ref().unwrap().hash, ContentHash::of(&png(1)));

    // A look back shows what was shown then.
    let request = then(bed, before).await;
    let told = bed.cms.published_entry(request, "pages", page.entry, Some(&ar()), None).await.unwrap().value;
    let EntryRead::Entry(told) = told else { panic!("{told:?}") };
    assert_eq!(picture_of(&told), address(id, 1));
    let other = bed.publish(&bed.now(&other).await).await;
    assert_eq!(by_hash(bed, id, 1).await, "earlier");
    assert_eq!(picture(bed, &other, &ar()).await, address(id, 2));
}

pub(crate) async fn what_inherits_takes_the_bytes_of_its_origin_and_keeps_its_own(bed: &Bed) {
    let owner = bed.owner().await;
    let (inherited, own) = (bed.upload(owner, "أ.png", png(1)).await, bed.upload(owner, "ب.png", png(2)).await);
    let page = bed.publish(&bed.create("pages", owner, json!({ "title": "صفحة", "image": inherited })).await).await;
    let body = format!("![own](asset:{own})");
    let english = bed.translate(page.entry, "page", json!({ "title": "Page", "body": body })).await;
    let english = bed.publish(&english).await;
    replace(bed, inherited, 1, png(3)).await.unwrap();
    replace(bed, own, 1, png(4)).await.unwrap();
    bed.publish(&bed.now(&page).await).await;
    let read = bed.read("pages", english.entry, &en()).await;
    assert_eq!(picture_of(&read), address(inherited, 3));
    assert!(read.data["body"]["html"].as_str().unwrap().contains(&address(own, 2)));
}

pub(crate) async fn pages_that_move_or_change_hands_keep_their_bytes(bed: &Bed) {
    let owner = bed.owner().await;
    let id = bed.upload(owner, "صورة.png", png(1)).await;
    let parent = bed.live_page(owner, None, "أعلى").await;
    let page = json!({ "title": "صفحة", "image": id });
    let page = bed.publish(&bed.create("pages", owner, page).await).await;
    let page = bed.publish(&bed.move_to(&page, Some(parent.entry)).await).await;
    replace(bed, id, 1, png(2)).await.unwrap();
    bed.publish(&bed.rename(&bed.now(&parent).await, "أعلى-آخر").await).await;
    assert_eq!(picture(bed, &page, &ar()).await, address(id, 1));
    let other = bed.department("إدارة أخرى", None).await;
    bed.cms.transfer(&system(), page.entry, other).await.unwrap();
    assert_eq!(picture(bed, &page, &ar()).await, address(id, 1));
}

pub(crate) async fn what_is_said_of_new_bytes_is_not_said_of_old_ones(bed: &Bed) {
    let owner = bed.owner().await;
    let id = bed.upload(owner, "صورة.png", png(1)).await;
    let page = bed.publish(&bed.create("pages", owner, json!({ "title": "صفحة", "image": id })).await).await;
    let describe = async |version: i64, text: &str| {
        let input = diwan_cms::SaveAsset {
            alternative_text: Some([(ar(), text.to_owned())].into()),
            ..diwan_cms::SaveAsset::default()
        };
        bed.cms.save_asset(&system(), id, input, Version(version)).await.unwrap();
    };
    let text = async || {
        let read = bed.read("pages", page.entry, &ar()).await;
        let Included::Asset(image) = &read.included["image"][0] else { panic!("no asset") };
        image.alternative_text.clone().unwrap()
    };
    describe(1, "مصحح").await;
    assert_eq!(text().await, "مصحح");
    replace(bed, id, 2, png(2)).await.unwrap();
    describe(3, "وصف الصورة الجديدة").await;
    assert_eq!(text().await, "مصحح");
    bed.publish(&bed.now(&page).await).await;
    assert_eq!(text().await, "وصف الصورة الجديدة");
}

pub(crate) async fn bytes_are_replaced_by_the_same_kind_at_the_seen_version(bed: &Bed) {
    let owner = bed.owner().await;
    let id = bed.upload(owner, "صورة.png", png(1)).await;
    assert_eq!(refusal(replace(bed, id, 1, "نص طويل يكفي".into()).await), "unsupported_media");
    assert_eq!(refusal(replace(bed, id, 2, png(2)).await), "version is 1");
    assert_eq!(replace(bed, id, 1, png(1)).await.unwrap().sequence, None);
    let text = bed.upload(owner, "نص.txt", "نص طويل يكفي".into()).await;
    let input = ReplaceAsset { name: Some("نص.png".into()), media_type: None };
    let other = bed.cms.replace_asset(&system(), text, input, Version(1), stream::iter([Ok(png(2).into())])).await;
    assert_eq!(refusal(other), "faults  wrong_asset_kind");
    let reader = someone(4, Role::Reader, owner);
    let bytes = stream::iter([Ok(png(3).into())]);
    let refused = bed.cms.replace_asset(&reader, id, ReplaceAsset::default(), Version(1), bytes).await;
    assert_eq!(refusal(refused), "save_asset is forbidden");
    // Upload, save and replacement are revisions with their bytes.
    replace(bed, id, 1, png(2)).await.unwrap();
    assert_eq!(bed.cms.manage_asset(&Actor::system(), id).await.unwrap().asset.hash, ContentHash::of(&png(2)));
}

pub(crate) async fn an_asset_is_deleted_when_nothing_uses_it(bed: &Bed) {
    let (mine, theirs) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let id = bed.upload(mine, "صورة.png", png(1)).await;
    let page = bed.create("pages", mine, json!({ "title": "صفحة", "image": id })).await;
    let editor = someone(5, Role::Editor, mine);
    let delete = async |version: i64| bed.cms.delete_asset(&editor, id, Version(version)).await;
    let users = async || match delete(1).await {
        Err(CmsError::Conflict(Conflict::AssetInUse(users))) => (users.seen, users.more),
        other => panic!("{other:?}"),
    };
    assert_eq!(users().await, (vec![(page.entry, ar())], 0));
    let page = bed.publish(&page).await;
    let other = bed.create("pages", theirs, json!({ "title": "لهم", "image": id })).await;
    let other = bed.publish(&other).await;
    assert_eq!(users().await, (vec![(page.entry, ar())], 1));
    let at = bed.cms.now();
    bed.withdraw(&page, WithdrawMode::Gone).await;
    bed.cms.trash(&system(), page.entry).await.unwrap();
    assert_eq!(users().await, (vec![], 1));
    let other = bed.publish(&bed.save(&other, json!({ "title": "لهم" })).await).await;
    assert_eq!(refusal(delete(2).await), "version is 1");
    delete(1).await.unwrap();
    assert_eq!(refusal(delete(1).await), "no asset");
    assert_eq!(refusal(bed.cms.manage_asset(&Actor::system(), id).await), "no asset");
    let named = json!({ "title": "أخرى", "image": id });
    let refused = bed.cms.create_entry(&system(), new_entry("pages", Some(mine), named)).await;
    assert_eq!(refusal(refused), "faults /data/image unknown_target");
    // Its id stays taken, and a look back still shows it.
    let again = UploadAsset {
        id: Some(id),
        name: "ص.png".into(),
        media_type: None,
        department: Some(mine),
        alternative_text: [].into(),
    };
    let again = bed.cms.upload_asset(&system(), again, stream::iter([Ok(png(2).into())])).await;
    assert_eq!(refusal(again), "id_taken");
    let request = then(bed, at).await;
    let told = bed.cms.published_entry(request, "pages", other.entry, Some(&ar()), None).await.unwrap().value;
    let EntryRead::Entry(told) = told else { panic!("{told:?}") };
    assert_eq!(picture_of(&told), address(id, 1));
}

pub(crate) async fn assets_are_found_by_kind_text_and_use_and_duplicates_are_named(bed: &Bed) {
    let owner = bed.owner().await;
    let used = bed.upload(owner, "مستعملة.png", png(1)).await;
    bed.publish(&bed.create("pages", owner, json!({ "title": "صفحة", "image": used })).await).await;
    let text = bed.upload(owner, "نص.txt", "نص طويل يكفي".into()).await;
    let list = async |list: AssetList| {
        let page = bed.cms.manage_assets(&Actor::system(), list).await.unwrap();
        page.items.into_iter().map(|item| item.asset.id).collect::<Vec<_>>()
    };
    assert_eq!(list(AssetList { kind: Some(AssetKind::Text), ..AssetList::default() }).await, [text]);
    assert_eq!(list(AssetList { used: Some(true), ..AssetList::default() }).await, [used]);
    assert_eq!(list(AssetList { used: Some(false), ..AssetList::default() }).await, [text]);
    // Both have the alternative text «صورة»; only one has the word in its name.
    assert_eq!(list(AssetList { text: Some("صوره".into()), ..AssetList::default() }).await, [text, used]);
    assert_eq!(list(AssetList { text: Some("مستعمله".into()), ..AssetList::default() }).await, [used]);
    let upload = async |ctx: WriteContext, department| {
        let input = UploadAsset {
            id: None,
            name: "ثانية.png".into(),
            media_type: None,
            department: Some(department),
            alternative_text: [].into(),
        };
        bed.cms.upload_asset(&ctx, input, stream::iter([Ok(png(1).into())])).await.unwrap().value.duplicates
    };
    assert_eq!(upload(system(), owner).await, [used]);
    let elsewhere = bed.department("غيره", None).await;
    assert_eq!(upload(someone(6, Role::Editor, elsewhere), elsewhere).await, []);
}
