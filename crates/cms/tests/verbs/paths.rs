//! Where pages live: slugs, redirects, swaps.

use diwan_cms::{CmsError, Keep, LocalizationState, RevisionInput, WithdrawMode};
use diwan_content::{Slug, rights::Role};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, en, item, new_entry, refusal, registry_with, service, someone, system},
};

pub(crate) async fn a_slug_is_made_of_the_title_and_numbered_when_its_path_is_taken(bed: &Bed) {
    let owner = bed.owner().await;
    let slugs = |state: &LocalizationState| (state.slug.clone().unwrap(), state.wanted_slug.clone());
    let first = bed.service(owner, "تجديد الرخصة").await;
    assert_eq!(slugs(&first), ("تجديد-الرخصة".to_owned(), None));
    let first = bed.publish(&first).await;
    let same = bed.service(owner, "تجديد الرخصه").await;
    // The answer of the save says that another slug had to be taken.
    assert_eq!(slugs(&same), ("تجديد-الرخصه-2".to_owned(), Some("تجديد-الرخصه".to_owned())));
    assert_eq!(bed.now(&same).await.wanted_slug, None);
    // Also a path that leads on is somebody's.
    bed.publish(&bed.rename(&first, "آخر").await).await;
    let same = bed.service(owner, "تجديد الرخصة").await;
    assert_eq!(slugs(&same), ("تجديد-الرخصة-2".to_owned(), Some("تجديد-الرخصة".to_owned())));
    let nothing = bed.service(owner, "؟؟؟").await;
    assert_eq!((&nothing.slug, &nothing.wanted_slug), (&None, &None));
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&nothing)).await), "faults /slug required");
}

pub(crate) async fn variants_of_spelling_are_one_path_and_are_led_to_it(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "الموازنة-2026").await;
    assert_eq!(bed.at("/الموازنة-2026").await, "ar الموازنة-2026 الموازنة-2026");
    for variant in ["/الموازنه-2026", "/الموازنة-٢٠٢٦", "/المُوازنة-۲۰۲۶", "/الموازنـــة-2026"]
    {
        assert_eq!(bed.at(variant).await, "ar -> /الموازنة-2026", "{variant}");
    }
    let same = bed.page(owner, None, "الموازنه-2026").await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&same)).await), "faults /slug path_taken");
    assert_eq!(bed.now(&page).await, page);
}

pub(crate) async fn a_path_change_leaves_redirects_without_chains_or_loops(bed: &Bed) {
    let owner = bed.owner().await;
    let mut page = bed.live_page(owner, None, "a").await;
    for slug in ["b", "c"] {
        page = bed.publish(&bed.rename(&page, slug).await).await;
    }
    assert_eq!((bed.at("/a").await, bed.at("/b").await), ("ar -> /c".into(), "ar -> /c".into()));
    page = bed.publish(&bed.rename(&page, "a").await).await;
    assert_eq!(page.path.map(|path| path.to_string()), Some("/a".into()));
    assert_eq!(
        (bed.at("/a").await, bed.at("/b").await, bed.at("/c").await),
        ("ar a a".into(), "ar -> /a".into(), "ar -> /a".into())
    );
    assert_eq!(bed.paths(&ar()).await, ["/a"]);
}

pub(crate) async fn another_spelling_of_the_same_path_is_no_redirect_to_itself(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "الموازنه").await;
    bed.publish(&bed.rename(&page, "الموازنة").await).await;
    assert_eq!(
        (bed.at("/الموازنة").await, bed.at("/الموازنه").await),
        ("ar الموازنه الموازنه".into(), "ar -> /الموازنة".into())
    );
    assert_eq!(bed.paths(&ar()).await, ["/الموازنة"]);
}

