//! Trees: a page that moves takes along what stands below it, in every locale.

use diwan_cms::{Keep, LocalizationState, TreeNode, WithdrawItem, WithdrawMode};
use diwan_content::{DepartmentId, Locale, rights::Role};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, en, item, public, refusal, someone, system, withdrawal},
};

/// `root`, `root/mid`, `root/mid/leaf` in both locales, all public.
async fn grown(bed: &Bed, owner: DepartmentId) -> [LocalizationState; 3] {
    let root = bed.live_page(owner, None, "root").await;
    let mid = bed.live_page(owner, Some(root.entry), "mid").await;
    let leaf = bed.live_page(owner, Some(mid.entry), "leaf").await;
    for (page, slug) in [(&root, "Root"), (&mid, "Mid"), (&leaf, "Leaf")] {
        let english = bed.translate(page.entry, &format!("{}-en", slug.to_lowercase()), json!({ "title": slug })).await;
        bed.publish(&english).await;
    }
    [root, mid, leaf]
}

async fn tree(bed: &Bed, locale: &Locale) -> String {
    fn told(nodes: &[TreeNode]) -> String {
        let nodes: Vec<String> = nodes.iter().map(|node| format!("{}[{}]", node.slug, told(&node.children))).collect();
        nodes.join(" ")
    }
    told(&bed.cms.published_tree(public(), "pages", Some(locale)).await.unwrap().value).replace("[]", "")
}

pub(crate) async fn a_page_that_moves_takes_its_subtree_along_in_both_locales(bed: &Bed) {
    let owner = bed.owner().await;
    let [root, mid, leaf] = grown(bed, owner).await;
    let other = bed.live_page(owner, None, "other").await;
    let english = bed.translate(other.entry, "other-en", json!({ "title": "Other" })).await;
    bed.publish(&english).await;
    assert_eq!(bed.paths(&ar()).await, ["/other", "/root", "/root/mid", "/root/mid/leaf"]);
    let leaf_before = bed.read("pages", leaf.entry, &ar()).await;

    let moved = bed.move_to(&mid, Some(other.entry)).await;
    let before = bed.cms.last_sequence().await.unwrap().0;
    bed.publish(&moved).await;
    assert_eq!(bed.paths(&ar()).await, ["/other", "/other/mid", "/other/mid/leaf", "/root"]);
    assert_eq!(
        bed.paths(&en()).await,
        ["/en/other-en", "/en/other-en/mid-en", "/en/other-en/mid-en/leaf-en", "/en/root-en"]
    );
    assert_eq!(bed.at("/root/mid").await, "ar -> /other/mid");
    assert_eq!(bed.at("/root/mid/leaf").await, "ar -> /other/mid/leaf");
    assert_eq!(bed.at("/en/root-en/mid-en/leaf-en").await, "en -> /en/other-en/mid-en/leaf-en");
    let events = ["published ar", "represented en by 1", "represented ar by 1", "represented en by 1"];
    assert_eq!(bed.events_after(before).await, events);
    assert_eq!(
        (tree(bed, &ar()).await, tree(bed, &en()).await),
        ("root other[mid[leaf]]".into(), "root-en other-en[mid-en[leaf-en]]".into())
    );
    // What moved along keeps its revision, its version and its times, but for its path.
    let leaf_after = bed.read("pages", leaf.entry, &ar()).await;
    assert_eq!((leaf_after.revision, leaf_after.published_at), (leaf_before.revision, leaf_before.published_at));
    assert_eq!(leaf_after.first_published_at, leaf_before.first_published_at);

    // And back: no loops.
    let mid = bed.now(&mid).await;
    bed.publish(&bed.move_to(&mid, Some(root.entry)).await).await;
    assert_eq!(
        (bed.at("/root/mid/leaf").await, bed.at("/other/mid/leaf").await),
        ("ar leaf leaf".into(), "ar -> /root/mid/leaf".into())
    );
}

