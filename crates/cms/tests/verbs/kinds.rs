//! Kinds of collections: taxonomies, globals and navigations go the same way as lists and trees.

use diwan_cms::{Keep, LocalizationState, PublishedEntry, WithdrawMode};
use diwan_content::{CollectionKind, DepartmentId, EntryId, Locale, Rank, Registry};
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    support::{ar, en, item, new_entry, public, refusal, small_registry, system, with_key, withdrawal},
};

const LOCALES: &str = "locales: [ar, en]";

fn registry() -> Registry {
    let terms = format!("kind: taxonomy\n{LOCALES}\nsort: [rank]\nmax_depth: 3");
    let pages = format!(
        "kind: tree\n{LOCALES}\nsort: [rank]\npath: {{ ar: \"/{{parent}}/{{slug}}\", en: \"/en/{{parent}}/{{slug}}\" }}\nmax_depth: 2"
    );
    let latin =
        format!("kind: list\n{LOCALES}\nsort: [title]\nslugs: transliterate\npath: {{ ar: \"/latin/{{slug}}\" }}");
    let menu = format!("kind: navigation\n{LOCALES}");
    let hidden = format!("kind: global\n{LOCALES}\naccess: key");
    small_registry(&[
        ("terms", &terms),
        ("pages", &pages),
        ("latin", &latin),
        ("menu", &menu),
        ("contact", &format!("kind: global\n{LOCALES}")),
        ("hidden", &hidden),
    ])
}

/// The same database under collections of every kind.
async fn small(bed: &Bed) -> (Bed, DepartmentId) {
    let own = Bed::open(bed.kind(), registry()).await.unwrap();
    let owner = own.owner().await;
    (own, owner)
}

async fn below(
    bed: &Bed,
    collection: &str,
    owner: DepartmentId,
    parent: Option<EntryId>,
    title: &str,
) -> LocalizationState {
    let mut input = new_entry(collection, Some(owner), json!({ "title": title }));
    input.revision.parent = parent.map_or(Keep::Keep, Keep::Set);
    bed.cms.create_entry(&system(), input).await.unwrap().value
}

async fn single(bed: &Bed, kind: CollectionKind, handle: &str, locale: &Locale) -> Option<PublishedEntry> {
    bed.cms.published_single(public(), kind, handle, Some(locale), None).await.unwrap().value
}

/// Items as `title path [children]`.
fn told(items: &Value) -> String {
    let items: Vec<String> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let path = item["path"].as_str().unwrap_or("-");
            format!("{} {path}[{}]", item["title"].as_str().unwrap(), told(&item["children"]))
        })
        .collect();
    items.join(" ").replace("[]", "")
}

