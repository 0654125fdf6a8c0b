//! References, links in texts and assets: what they may name, and what the public reads of them.

use diwan_cms::{CmsError, Included, LocalizationState, RevisionInput, WithdrawMode};
use diwan_content::{AssetId, DepartmentId, EntryId, FaultCode, rights::Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bed::Bed,
    support::{ar, new_entry, png, public, refusal, someone, system},
};

fn nobody() -> String {
    Uuid::from_u128(0xDEAD).to_string()
}

/// What could not be resolved, as pointer and reason.
async fn unresolved(bed: &Bed, state: &LocalizationState) -> Vec<String> {
    let read = bed.read(state.collection.as_str(), state.entry, &ar()).await;
    read.unresolved.iter().map(|row| format!("{} {}", row.pointer, row.reason.as_str())).collect()
}

async fn value(bed: &Bed, state: &LocalizationState, field: &str) -> Value {
    bed.read(state.collection.as_str(), state.entry, &ar()).await.data[field].clone()
}

pub(crate) async fn a_reference_to_nothing_is_a_fault_when_it_is_new(bed: &Bed) {
    let owner = bed.owner().await;
    let data = json!({
        "title": "صفحة", "featured": [nobody()], "image": nobody(), "action_link": format!("entry:{}", nobody()),
        "body": format!("[نص](entry:{0}) ![صورة](asset:{0})", nobody())
    });
    let refused = bed.cms.create_entry(&system(), new_entry("pages", Some(owner), data)).await;
    assert_eq!(
        refusal(refused),
        "faults /data/body unknown_target, /data/body unknown_target, /data/image unknown_target, \
         /data/featured/0 unknown_target, /data/action_link unknown_target"
    );
    let page = bed.page(owner, None, "صفحة").await;
    let data = json!({ "title": "قسم", "parent_department": page.entry });
    let refused = bed.cms.create_entry(&system(), new_entry("departments", None, data)).await;
    assert_eq!(refusal(refused), "faults /data/parent_department wrong_collection");
    let text = bed.upload(owner, "دليل.txt", "نص طويل يكفي".into()).await;
    let refused = bed
        .cms
        .create_entry(&system(), new_entry("pages", Some(owner), json!({ "title": "ص ص", "image": text })))
        .await;
    assert_eq!(refusal(refused), "faults /data/image wrong_asset_kind");
}

pub(crate) async fn a_reference_that_lost_its_target_is_kept_when_unchanged(bed: &Bed) {
    let owner = bed.owner().await;
    let target = bed.service(owner, "هدف").await;
    let data = |title: &str| json!({ "title": title, "featured": [target.entry] });
    let page = bed.create("pages", owner, data("صفحة")).await;
    bed.cms.trash(&system(), target.entry).await.unwrap();
    let page = bed.save(&page, data("صفحة أخرى")).await;
    let page = bed.publish(&page).await;
    assert_eq!(
        (value(bed, &page, "featured").await, unresolved(bed, &page).await),
        (json!([]), vec!["/data/featured/0 not_public".to_owned()])
    );
    let refused = bed.cms.create_entry(&system(), new_entry("pages", Some(owner), data("ثالثة"))).await;
    assert_eq!(refusal(refused), "faults /data/featured/0 unknown_target");
}

pub(crate) async fn a_missing_target_is_a_fault_at_its_own_place(bed: &Bed) {
    let owner = bed.owner().await;
    let missing = bed.service(owner, "غائبة").await.entry.to_string().replace('0', "f");
    let body = json!({ "title": "صفحة", "featured": ["x", 5, missing, "y", missing] });
    let refused = bed.cms.create_entry(&system(), new_entry("pages", Some(owner), body)).await;
    assert_eq!(
        refusal(refused),
        "faults /data/featured/0 invalid_id, /data/featured/1 wrong_type, /data/featured/3 invalid_id, \
         /data/featured/4 duplicate_item, /data/featured/2 unknown_target, /data/featured/4 unknown_target"
    );
}