pub(crate) async fn two_pages_swap_their_paths_in_one_publish(bed: &Bed) {
    let owner = bed.owner().await;
    let (one, two) = (bed.live_page(owner, None, "one").await, bed.live_page(owner, None, "two").await);
    let (new_one, new_two) = (bed.rename(&one, "two").await, bed.rename(&two, "one").await);
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&new_one)).await), "faults /slug path_taken");
    bed.publish_all(&[&new_one, &new_two]).await.unwrap();
    assert_eq!((bed.at("/one").await, bed.at("/two").await), ("ar two two".into(), "ar one one".into()));
    // Three of them in a ring.
    let three = bed.live_page(owner, None, "three").await;
    let (one, two) = (bed.now(&one).await, bed.now(&two).await);
    let ring = [bed.rename(&one, "one").await, bed.rename(&two, "three").await, bed.rename(&three, "two").await];
    bed.publish_all(&ring.each_ref()).await.unwrap();
    assert_eq!(
        (bed.at("/one").await, bed.at("/two").await, bed.at("/three").await),
        ("ar one one".into(), "ar three three".into(), "ar two two".into())
    );
}

pub(crate) async fn a_taken_path_is_a_fault_at_the_slug(bed: &Bed) {
    let owner = bed.owner().await;
    bed.live_page(owner, None, "same").await;
    let other = bed.page(owner, None, "same").await;
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&other)).await), "faults /slug path_taken");
    // Two new ones that want the same path, each told where.
    let (a, b) = (bed.page(owner, None, "new").await, bed.page(owner, None, "NEW".to_lowercase().as_str()).await);
    assert_eq!(refusal(bed.publish_all(&[&a, &b]).await), "faults /items/1/slug path_taken");
    assert_eq!(bed.paths(&ar()).await, ["/same"]);
}

pub(crate) async fn a_new_page_takes_over_a_redirect_or_what_is_gone(bed: &Bed) {
    let owner = bed.owner().await;
    let moved = bed.live_page(owner, None, "a").await;
    let moved = bed.publish(&bed.rename(&moved, "b").await).await;
    let new = bed.live_page(owner, None, "a").await;
    assert_eq!((bed.at("/a").await, bed.at("/b").await), ("ar a a".into(), "ar a a".into()));
    // The first one moves on: what lives at /a now stays.
    bed.publish(&bed.rename(&moved, "c").await).await;
    assert_eq!((bed.at("/a").await, bed.at("/b").await), ("ar a a".into(), "ar -> /c".into()));
    bed.withdraw(&new, WithdrawMode::Gone).await;
    bed.live_page(owner, None, "a").await;
    assert_eq!(bed.at("/a").await, "ar a a");
    // Its own return to the path that another one took is refused.
    assert_eq!(refusal(bed.cms.publish_one(&system(), item(&bed.now(&new).await)).await), "faults /slug path_taken");
}

/// The parameters of the one fault of a refusal.
fn params<T: std::fmt::Debug>(refused: Result<T, CmsError>) -> serde_json::Value {
    match refused {
        Err(CmsError::Faults(faults)) if faults.len() == 1 => json!(faults[0].params),
        other => panic!("not one fault: {other:?}"),
    }
}

pub(crate) async fn a_taken_path_names_its_holder_to_those_who_may_know_and_a_free_slug(bed: &Bed) {
    let (ours, theirs) = (bed.department("قسمنا", None).await, bed.department("قسمهم", None).await);
    let editor = someone(9, Role::Publisher, ours);
    let holder = bed.live_page(theirs, None, "الخطة").await;
    bed.page(theirs, None, "الخطة-2").await;
    let same = bed.page(ours, None, "الخطه").await;
    let public = json!({ "path": "/الخطه", "suggestion": "الخطه-2", "entry": holder.entry, "title": "الخطة الخطة" });
    assert_eq!(params(bed.cms.publish_one(&editor, item(&same)).await), public);
    bed.live_page(theirs, None, "الخطة-2").await;
    let suggestion = params(bed.cms.publish_one(&editor, item(&same)).await)["suggestion"].clone();
    assert_eq!(suggestion, "الخطه-3");
}