pub(crate) async fn terms_have_parents_and_need_no_pages(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let money = below(&bed, "terms", owner, None, "مال").await;
    let taxes = below(&bed, "terms", owner, Some(money.entry), "ضرائب").await;
    // Public without its parent it would stand nowhere.
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&taxes)).await), "faults /parent parent_not_public");
    bed.publish_all(&[&taxes, &money]).await.unwrap();
    let nodes = bed.cms.published_tree(public(), "terms", Some(&ar())).await.unwrap().value;
    let shown: Vec<_> =
        nodes.iter().map(|node| (node.title.as_str(), node.children.len(), node.path.clone())).collect();
    assert_eq!(shown, [("مال", 1, None)]);
    assert_eq!(bed.paths(&ar()).await, Vec::<String>::new());
    assert_eq!(bed.titles("terms", None).await, ["مال", "ضرائب"]);
    let refused = bed.cms.withdraw(&system(), withdrawal(&bed.now(&money).await, WithdrawMode::Gone)).await;
    assert_eq!(refused.unwrap_err().refusal_code(), Some("public_children"));
    // A circle is no more possible than in a tree.
    let circle = bed.save_place(&bed.now(&money).await, None, Keep::Set(taxes.entry)).await;
    assert_eq!(refusal(circle), "faults /parent invalid_parent");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn a_tree_is_no_deeper_than_its_collection_says(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let root = bed.publish(&below(&bed, "pages", owner, None, "root").await).await;
    let child = bed.publish(&below(&bed, "pages", owner, Some(root.entry), "child").await).await;
    let mut third = new_entry("pages", Some(owner), json!({ "title": "third" }));
    third.revision.parent = Keep::Set(child.entry);
    assert_eq!(refusal(bed.cms.create_entry(&system(), third).await), "faults /parent too_deep");
    // A page that takes its children along counts them, which shows when it is published; also where there are no paths.
    let other = bed.publish(&below(&bed, "pages", owner, None, "other").await).await;
    let moved = bed.move_to(&root, Some(other.entry)).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&moved)).await), "faults /parent too_deep");
    assert_eq!(bed.paths(&ar()).await, ["/other", "/root", "/root/child"]);
    let a = bed.publish(&below(&bed, "terms", owner, None, "a").await).await;
    let b = bed.publish(&below(&bed, "terms", owner, Some(a.entry), "b").await).await;
    let c = bed.publish(&below(&bed, "terms", owner, None, "c").await).await;
    bed.publish(&below(&bed, "terms", owner, Some(c.entry), "d").await).await;
    let moved = bed.move_to(&c, Some(b.entry)).await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&moved)).await), "faults /parent too_deep");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn a_global_has_exactly_one_entry(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    assert!(single(&bed, CollectionKind::Global, "contact", &ar()).await.is_none());
    let contact = bed.create("contact", owner, json!({ "title": "العنوان", "note": "هاتف" })).await;
    let second = new_entry("contact", Some(owner), json!({ "title": "آخر" }));
    assert_eq!(refusal(bed.cms.create_entry(&system(), second.clone()).await), "single_exists");
    assert!(single(&bed, CollectionKind::Global, "contact", &ar()).await.is_none());
    bed.publish(&contact).await;
    let english = bed.translate(contact.entry, "contact", json!({ "title": "Address" })).await;
    bed.publish(&english).await;
    let read = single(&bed, CollectionKind::Global, "contact", &en()).await.unwrap();
    assert_eq!((&read.data["title"], &read.data["note"], &read.path), (&json!("Address"), &json!("هاتف"), &None));
    // No page, so no parent, rank or date either.
    let mut placed = new_entry("hidden", Some(owner), json!({ "title": "أ" }));
    placed.revision.parent = Keep::Set(contact.entry);
    placed.revision.rank = Some(Rank::first());
    placed.revision.date = Some("2026-01-01".parse().unwrap());
    let refused = refusal(bed.cms.create_entry(&system(), placed).await);
    assert_eq!(refused, "faults /date unknown_field, /parent unknown_field, /rank unknown_field");
    // In the trash it is still the one.
    let (arabic, english) = (bed.now(&contact).await, bed.now(&english).await);
    bed.withdraw(&english, WithdrawMode::Gone).await;
    bed.withdraw(&arabic, WithdrawMode::Gone).await;
    assert!(single(&bed, CollectionKind::Global, "contact", &ar()).await.is_none());
    bed.cms.trash(&system(), contact.entry).await.unwrap();
    assert_eq!(refusal(bed.cms.create_entry(&system(), second).await), "single_exists");
    bed.cms.untrash(&system(), contact.entry).await.unwrap();
    bed.publish(&bed.now(&contact).await).await;
    assert!(single(&bed, CollectionKind::Global, "contact", &ar()).await.is_some());
    bed.cms.close().await.unwrap();
}