pub(crate) async fn a_page_that_changes_its_slug_takes_its_subtree_along(bed: &Bed) {
    let owner = bed.owner().await;
    let [root, _, _] = grown(bed, owner).await;
    bed.publish(&bed.rename(&root, "trunk").await).await;
    assert_eq!(bed.paths(&ar()).await, ["/trunk", "/trunk/mid", "/trunk/mid/leaf"]);
    assert_eq!(bed.at("/root/mid/leaf").await, "ar -> /trunk/mid/leaf");
    // The English slugs are their own.
    assert_eq!(bed.paths(&en()).await, ["/en/root-en", "/en/root-en/mid-en", "/en/root-en/mid-en/leaf-en"]);
}

pub(crate) async fn a_page_below_one_that_is_not_public_is_a_fault(bed: &Bed) {
    let owner = bed.owner().await;
    let root = bed.page(owner, None, "root").await;
    let child = bed.page(owner, Some(root.entry), "child").await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&child)).await), "faults /parent parent_not_public");
    // Both together, the child first.
    bed.publish_all(&[&child, &root]).await.unwrap();
    assert_eq!(bed.paths(&ar()).await, ["/root", "/root/child"]);
    // The child in English has no parent there.
    let english = bed.translate(child.entry, "child", json!({ "title": "Child" })).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&english)).await), "faults /parent parent_not_public");
}

pub(crate) async fn a_circle_is_a_fault(bed: &Bed) {
    let owner = bed.owner().await;
    let [root, mid, leaf] = grown(bed, owner).await;
    for below in [root.entry, mid.entry, leaf.entry] {
        let refused = bed.save_place(&root, None, Keep::Set(below)).await;
        assert_eq!(refusal(refused), "faults /parent invalid_parent");
    }
    let service = bed.service(owner, "خدمة").await;
    assert_eq!(refusal(bed.save_place(&root, None, Keep::Set(service.entry)).await), "faults /parent invalid_parent");
    // A circle that only shows when published: two drafts that name each other one after the other.
    let (a, b) = (bed.live_page(owner, None, "a").await, bed.live_page(owner, None, "b").await);
    let a_below = bed.move_to(&a, Some(b.entry)).await;
    let a_back = bed.move_to(&a_below, None).await;
    let b_below = bed.move_to(&b, Some(a.entry)).await;
    bed.publish(&b_below).await;
    let old = diwan_cms::PublishItem { revision: a_below.head, hash: a_below.hash, ..item(&a_back) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), old).await), "faults /parent invalid_parent");
    assert_eq!((bed.at("/a").await, bed.at("/a/b").await), ("ar a a".into(), "ar b b".into()));
}

pub(crate) async fn a_restored_parent_that_closes_a_circle_is_a_fault(bed: &Bed) {
    let owner = bed.owner().await;
    let (a, b) = (bed.live_page(owner, None, "a").await, bed.live_page(owner, None, "b").await);
    let a_below = bed.move_to(&a, Some(b.entry)).await;
    let a_back = bed.move_to(&a_below, None).await;
    bed.move_to(&b, Some(a.entry)).await;
    let restored = bed.cms.restore_revision(&system(), a.entry, ar(), a_below.head, None, a_back.version).await;
    assert_eq!(refusal(restored), "faults /parent invalid_parent");
}

pub(crate) async fn a_parent_is_withdrawn_with_its_children_or_not_at_all(bed: &Bed) {
    let owner = bed.owner().await;
    let [root, mid, leaf] = grown(bed, owner).await;
    let refused = bed.cms.withdraw(&system(), withdrawal(&root, WithdrawMode::Gone)).await;
    assert_eq!(refusal(refused), "public children /root/mid /root/mid/leaf");
    let before = bed.cms.last_sequence().await.unwrap().0;
    let whole = WithdrawItem { with_children: true, ..withdrawal(&root, WithdrawMode::Gone) };
    bed.cms.withdraw(&system(), whole).await.unwrap();
    assert_eq!(bed.events_after(before).await, ["withdrawn ar", "withdrawn ar", "withdrawn ar"]);
    for page in [&root, &mid, &leaf] {
        assert!(bed.by_id(page).await.starts_with("gone "));
    }
    assert_eq!(bed.paths(&ar()).await, Vec::<String>::new());
    // The other locale keeps what it showed.
    assert_eq!(bed.paths(&en()).await, ["/en/root-en", "/en/root-en/mid-en", "/en/root-en/mid-en/leaf-en"]);
}

