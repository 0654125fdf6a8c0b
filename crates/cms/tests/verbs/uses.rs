//! Where something is used, and what is left pointing at what was taken away.

use diwan_cms::{UsesPage, UsesQuery, WithdrawMode};
use diwan_content::{Actor, Registry, rights::Role};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{png, refusal, small_registry, someone, system, withdrawal},
};

fn registry() -> Registry {
    let rest = "locales: [ar, en]\nsort: [title]\npath: { ar: \"/n/{slug}\", en: \"/en/n/{slug}\" }";
    small_registry(&[("notes", &format!("kind: list\n{rest}"))])
}

fn told(page: &UsesPage) -> (Vec<String>, u64, u64) {
    let uses =
        page.items.iter().map(|row| format!("{} {} {} {}", row.title, row.locale, row.field, row.status.as_str()));
    (uses.collect(), page.total, page.hidden)
}

pub(crate) async fn what_is_public_and_points_to_an_entry_is_listed(bed: &Bed) {
    let bed = Bed::open(bed.kind(), registry()).await.unwrap();
    let (mine, theirs) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let target = bed.publish(&bed.create("notes", mine, json!({ "title": "هدف" })).await).await;
    let items = json!([{ "id": "a", "entry": target.entry, "children": [{ "id": "b", "entry": target.entry }] }]);
    let own = bed.create("notes", mine, json!({ "title": "لي", "items": items })).await;
    let draft = UsesQuery::default();
    assert_eq!(told(&bed.cms.entry_uses(&Actor::system(), target.entry, draft).await.unwrap()), (vec![], 0, 0));
    let own = bed.publish(&own).await;
    bed.publish(&bed.create("notes", theirs, json!({ "title": "لهم", "items": items })).await).await;
    bed.publish(&bed.translate(own.entry, "mine", json!({ "title": "Mine" })).await).await;
    let own = bed.now(&own).await;
    bed.save(&own, json!({ "title": "لي", "items": [] })).await;

    // A localization that inherits the pointer points, too; a draft that no longer does changes nothing.
    let all = ["لي ar items changed", "Mine en items published", "لهم ar items published"];
    let page = bed.cms.entry_uses(&Actor::system(), target.entry, UsesQuery::default()).await.unwrap();
    assert_eq!(told(&page), (all.map(str::to_owned).to_vec(), 3, 0));
    assert_eq!(page.items[1].path.as_ref().unwrap().as_str(), "/en/n/mine");
    let reader = someone(4, Role::Reader, mine).actor;
    let page = bed.cms.entry_uses(&reader, target.entry, UsesQuery::default()).await.unwrap();
    assert_eq!(told(&page), (all[..2].iter().map(|row| (*row).to_owned()).collect(), 2, 1));
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let query = UsesQuery { size: Some(1), after };
        let page = bed.cms.entry_uses(&Actor::system(), target.entry, query).await.unwrap();
        rows.extend(told(&page).0);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(rows, all);
    let other = someone(5, Role::Reader, theirs).actor;
    assert_eq!(refusal(bed.cms.entry_uses(&other, target.entry, UsesQuery::default()).await), "no entry");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn what_points_to_an_asset_is_listed(bed: &Bed) {
    let bed = Bed::open(bed.kind(), registry()).await.unwrap();
    let owner = bed.owner().await;
    let picture = bed.upload(owner, "a.png", png(1)).await;
    let none = bed.cms.asset_uses(&Actor::system(), picture, UsesQuery::default()).await.unwrap();
    assert_eq!(told(&none), (vec![], 0, 0));
    let note = json!({ "title": "صورة", "items": [{ "title": "أ", "asset": picture }] });
    bed.publish(&bed.create("notes", owner, note).await).await;
    let page = bed.cms.asset_uses(&Actor::system(), picture, UsesQuery::default()).await.unwrap();
    assert_eq!(told(&page), (vec!["صورة ar items published".to_owned()], 1, 0));
    let elsewhere = someone(5, Role::Reader, bed.department("غيره", None).await).actor;
    assert_eq!(refusal(bed.cms.asset_uses(&elsewhere, picture, UsesQuery::default()).await), "no asset");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn who_is_left_pointing_at_nothing_is_told(bed: &Bed) {
    let bed = Bed::open(bed.kind(), registry()).await.unwrap();
    let (mine, theirs) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let target = bed.publish(&bed.create("notes", mine, json!({ "title": "هدف" })).await).await;
    let english = bed.publish(&bed.translate(target.entry, "target", json!({ "title": "Target" })).await).await;
    let items = json!([{ "id": "a", "entry": target.entry }]);
    bed.publish(&bed.create("notes", mine, json!({ "title": "لي", "items": items })).await).await;
    bed.publish(&bed.create("notes", theirs, json!({ "title": "لهم", "items": items })).await).await;
    // While another locale is public, references still lead there.
    let taken = bed.cms.withdraw(&system(), withdrawal(&english, WithdrawMode::Gone)).await.unwrap().value;
    assert_eq!((taken.left_dangling.len(), taken.left_dangling_more), (0, 0));
    let publisher = someone(6, Role::Publisher, mine);
    let state = bed.now(&target).await;
    let taken = bed.cms.withdraw(&publisher, withdrawal(&state, WithdrawMode::Vanished)).await.unwrap().value;
    let titles: Vec<&str> = taken.left_dangling.iter().map(|row| row.title.as_str()).collect();
    assert_eq!((titles, taken.left_dangling_more), (vec!["لي"], 1));
    let trashed = bed.cms.trash(&system(), target.entry).await.unwrap().value;
    assert_eq!((trashed.left_dangling.len(), trashed.left_dangling_more), (2, 0));
    bed.cms.close().await.unwrap();
}