pub(crate) async fn of_twenty_globals_made_at_once_one_is_made(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let make = || bed.create_or_refusal("contact", owner, json!({ "title": "العنوان" }));
    let results = join_all((0..20).map(|_| make())).await;
    let made = results.iter().filter(|result| result.is_ok()).count();
    let refused = results.iter().filter(|result| result.as_ref().is_err_and(|code| code == "single_exists")).count();
    assert_eq!((made, refused), (1, 19), "{results:?}");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn a_menu_names_its_targets_as_they_are_public_now(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let root = bed.publish(&below(&bed, "pages", owner, None, "جذر").await).await;
    let child = bed.publish(&below(&bed, "pages", owner, Some(root.entry), "فرع").await).await;
    let draft = below(&bed, "pages", owner, None, "مسودة").await;
    let items = json!([
        { "id": "root", "entry": root.entry, "children": [{ "id": "child", "title": "اسم آخر", "entry": child.entry }] },
        { "id": "draft", "entry": draft.entry, "children": [{ "id": "below", "entry": root.entry }] },
        { "id": "away", "title": "خارج", "url": "https://example.org", "new_tab": true },
    ]);
    let menu = bed.create("menu", owner, json!({ "title": "القائمة", "items": items })).await;
    bed.publish(&menu).await;
    let read = single(&bed, CollectionKind::Navigation, "menu", &ar()).await.unwrap();
    assert_eq!(told(&read.data["items"]), "جذر /جذر[اسم آخر /جذر/فرع] خارج -");
    let unresolved: Vec<String> =
        read.unresolved.iter().map(|place| format!("{} {}", place.pointer, place.reason.as_str())).collect();
    assert_eq!(unresolved, ["/data/items/1 not_public"]);

    // What moves, is renamed or becomes public is so in the menu at once, without a publish of the menu.
    bed.publish(&bed.rename(&root, "أصل").await).await;
    bed.publish(&draft).await;
    let read = single(&bed, CollectionKind::Navigation, "menu", &ar()).await.unwrap();
    assert_eq!(told(&read.data["items"]), "جذر /أصل[اسم آخر /أصل/فرع] مسودة /مسودة[جذر /أصل] خارج -");
    assert_eq!(read.unresolved, []);

    // A target that nobody knows is a fault where it stands.
    let unknown = EntryId(uuid::Uuid::from_u128(7));
    let bad = json!({ "title": "القائمة", "items": [{ "title": "أ", "children": [{ "entry": unknown }] }] });
    let refused =
        bed.save_as(&bed.now(&menu).await, diwan_cms::RevisionInput { data: bad, ..Default::default() }).await;
    assert_eq!(refusal(refused), "faults /data/items/0/children/0/entry unknown_target");
    bed.cms.close().await.unwrap();
}

pub(crate) async fn a_menu_shows_what_is_public_in_its_own_locale(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let both = bed.publish(&below(&bed, "pages", owner, None, "كلاهما").await).await;
    bed.publish(&bed.translate(both.entry, "both", json!({ "title": "Both" })).await).await;
    let arabic = bed.publish(&below(&bed, "pages", owner, None, "عربي").await).await;
    let items = json!([{ "id": "both", "entry": both.entry }, { "id": "arabic", "entry": arabic.entry }]);
    let menu = bed.create("menu", owner, json!({ "title": "القائمة", "items": items })).await;
    bed.publish(&menu).await;
    // A fallback is another locale's answer as a whole.
    let fallback =
        bed.cms.published_single(public(), CollectionKind::Navigation, "menu", Some(&en()), Some(&ar())).await.unwrap();
    assert_eq!(told(&fallback.value.unwrap().data["items"]), "كلاهما /كلاهما عربي /عربي");
    bed.publish(&bed.translate(menu.entry, "menu", json!({ "title": "Menu" })).await).await;
    let read = single(&bed, CollectionKind::Navigation, "menu", &en()).await.unwrap();
    assert_eq!(told(&read.data["items"]), "Both /en/both");
    let reasons: Vec<&str> = read.unresolved.iter().map(|place| place.reason.as_str()).collect();
    assert_eq!(reasons, ["not_in_locale"]);
    bed.cms.close().await.unwrap();
}

pub(crate) async fn single_entries_are_answered_by_their_kind_alone(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    bed.publish(&bed.create("hidden", owner, json!({ "title": "سر" })).await).await;
    let read = async |scope, kind, handle| bed.cms.published_single(scope, kind, handle, None, None).await;
    let found = read(with_key(), CollectionKind::Global, "hidden").await.unwrap().value;
    assert_eq!(found.unwrap().data["title"], "سر");
    for (scope, kind, handle) in [
        (public(), CollectionKind::Global, "hidden"),
        (with_key(), CollectionKind::Navigation, "hidden"),
        (public(), CollectionKind::Global, "pages"),
        (public(), CollectionKind::Global, "nothing"),
    ] {
        assert_eq!(refusal(read(scope, kind, handle).await), "no collection", "{handle}");
    }
    let handles = |scope, kind| -> Vec<String> {
        bed.cms.public_collections(scope, kind).iter().map(|collection| collection.handle.to_string()).collect()
    };
    assert_eq!(handles(public(), CollectionKind::Global), ["contact"]);
    assert_eq!(handles(with_key(), CollectionKind::Global), ["contact", "hidden"]);
    assert_eq!(handles(public(), CollectionKind::Navigation), ["menu"]);
    bed.cms.close().await.unwrap();
}

pub(crate) async fn titles_become_slugs_in_ascii_where_the_collection_says_so(bed: &Bed) {
    let (bed, owner) = small(bed).await;
    let first = bed.publish(&bed.create("latin", owner, json!({ "title": "الموازنة العامة" })).await).await;
    assert_eq!(first.path.unwrap().as_str(), "/latin/al-mwazna-al-ama");
    let second = bed.create("latin", owner, json!({ "title": "الموازنه العامه" })).await;
    assert_eq!(second.slug.as_deref(), Some("al-mwaznh-al-amh"));
    let same = bed.create("latin", owner, json!({ "title": "المُوازنة العامة" })).await;
    assert_eq!(same.slug.as_deref(), Some("al-mwazna-al-ama-2"));
    // What cannot be written so keeps its letters, and what an editor writes stays.
    assert_eq!(bed.create("latin", owner, json!({ "title": "财政" })).await.slug.as_deref(), Some("财政"));
    assert_eq!(bed.rename(&second, "موازنة").await.slug.as_deref(), Some("موازنة"));
    bed.cms.close().await.unwrap();
}