pub(crate) async fn children_of_another_department_are_not_withdrawn_with_their_parent(bed: &Bed) {
    let (mine, theirs) = (bed.department("قسمي", None).await, bed.department("قسمهم", None).await);
    let parent = bed.live_page(mine, None, "parent").await;
    bed.live_page(theirs, Some(parent.entry), "child").await;
    let publisher = someone(7, Role::Publisher, mine);
    let whole = WithdrawItem { with_children: true, ..withdrawal(&parent, WithdrawMode::Gone) };
    assert_eq!(refusal(bed.cms.withdraw(&publisher, whole).await), "no entry");
    assert_eq!(bed.paths(&ar()).await, ["/parent", "/parent/child"]);
    // To move the parent is its department's own business: the child goes along.
    let moved = bed.rename(&parent, "elsewhere").await;
    bed.cms.publish_one(&publisher, item(&moved)).await.unwrap();
    assert_eq!(bed.paths(&ar()).await, ["/elsewhere", "/elsewhere/child"]);
}

pub(crate) async fn the_home_page_is_the_one_root_without_a_slug(bed: &Bed) {
    let owner = bed.owner().await;
    let home = bed.live_page(owner, None, "").await;
    let about = bed.live_page(owner, None, "about").await;
    assert_eq!((bed.at("/").await, bed.at("").await), ("ar الرئيسية الرئيسية".into(), "ar الرئيسية الرئيسية".into()));
    let english = bed.translate(home.entry, "", json!({ "title": "Home" })).await;
    bed.publish(&english).await;
    assert_eq!(bed.at("/en").await, "en Home");
    let second = bed.page(owner, None, "").await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&second)).await), "faults /slug path_taken");
    let below = bed.save_place(&about, Some(""), Keep::Set(home.entry)).await;
    assert_eq!(refusal(below), "faults /slug invalid_slug");
    // A page below the home page lives right under it.
    bed.publish(&bed.move_to(&about, Some(home.entry)).await).await;
    assert_eq!(bed.paths(&ar()).await, ["/", "/about"]);
    let service = bed.service(owner, "خدمة").await;
    assert_eq!(refusal(bed.save_place(&service, Some(""), Keep::Keep).await), "faults /slug invalid_slug");
}

pub(crate) async fn siblings_stand_by_rank_and_a_move_is_one_revision_of_one_page(bed: &Bed) {
    let owner = bed.owner().await;
    let mut pages = Vec::new();
    for slug in ["a", "b", "c"] {
        pages.push(bed.live_page(owner, None, slug).await);
    }
    assert_eq!(tree(bed, &ar()).await, "a b c");
    let rank = |index: usize| {
        let entry = pages[index].entry;
        async move { bed.read("pages", entry, &ar()).await.rank.unwrap() }
    };
    let between = diwan_content::Rank::between(Some(&rank(0).await), Some(&rank(1).await));
    let input = diwan_cms::RevisionInput { data: json!({ "title": "c c" }), rank: Some(between), ..Default::default() };
    let moved = bed.save_as(&pages[2], input).await.unwrap().value;
    bed.publish(&moved).await;
    assert_eq!(tree(bed, &ar()).await, "a c b");
}

