//! Trash and transfer.

use diwan_cms::{ListQuery, ManagementList, RevisionInput, SearchInput, WithdrawMode};
use diwan_content::{
    Actor, Status,
    rights::{Grant, Role},
};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, item, public, refusal, service, someone, system},
};

pub(crate) async fn only_what_is_not_public_goes_into_the_trash(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.publish(&bed.service(owner, "خدمة").await).await;
    assert_eq!(refusal(bed.cms.trash(&system(), state.entry).await), "still_public");
    let withdrawn = bed.withdraw(&state, WithdrawMode::Gone).await;
    assert!(bed.at("/services/خدمة").await.starts_with("gone "));
    let trashed = bed.cms.trash(&system(), state.entry).await.unwrap().value;
    assert!(trashed.value.trashed_at.is_some());
    assert_eq!(
        (trashed.value.localizations[0].status, trashed.value.localizations[0].version.0),
        (Status::Trashed, withdrawn.version.0 + 1)
    );
    // As if it had never been.
    assert_eq!((bed.at("/services/خدمة").await, bed.by_id(&state).await), ("absent".into(), "absent".into()));
    assert_eq!(refusal(bed.cms.trash(&system(), state.entry).await), "trashed");
    let now = &trashed.value.localizations[0];
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(now)).await), "trashed");
    assert_eq!(
        refusal(bed.save_as(now, RevisionInput { data: service("أخرى"), ..RevisionInput::default() }).await),
        "trashed"
    );
    let restored = bed.cms.restore_revision(&system(), now.entry, ar(), now.head, None, now.version).await;
    assert_eq!(refusal(restored), "trashed");
    let listed = async |status| {
        let list =
            ManagementList { status, collection: Some("services".parse().unwrap()), ..ManagementList::default() };
        bed.cms.manage_list(&Actor::system(), list).await.unwrap().items.len()
    };
    assert_eq!(
        (listed(None).await, listed(Some(Status::Trashed)).await, listed(Some(Status::Withdrawn)).await),
        (0, 1, 0)
    );

    let back = bed.cms.untrash(&system(), state.entry).await.unwrap().value;
    assert_eq!((back.trashed_at, back.localizations[0].status), (None, Status::Withdrawn));
    assert_eq!(refusal(bed.cms.untrash(&system(), state.entry).await), "not_trashed");
    bed.publish(&back.localizations[0]).await;
    assert_eq!(bed.at("/services/خدمة").await, "ar خدمة");
}

pub(crate) async fn a_page_with_children_does_not_go_into_the_trash(bed: &Bed) {
    let owner = bed.owner().await;
    let parent = bed.page(owner, None, "parent").await;
    let child = bed.page(owner, Some(parent.entry), "child").await;
    assert_eq!(refusal(bed.cms.trash(&system(), parent.entry).await), "children");
    bed.cms.trash(&system(), child.entry).await.unwrap();
    bed.cms.trash(&system(), parent.entry).await.unwrap();
    // A parent in the trash is no parent.
    let mut input = crate::support::new_entry("pages", Some(owner), json!({ "title": "صفحة" }));
    input.revision.parent = diwan_cms::Keep::Set(parent.entry);
    assert_eq!(refusal(bed.cms.create_entry(&system(), input).await), "faults /parent invalid_parent");
}

pub(crate) async fn a_save_that_meets_the_trash_is_told_so(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.service(owner, "خدمة").await;
    bed.cms.trash(&system(), state.entry).await.unwrap();
    bed.cms.untrash(&system(), state.entry).await.unwrap();
    let input = RevisionInput { data: service("أخرى"), ..RevisionInput::default() };
    assert_eq!(refusal(bed.save_as(&state, input).await), "version is 3");
}

pub(crate) async fn a_transfer_asks_both_departments_and_lists_and_search_follow(bed: &Bed) {
    let (from, to) = (bed.department("من", None).await, bed.department("إلى", None).await);
    let state = bed.publish(&bed.service(from, "خدمة منقولة").await).await;
    let other = bed.publish(&bed.service(to, "خدمة أخرى").await).await;
    let before = bed.read("services", state.entry, &ar()).await;
    let giver = someone(7, Role::DepartmentAdmin, from);
    let taker = someone(8, Role::DepartmentAdmin, to);
    assert_eq!(refusal(bed.cms.transfer(&giver, state.entry, to).await), "faults /department unknown_target");
    assert_eq!(refusal(bed.cms.transfer(&taker, state.entry, to).await), "no entry");
    let mut both = giver.clone();
    both.actor.grants.push(Grant::new(Role::DepartmentAdmin, to));
    let moved = bed.cms.transfer(&both, state.entry, to).await.unwrap().value;
    assert_eq!((moved.department, moved.localizations[0].status), (to, Status::Published));
    assert!(moved.localizations[0].version > state.version);
    assert_eq!(refusal(bed.cms.transfer(&both, state.entry, to).await), "same_department");
    assert_eq!(refusal(bed.cms.transfer(&giver, state.entry, from).await), "no entry");

    // What is public stays as it is, under its new owner.
    let mut expected = before.clone();
    expected.department = to;
    assert_eq!(bed.read("services", state.entry, &ar()).await, expected);
    let by_department = ListQuery { sort: Some("department,title".into()), ..ListQuery::default() };
    let page = bed.cms.published_list(public(), "services", by_department).await.unwrap().value;
    let rows: Vec<_> = page.items.iter().map(|entry| (entry.department, entry.id)).collect();
    assert_eq!(rows, [(to, other.entry), (to, state.entry)]);
    bed.cms.reindex().await.unwrap();
    let found = async |department| {
        let input = SearchInput { query: "خدمة".into(), departments: vec![department], ..SearchInput::default() };
        bed.cms.search(public(), input).await.unwrap().total
    };
    assert_eq!((found(from).await, found(to).await), (0, 2));
    let mine = bed.cms.manage_list(
        &giver.actor,
        ManagementList { collection: Some("services".parse().unwrap()), ..Default::default() },
    );
    assert_eq!(mine.await.unwrap().items.len(), 0);
    // A publisher of the department that gave it away knows nothing of it any more.
    let old = someone(9, Role::Publisher, from);
    assert_eq!(refusal(bed.cms.publish_one(&old, item(&moved.localizations[0])).await), "no entry");
}

pub(crate) async fn a_department_is_not_given_away(bed: &Bed) {
    let (one, two) = (bed.department("واحد", None).await, bed.department("اثنان", None).await);
    let entry = diwan_content::EntryId(one.0);
    assert_eq!(refusal(bed.cms.transfer(&system(), entry, two).await), "forbidden");
}