pub(crate) async fn a_taken_path_does_not_name_what_is_for_holders_of_a_key(bed: &Bed) {
    let registry = registry_with(|name, text| match name {
        "collections/services.yaml" => text.replace("access: public", "access: key"),
        _ => text,
    });
    let Some(bed) = &Bed::open(bed.kind(), registry).await else { return };
    let (ours, theirs) = (bed.department("قسمنا", None).await, bed.department("قسمهم", None).await);
    let editor = someone(9, Role::Publisher, ours);
    let secret = bed.publish(&bed.service(theirs, "سرية").await).await;
    let mut second = new_entry("services", Some(ours), service("أخرى"));
    second.revision.slug = secret.slug.clone();
    let second = bed.cms.create_entry(&editor, second).await.unwrap().value;
    let told = params(bed.cms.publish_one(&editor, item(&second)).await);
    assert_eq!(told, json!({ "path": "/services/سرية", "suggestion": "سرية-2" }));
    let told = params(bed.cms.publish_one(&system(), item(&second)).await);
    assert_eq!((&told["entry"], &told["title"]), (&json!(secret.entry), &json!("سرية")));
    bed.cms.close().await.unwrap();
}

pub(crate) async fn a_parent_that_is_not_public_is_named_with_the_locale(bed: &Bed) {
    let owner = bed.owner().await;
    let above = bed.page(owner, None, "above").await;
    let below = bed.page(owner, Some(above.entry), "below").await;
    let told = json!({ "locale": "ar", "parent": above.entry });
    assert_eq!(params(bed.cms.publish_one(&system(), item(&below)).await), told);
    bed.publish(&above).await;
    bed.publish(&below).await;
    let english = bed.translate(below.entry, "below-en", json!({ "title": "Below" })).await;
    let told = json!({ "locale": "en", "parent": above.entry });
    assert_eq!(params(bed.cms.publish_one(&system(), item(&english)).await), told);
}

pub(crate) async fn a_slug_or_path_that_is_too_long_is_a_fault(bed: &Bed) {
    let owner = bed.owner().await;
    let long = "ا".repeat(180);
    let mut parent = None;
    let mut refused = None;
    for _ in 0..4 {
        let mut input = new_entry("pages", Some(owner), json!({ "title": "عنوان" }));
        input.revision.slug = Some(long.clone());
        input.revision.parent = parent.map_or(Keep::Keep, Keep::Set);
        match bed.cms.create_entry(&system(), input).await {
            Ok(made) => match bed.cms.publish_one(&system(), item(&made.value)).await {
                Ok(done) => parent = Some(done.value.entry),
                error => refused = Some(refusal(error)),
            },
            error => refused = Some(refusal(error)),
        }
        if refused.is_some() {
            break;
        }
    }
    let refused = refused.unwrap();
    assert!(refused == "faults /slug path_too_long" || refused == "faults /slug invalid_slug", "{refused}");
}

pub(crate) async fn a_dated_entry_lives_under_its_year(bed: &Bed) {
    let owner = bed.owner().await;
    let data = json!({ "title": "إقرار الموازنة", "kind": "news", "summary": "خلاصة", "body": "نص" });
    let mut input = new_entry("news", Some(owner), data.clone());
    input.revision.date = Some("2025-05-01".parse().unwrap());
    let news = bed.publish(&bed.cms.create_entry(&system(), input).await.unwrap().value).await;
    assert_eq!(bed.at("/news/2025/إقرار-الموازنة").await, "ar إقرار الموازنة");
    let english = bed.translate(news.entry, "budget", json!({ "title": "Budget", "summary": "s", "body": "b" })).await;
    bed.publish(&english).await;
    let input = RevisionInput { data, date: Some("2024-05-01".parse().unwrap()), ..RevisionInput::default() };
    let moved = bed.save_as(&news, input).await.unwrap().value;
    assert_eq!(bed.at("/en/news/2025/budget").await, "en Budget");
    let before = bed.cms.last_sequence().await.unwrap().0;
    bed.publish(&moved).await;
    // The English page takes the date from the origin.
    assert_eq!(bed.at("/news/2025/إقرار-الموازنة").await, "ar -> /news/2024/إقرار-الموازنة");
    assert_eq!(bed.at("/en/news/2025/budget").await, "en -> /en/news/2024/budget");
    assert_eq!(bed.events_after(before).await, ["published ar", "represented en by 1"]);
    assert_eq!(bed.paths(&en()).await, ["/en/news/2024/budget"]);
    let none = new_entry("services", Some(owner), service("خدمة"));
    let with_date = RevisionInput { date: Some("2024-05-01".parse().unwrap()), ..none.revision.clone() };
    let refused = bed.cms.create_entry(&system(), diwan_cms::CreateEntry { revision: with_date, ..none }).await;
    assert_eq!(refusal(refused), "faults /date unknown_field");
}