pub(crate) async fn a_target_that_is_not_public_is_answered_empty_and_comes_back(bed: &Bed) {
    let owner = bed.owner().await;
    let target = bed.service(owner, "هدف").await;
    let link = format!("entry:{}", target.entry);
    let body = format!("قبل [الخدمة]({link}) بعد");
    let data = json!({ "title": "صفحة", "featured": [target.entry], "action_link": link, "body": body });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    let missing = ["/data/body/html not_public", "/data/featured/0 not_public", "/data/action_link not_public"];
    assert_eq!(unresolved(bed, &page).await, missing);
    assert_eq!(value(bed, &page, "featured").await, json!([]));
    assert_eq!(value(bed, &page, "body").await, json!({ "html": "<p>قبل <a>الخدمة</a> بعد</p>\n" }));
    assert_eq!(value(bed, &page, "action_link").await, Value::Null);

    let target = bed.publish(&target).await;
    assert_eq!(unresolved(bed, &page).await, Vec::<String>::new());
    assert_eq!(value(bed, &page, "featured").await, json!([target.entry]));
    assert_eq!(
        value(bed, &page, "body").await,
        json!({ "html": "<p>قبل <a href=\"/services/هدف\">الخدمة</a> بعد</p>\n" })
    );
    assert_eq!(
        value(bed, &page, "action_link").await,
        json!({ "kind": "entry", "href": "/services/هدف", "id": target.entry })
    );
    // The link follows the page.
    let target = bed.publish(&bed.rename(&target, "آخر").await).await;
    assert_eq!(value(bed, &page, "action_link").await["href"], "/services/آخر");
    bed.withdraw(&target, WithdrawMode::Gone).await;
    assert_eq!(unresolved(bed, &page).await, missing);
}

pub(crate) async fn an_asset_is_public_only_while_something_public_refers_to_it(bed: &Bed) {
    let owner = bed.owner().await;
    let (in_field, in_text) =
        (bed.upload(owner, "صورة.png", png(1)).await, bed.upload(owner, "أخرى.png", png(2)).await);
    let private = bed.upload(owner, "سر.png", png(3)).await;
    let is_public = async |id: AssetId| bed.cms.public_asset(public(), id).await.unwrap().value.is_some();
    let data = json!({
        "title": "صفحة", "image": in_field, "body": format!("![وصف](asset:{in_text})"),
        "internal_notes": format!("asset:{private}")
    });
    let page = bed.create("pages", owner, data).await;
    assert!(!is_public(in_field).await && !is_public(in_text).await);
    let page = bed.publish(&page).await;
    assert!(is_public(in_field).await && is_public(in_text).await && !is_public(private).await);
    let read = bed.read("pages", page.entry, &ar()).await;
    let address = async |id: AssetId| {
        let hash = bed.cms.public_asset(public(), id).await.unwrap().value.unwrap().hash;
        format!("/v1/assets/{id}/{hash}")
    };
    let Included::Asset(image) = &read.included["image"][0] else { panic!("no asset") };
    assert_eq!((image.id, image.name.as_str(), image.media_type.as_str()), (in_field, "صورة.png", "image/png"));
    assert_eq!((image.width, image.height, image.alternative_text.as_deref()), (Some(1), Some(1), Some("صورة")));
    assert_eq!(image.url, address(in_field).await);
    assert_eq!(read.data["image"], json!(in_field));
    assert_eq!(read.data["body"]["html"], format!("<p><img src=\"{}\" alt=\"وصف\"></p>\n", address(in_text).await));
    let bytes = bed.cms.open_public_asset(public(), in_field, None).await.unwrap().unwrap();
    assert_eq!(bytes.asset.size_bytes, png(1).len() as u64);

    // A newer revision names the second one no more; the first one goes with the page.
    let page = bed.publish(&bed.save(&page, json!({ "title": "صفحة", "image": in_field })).await).await;
    assert!(is_public(in_field).await && !is_public(in_text).await);
    assert!(bed.cms.open_public_asset(public(), in_text, None).await.unwrap().is_none());
    bed.withdraw(&page, WithdrawMode::Vanished).await;
    assert!(!is_public(in_field).await);
    assert!(bed.cms.public_asset(public(), AssetId(Uuid::from_u128(7))).await.unwrap().value.is_none());
}