pub(crate) async fn two_parents_swap_their_paths_with_all_below_them(bed: &Bed) {
    let (owner, theirs) = (bed.owner().await, bed.department("غيرهم", None).await);
    let (a, b) = (bed.live_page(owner, None, "a").await, bed.live_page(owner, None, "b").await);
    let below_a = bed.live_page(theirs, Some(a.entry), "same").await;
    bed.live_page(owner, Some(b.entry), "same").await;
    bed.live_page(owner, Some(b.entry), "only-b").await;
    bed.live_page(owner, Some(below_a.entry), "leaf").await;
    for (page, slug) in [(&a, "a-en"), (&b, "b-en"), (&below_a, "same-en")] {
        bed.publish(&bed.translate(page.entry, slug, json!({ "title": slug })).await).await;
    }
    let (new_a, new_b) = (bed.rename(&bed.now(&a).await, "b").await, bed.rename(&bed.now(&b).await, "a").await);
    bed.publish_all(&[&new_a, &new_b]).await.unwrap();
    assert_eq!(bed.paths(&ar()).await, ["/a", "/a/only-b", "/a/same", "/b", "/b/same", "/b/same/leaf"]);
    assert_eq!(bed.by_path_id("/b/same").await, below_a.entry.to_string());
    assert_eq!(
        (bed.at("/b/only-b").await, bed.at("/a/same/leaf").await),
        ("ar -> /a/only-b".into(), "ar -> /b/same/leaf".into())
    );
    // The English slugs are their own.
    assert_eq!(bed.paths(&en()).await, ["/en/a-en", "/en/a-en/same-en", "/en/b-en"]);
}

pub(crate) async fn a_subtree_that_comes_back_leaves_redirects_behind_and_no_chains(bed: &Bed) {
    let owner = bed.owner().await;
    let (one, two) = (bed.live_page(owner, None, "one").await, bed.live_page(owner, None, "two").await);
    let mut moving = bed.live_page(owner, Some(one.entry), "moving").await;
    bed.live_page(owner, Some(moving.entry), "leaf").await;
    for parent in [Some(two.entry), None, Some(one.entry)] {
        moving = bed.publish(&bed.move_to(&moving, parent).await).await;
    }
    assert_eq!(bed.paths(&ar()).await, ["/one", "/one/moving", "/one/moving/leaf", "/two"]);
    for past in ["/two/moving", "/moving"] {
        assert_eq!(bed.at(past).await, "ar -> /one/moving");
        assert_eq!(bed.at(&format!("{past}/leaf")).await, "ar -> /one/moving/leaf");
    }
}

pub(crate) async fn a_circle_closed_by_one_publish_of_many_is_a_fault_at_each_of_its_pages(bed: &Bed) {
    let owner = bed.owner().await;
    let (a, b) = (bed.live_page(owner, None, "a").await, bed.live_page(owner, None, "b").await);
    let a_below = bed.move_to(&a, Some(b.entry)).await;
    let a_back = bed.move_to(&a_below, None).await;
    let b_below = bed.move_to(&b, Some(a.entry)).await;
    let old = diwan_cms::PublishItem { revision: a_below.head, hash: a_below.hash, ..item(&a_back) };
    let refused = bed.cms.publish(&system(), vec![old, item(&b_below)]).await;
    assert_eq!(refusal(refused), "faults /items/0/parent invalid_parent, /items/1/parent invalid_parent");
    assert_eq!(bed.paths(&ar()).await, ["/a", "/b"]);
}

pub(crate) async fn a_circle_is_not_closed_by_two_publishes_at_once(bed: &Bed) {
    let owner = bed.owner().await;
    for round in 0..5 {
        let (a, b) = (format!("a{round}"), format!("b{round}"));
        let (a, b) = (bed.live_page(owner, None, &a).await, bed.live_page(owner, None, &b).await);
        let a_below = bed.move_to(&a, Some(b.entry)).await;
        let a_back = bed.move_to(&a_below, None).await;
        let b_below = bed.move_to(&b, Some(a.entry)).await;
        let old = diwan_cms::PublishItem { revision: a_below.head, hash: a_below.hash, ..item(&a_back) };
        let system = system();
        let (first, second) =
            tokio::join!(bed.cms.publish_one(&system, old), bed.cms.publish_one(&system, item(&b_below)));
        assert_eq!([first.is_ok(), second.is_ok()].iter().filter(|done| **done).count(), 1, "{first:?} {second:?}");
    }
    assert_eq!(bed.paths(&ar()).await.len(), 10);
}