pub(crate) async fn a_date_that_is_left_out_is_today_where_the_installation_is(bed: &Bed) {
    let riyadh = "Asia/Riyadh".parse().unwrap();
    let Some(there) = Bed::open_in(bed.kind(), bed.registry.clone(), riyadh).await else { return };
    // 01:30 on New Year's Day in Riyadh, 22:30 on the day before in UTC.
    let until_then = ((364 * 24 + 22) * 60 + 30) * 60_000;
    for (bed, year) in [(bed, 2026), (&there, 2027)] {
        bed.clock.move_on(until_then);
        let owner = bed.owner().await;
        let data = json!({ "title": "تهنئة", "kind": "news", "summary": "خلاصة", "body": "نص" });
        let news = bed.publish(&bed.create("news", owner, data).await).await;
        assert_eq!(bed.at(&format!("/news/{year}/تهنئة")).await, "ar تهنئة");
        let date = bed.read("news", news.entry, &ar()).await.date.unwrap();
        assert_eq!(date, bed.cms.today());
    }
    there.cms.close().await.unwrap();
}

pub(crate) async fn a_numbered_slug_is_no_longer_than_any_other(bed: &Bed) {
    let owner = bed.owner().await;
    let title = "خبر ".repeat(40);
    let first = bed.publish(&bed.service(owner, &title).await).await;
    let second = bed.service(owner, &title).await;
    let (first, slug) = (first.slug.unwrap(), second.slug.clone().unwrap());
    assert!(slug.ends_with("-2") && slug.chars().count() <= Slug::MAX_CHARS && slug != first, "{slug}");
    // What was read can be sent back, also what the rules of today would not make.
    let second = bed.rename(&second, &slug).await;
    let told = async |slug: &str| refusal(bed.save_place(&second, Some(slug), Keep::Keep).await);
    assert_eq!(told(&format!("{slug}-3-{slug}")).await, "faults /slug invalid_slug");
    let mut third = new_entry("services", Some(owner), service(&title));
    third.revision.slug = Some(first.clone());
    let third = bed.cms.create_entry(&system(), third).await.unwrap().value;
    let suggestion = params(bed.cms.publish_one(&system(), item(&third)).await)["suggestion"].clone();
    let suggestion = suggestion.as_str().unwrap();
    bed.publish(&bed.rename(&third, suggestion).await).await;
}

pub(crate) async fn a_slug_is_suggested_only_for_the_page_that_it_is_for(bed: &Bed) {
    let owner = bed.owner().await;
    let holder = bed.live_page(owner, None, "خطة").await;
    // Two pages are published together: no suggestion may name the slug that the other page wants.
    let (one, two) = (bed.page(owner, None, "خطة").await, bed.page(owner, None, "خطة-2").await);
    let told = params(bed.publish_all(&[&one, &two]).await);
    assert_eq!((&told["entry"], &told["suggestion"]), (&json!(holder.entry), &json!("خطة-3")));
    // A page below moves with its parent onto a path that is taken: another slug of the parent is none of its own.
    bed.publish(&bed.service(owner, "خدمة").await).await;
    let parent = bed.live_page(owner, None, "above").await;
    bed.live_page(owner, Some(parent.entry), "خدمة").await;
    let renamed = bed.rename(&parent, "services").await;
    let told = params(bed.cms.publish_one(&system(), item(&renamed)).await);
    assert_eq!((&told["path"], told.get("suggestion")), (&json!("/services/خدمة"), None));
}