pub(crate) async fn what_an_editor_may_not_see_cannot_be_referred_to(bed: &Bed) {
    let (mine, other) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let editor = someone(9, Role::Editor, mine);
    let (draft, picture) = (bed.service(other, "سرية").await, bed.upload(other, "سر.png", png(4)).await);
    let data = json!({ "title": "صفحة", "featured": [draft.entry], "image": picture });
    let refused = bed.cms.create_entry(&editor, new_entry("pages", Some(mine), data.clone())).await;
    // As if they were not there.
    assert_eq!(refusal(refused), "faults /data/image unknown_target, /data/featured/0 unknown_target");
    let draft = bed.publish(&draft).await;
    let published = bed.publish(&bed.create("pages", other, json!({ "title": "ص ص", "image": picture })).await).await;
    assert!(bed.cms.create_entry(&editor, new_entry("pages", Some(mine), data)).await.is_ok());
    assert_eq!((draft.department, published.department), (other, other));
}

pub(crate) async fn private_fields_are_in_no_read_search_or_message(bed: &Bed) {
    let owner = bed.owner().await;
    let data = json!({ "title": "صفحة عامة", "body": "نص", "internal_notes": "كلمةسرية" });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    let read = bed.read("pages", page.entry, &ar()).await;
    assert!(!read.data.contains_key("internal_notes"));
    assert!(!format!("{read:?}").contains("كلمةسرية"));
    assert_eq!(bed.found("كلمةسرية").await, Vec::<String>::new());
    assert_eq!(bed.hits("صفحة").await, ["صفحة عامة"]);
    let message = async |sort: &str| {
        let query = diwan_cms::ListQuery { sort: Some(sort.to_owned()), ..Default::default() };
        format!("{:?}", bed.cms.published_list(public(), "pages", query).await.unwrap_err())
    };
    let (private, unknown) = (message("internal_notes").await, message("no_such_field").await);
    assert_eq!(private, unknown);
    assert!(!private.contains("internal_notes"), "{private}");
    // Editors read it.
    let managed = bed.cms.manage_localization(&diwan_content::Actor::system(), page.entry, &ar()).await.unwrap();
    assert_eq!(managed.data["internal_notes"], "كلمةسرية");
}

pub(crate) async fn an_entry_may_refer_to_itself_once_it_is_there(bed: &Bed) {
    let owner: DepartmentId = bed.owner().await;
    let page = bed.page(owner, None, "صفحة").await;
    let me: EntryId = page.entry;
    let input = RevisionInput { data: json!({ "title": "صفحة", "featured": [me] }), ..RevisionInput::default() };
    let page = bed.save_as(&page, input).await.unwrap().value;
    let page = bed.publish(&page).await;
    assert_eq!(value(bed, &page, "featured").await, json!([me]));
}

pub(crate) async fn faults_of_very_many_links_are_bounded(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.page(owner, None, "صفحة").await;
    let links = |entries: &dyn Fn(u128) -> String, count: u128| -> String {
        (0..count).map(|number| format!("[نص](entry:{})\n\n", entries(number))).collect()
    };
    let nobodies = links(&|number| Uuid::from_u128(0xDEAD_0000 + number).to_string(), 700);
    let data = json!({ "title": "صفحة", "body": nobodies, "image": nobody() });
    let Err(CmsError::Faults(faults)) = bed.cms.create_entry(&system(), new_entry("pages", Some(owner), data)).await
    else {
        panic!("not refused")
    };
    assert_eq!(faults.len(), 200);
    assert!(faults.iter().all(|fault| fault.code == FaultCode::UnknownTarget));
    let data = json!({ "title": "صفحة", "body": links(&|_| page.entry.to_string(), 700) });
    bed.create("pages", owner, data).await;
}
