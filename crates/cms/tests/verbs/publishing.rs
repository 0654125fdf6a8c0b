//! Save, publish, withdraw, restore: what editors do to one entry and what the public reads of it.

use diwan_cms::{
    CmsError, EntryRead, Expect, PublishItem, PublishedEntry, RevisionInput, Thing, Translation, WithdrawMode,
};
use diwan_content::{Actor, ContentHash, Locale, PublicPath, RevisionNumber, Status, Timestamp, Version};
use serde_json::{Map, Value, json};

use crate::{
    bed::Bed,
    support::{ar, item, public, refusal, service, system, withdrawal},
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) async fn what_was_published_is_read_by_path_and_by_id(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.page(owner, None, "من-نحن").await;
    assert_eq!((page.status, page.version, page.head), (Status::Draft, Version(1), RevisionNumber(1)));
    assert_eq!((bed.at("/من-نحن").await, bed.by_id(&page).await), ("absent".into(), "absent".into()));

    let outcome = bed.cms.publish_one(&system(), item(&page)).await.unwrap();
    assert_eq!(outcome.sequence, Some(bed.cms.last_sequence().await.unwrap()));
    let published = outcome.value;
    assert_eq!(
        (published.status, published.version, published.published),
        (Status::Published, Version(2), Some(page.head))
    );
    let path = PublicPath::from_request("/من-نحن").unwrap();
    assert_eq!(published.path, Some(path.clone()));

    let EntryRead::Entry(by_path) = bed.cms.content(public(), None, &path).await.unwrap().value else {
        panic!("no entry")
    };
    assert_eq!(*by_path, bed.read("pages", page.entry, &ar()).await);
    let PublishedEntry { first_published_at, published_at, rank, .. } = (*by_path).clone();
    assert_eq!(first_published_at, published_at);
    let expected = PublishedEntry {
        truncated: Vec::new(),
        id: page.entry,
        collection: "pages".parse().unwrap(),
        blueprint: "pages".parse().unwrap(),
        locale: ar(),
        path: Some(path.clone()),
        slug: "من-نحن".parse().unwrap(),
        department: owner,
        revision: RevisionNumber(1),
        parent: None,
        rank,
        date: None,
        first_published_at,
        published_at,
        translations: vec![Translation { locale: ar(), path: Some(path) }],
        data: values(&json!({
            "title": "من-نحن من-نحن", "summary": null, "body": null, "article": null, "image": null, "attachments": [], "menu_title": null,
            "show_in_menu": true, "featured": [], "action_label": null, "action_link": null, "reviewed_on": null,
            "seo_meta_title": null, "seo_meta_description": null, "seo_share_image": null, "seo_canonical": null, "seo_noindex": false
        })),
        included: [].into(),
        unresolved: vec![],
    };
    assert_eq!(*by_path, expected);
}

fn values(value: &Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

pub(crate) async fn saving_never_publishes_and_the_named_revision_is_what_becomes_public(bed: &Bed) {
    let owner = bed.owner().await;
    let first = bed.publish(&bed.service(owner, "الأولى").await).await;
    let second = bed.save(&first, service("الثانية")).await;
    let third = bed.save(&second, service("الثالثة")).await;
    assert_eq!((third.status, third.published, third.head), (Status::Changed, Some(first.head), RevisionNumber(3)));
    let read = bed.read("services", first.entry, &ar()).await;
    assert_eq!((&read.data["title"], read.revision), (&json!("الأولى"), RevisionNumber(1)));

    // The second one is approved although the third one is there already.
    let approved = PublishItem { revision: second.head, hash: second.hash, ..item(&third) };
    let published = bed.cms.publish_one(&system(), approved).await.unwrap().value;
    assert_eq!((published.status, published.published), (Status::Changed, Some(RevisionNumber(2))));
    let read = bed.read("services", first.entry, &ar()).await;
    assert_eq!((&read.data["title"], read.revision), (&json!("الثانية"), RevisionNumber(2)));

    // And back to the first one.
    let old = PublishItem { revision: first.head, hash: first.hash, ..item(&published) };
    let published = bed.cms.publish_one(&system(), old).await.unwrap().value;
    assert_eq!((published.status, published.published), (Status::Changed, Some(RevisionNumber(1))));
    let back = bed.read("services", first.entry, &ar()).await;
    assert_eq!((&back.data["title"], back.revision), (&json!("الأولى"), RevisionNumber(1)));
    assert!(back.published_at > read.published_at && back.first_published_at < read.published_at);
}

pub(crate) async fn what_was_not_approved_is_not_published(bed: &Bed) {
    let owner = bed.owner().await;
    let first = bed.service(owner, "الأولى").await;
    let second = bed.save(&first, service("الثانية")).await;
    let before = bed.cms.last_sequence().await.unwrap();
    let wrong_hash = PublishItem { hash: first.hash, ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), wrong_hash).await), "hash_mismatch");
    let stale = PublishItem { version: first.version, ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), stale).await), "version is 2");
    let ahead = PublishItem { version: Version(9), ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), ahead).await), "version is 2");
    let no_revision = PublishItem { revision: RevisionNumber(7), ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), no_revision).await), "no revision");
    let no_locale = PublishItem { locale: "en".parse().unwrap(), ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), no_locale).await), "no localization");
    let forged = PublishItem { hash: ContentHash::of(b""), ..item(&second) };
    assert_eq!(refusal(bed.cms.publish_one(&system(), forged).await), "hash_mismatch");
    assert_eq!(
        refusal(bed.cms.publish(&system(), vec![item(&second), item(&second)]).await),
        "faults /items/1 duplicate_item"
    );
    assert_eq!(
        refusal(bed.save_as(&first, RevisionInput { data: service("ث"), ..RevisionInput::default() }).await),
        "version is 2"
    );
    assert_eq!(bed.cms.last_sequence().await.unwrap(), before);
    assert_eq!((bed.by_id(&first).await, bed.now(&first).await), ("absent".into(), second));
}

pub(crate) async fn all_faults_are_told_at_once_and_required_values_only_when_publishing(bed: &Bed) {
    let owner = bed.owner().await;
    let draft = bed.create("services", owner, json!({ "title": "بلا خلاصة" })).await;
    assert_eq!(
        refusal(bed.cms.publish_one(&system(), item(&draft)).await),
        "faults /data/summary required, /data/body required, /data/audience required"
    );
    assert_eq!(
        refusal(bed.publish_all(&[&draft]).await),
        "faults /items/0/data/summary required, /items/0/data/body required, /items/0/data/audience required"
    );
    let bad = json!({ "title": 7, "fees": -1, "audience": ["nobody"], "unknown": 1 });
    let input = RevisionInput { data: bad, slug: Some("a b".into()), ..RevisionInput::default() };
    assert_eq!(
        refusal(bed.save_as(&draft, input).await),
        "faults /data/title wrong_type, /data/audience/0 not_an_option, /data/unknown unknown_field, \
         /slug invalid_slug"
    );
}

pub(crate) async fn publishing_again_what_is_public_changes_nothing(bed: &Bed) {
    let owner = bed.owner().await;
    let public_state = bed.publish(&bed.service(owner, "خدمة").await).await;
    let before = (bed.cms.last_sequence().await.unwrap(), bed.read("services", public_state.entry, &ar()).await);
    let again = bed.cms.publish_one(&system(), item(&public_state)).await.unwrap();
    assert_eq!((&again.value, again.sequence), (&public_state, None));
    assert_eq!((bed.cms.last_sequence().await.unwrap(), bed.read("services", public_state.entry, &ar()).await), before);
}

pub(crate) async fn a_withdrawn_page_answers_gone_with_the_date(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let first = bed.read("pages", page.entry, &ar()).await;
    let withdrawn = bed.withdraw(&page, WithdrawMode::Gone).await;
    assert_eq!((withdrawn.status, withdrawn.published, withdrawn.path.clone()), (Status::Withdrawn, None, None));
    let path = PublicPath::from_request("/صفحة").unwrap();
    let EntryRead::Gone { at } = bed.cms.content(public(), None, &path).await.unwrap().value else {
        panic!("not gone")
    };
    assert!(at > first.published_at);
    assert_eq!(at, bed.events().await.last().unwrap().at);
    assert_eq!(bed.by_id(&page).await, format!("gone {at}"));
    assert_eq!(refusal(bed.cms.withdraw(&system(), withdrawal(&withdrawn, WithdrawMode::Gone)).await), "not_public");
    assert_eq!(refusal(bed.cms.withdraw(&system(), withdrawal(&page, WithdrawMode::Gone)).await), "version is 3");

    // Public again, at the time at which it first was.
    bed.publish(&withdrawn).await;
    let again = bed.read("pages", page.entry, &ar()).await;
    assert_eq!(again.first_published_at, first.first_published_at);
    assert!(again.published_at > at);
    assert_eq!(bed.at("/صفحة").await, "ar صفحة صفحة");
}

pub(crate) async fn a_page_withdrawn_under_another_path_than_before_is_gone_at_both(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "قديم").await;
    let page = bed.publish(&bed.rename(&page, "جديد").await).await;
    let withdrawn = bed.withdraw(&page, WithdrawMode::Gone).await;
    let gone = format!("gone {}", bed.events().await.last().unwrap().at);
    assert_eq!((bed.at("/قديم").await, bed.at("/جديد").await), (gone.clone(), gone));
    // Back at a third path: both lead there.
    bed.publish(&bed.rename(&withdrawn, "ثالث").await).await;
    assert_eq!((bed.at("/قديم").await, bed.at("/جديد").await), ("ar -> /ثالث".into(), "ar -> /ثالث".into()));
}

pub(crate) async fn a_page_withdrawn_as_redirect_leads_to_where_the_other_one_lives_now(bed: &Bed) {
    let owner = bed.owner().await;
    let old = bed.live_page(owner, None, "قديم").await;
    let new = bed.live_page(owner, None, "جديد").await;
    let draft = bed.page(owner, None, "مسودة").await;
    for bad in [old.entry, draft.entry] {
        let refused = bed.cms.withdraw(&system(), withdrawal(&old, WithdrawMode::Redirect(bad))).await;
        assert_eq!(refusal(refused), "faults /to invalid_redirect");
    }
    bed.withdraw(&old, WithdrawMode::Redirect(new.entry)).await;
    assert_eq!((bed.at("/قديم").await, bed.by_id(&old).await), ("ar -> /جديد".into(), "ar -> /جديد".into()));
    let new = bed.publish(&bed.rename(&new, "أجدد").await).await;
    assert_eq!((bed.at("/قديم").await, bed.at("/جديد").await), ("ar -> /أجدد".into(), "ar -> /أجدد".into()));

    // That one goes on to a third: no chain is left.
    let third = bed.live_page(owner, None, "ثالث").await;
    bed.withdraw(&new, WithdrawMode::Redirect(third.entry)).await;
    for path in ["/قديم", "/جديد", "/أجدد"] {
        assert_eq!(bed.at(path).await, "ar -> /ثالث", "{path}");
    }
    bed.withdraw(&third, WithdrawMode::Vanished).await;
    for path in ["/قديم", "/جديد", "/أجدد", "/ثالث"] {
        assert_eq!(bed.at(path).await, "absent", "{path}");
    }
}

pub(crate) async fn what_led_to_a_page_leads_to_it_again_when_it_is_public_again(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "أول").await;
    let page = bed.publish(&bed.rename(&page, "ثان").await).await;
    let other = bed.live_page(owner, None, "بديل").await;
    let page = bed.withdraw(&page, WithdrawMode::Redirect(other.entry)).await;
    assert_eq!((bed.at("/أول").await, bed.at("/ثان").await), ("ar -> /بديل".into(), "ar -> /بديل".into()));
    let page = bed.publish(&bed.rename(&page, "ثالث").await).await;
    assert_eq!((bed.at("/أول").await, bed.at("/ثان").await), ("ar -> /ثالث".into(), "ar -> /ثالث".into()));
    // What is in the trash leads nowhere, and nothing leads to it.
    bed.withdraw(&page, WithdrawMode::Redirect(other.entry)).await;
    bed.withdraw(&other, WithdrawMode::Gone).await;
    assert!(bed.at("/أول").await.starts_with("gone") && bed.by_id(&page).await.starts_with("gone"));
    bed.cms.trash(&system(), other.entry).await.unwrap();
    for path in ["/أول", "/ثان", "/ثالث", "/بديل"] {
        assert_eq!(bed.at(path).await, "absent", "{path}");
    }
}

pub(crate) async fn a_vanished_page_answers_as_if_it_had_never_been(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "سر").await;
    let page = bed.publish(&bed.rename(&page, "سر-آخر").await).await;
    let vanished = bed.withdraw(&page, WithdrawMode::Vanished).await;
    assert_eq!(vanished.status, Status::Withdrawn);
    assert_eq!(
        (bed.at("/سر").await, bed.at("/سر-آخر").await, bed.by_id(&page).await),
        ("absent".into(), "absent".into(), "absent".into())
    );
}

pub(crate) async fn a_restored_revision_is_a_new_head_and_not_public(bed: &Bed) {
    let owner = bed.owner().await;
    let first = bed.publish(&bed.service(owner, "الأولى").await).await;
    let input =
        RevisionInput { data: service("الثانية"), slug: Some("آخر".into()), ..RevisionInput::default() };
    let second = bed.save_as(&first, input).await.unwrap().value;
    let second = bed.publish(&second).await;
    let restored = bed
        .cms
        .restore_revision(&system(), first.entry, ar(), RevisionNumber(1), Some("عودة".into()), second.version)
        .await
        .unwrap()
        .value;
    assert_eq!(
        (restored.head, restored.published, restored.status),
        (RevisionNumber(3), Some(RevisionNumber(2)), Status::Changed)
    );
    assert_eq!((restored.hash, restored.slug.as_deref()), (first.hash, Some("الأولى")));
    let head = bed.cms.manage_localization(&Actor::system(), first.entry, &ar()).await.unwrap();
    assert_eq!((&head.data["title"], head.note.as_deref()), (&json!("الأولى"), Some("عودة")));
    assert_eq!(bed.read("services", first.entry, &ar()).await.data["title"], "الثانية");
    let summary = &bed.cms.revisions(&Actor::system(), first.entry, &ar(), None, 10).await.unwrap()[0];
    assert_eq!((summary.number, summary.based_on), (RevisionNumber(3), Some(RevisionNumber(1))));
    let comparison =
        bed.cms.compare_revisions(&Actor::system(), first.entry, &ar(), RevisionNumber(2), RevisionNumber(3)).await;
    let comparison = comparison.unwrap();
    let envelope: Vec<_> = comparison.envelope.iter().map(|d| (d.name, d.from.clone(), d.to.clone())).collect();
    assert_eq!(envelope, [("slug", json!("آخر"), json!("الأولى"))]);
    // The second one was sent without what the first one had by default.
    let fields: Vec<&str> = comparison.fields.iter().map(|difference| difference.field.as_str()).collect();
    assert_eq!(fields, ["title", "available_online", "seo_noindex"]);
    let stale = bed.cms.restore_revision(&system(), first.entry, ar(), RevisionNumber(1), None, second.version).await;
    assert_eq!(refusal(stale), "version is 5");
    let missing =
        bed.cms.restore_revision(&system(), first.entry, ar(), RevisionNumber(9), None, restored.version).await;
    assert_eq!(refusal(missing), "no revision");
}

pub(crate) async fn a_localization_is_made_once(bed: &Bed) {
    let owner = bed.owner().await;
    let state = bed.service(owner, "خدمة").await;
    let input = || RevisionInput { data: json!({ "title": "A service" }), ..RevisionInput::default() };
    let locale: Locale = "en".parse().unwrap();
    let ctx = system();
    let save = |locale: Locale, expect| bed.cms.save(&ctx, state.entry, locale, input(), expect);
    assert_eq!(refusal(save(locale.clone(), Expect::Version(Version(1))).await), "no localization");
    assert_eq!(save(locale.clone(), Expect::Absent).await.unwrap().value.slug.as_deref(), Some("a-service"));
    assert_eq!(refusal(save(locale, Expect::Absent).await), "localization_exists");
    let unknown = save("fr".parse().unwrap(), Expect::Absent).await;
    assert!(matches!(&unknown, Err(CmsError::NotFound(Thing::UnknownLocale(_, _, locales))) if !locales.is_empty()));
    assert_eq!(refusal(unknown), "no localization");
}

pub(crate) async fn times_come_from_the_clock_alone(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let read = bed.read("pages", page.entry, &ar()).await;
    assert!(read.published_at >= at("2026-01-01T00:00:00Z") && read.published_at < at("2026-01-01T01:00:00Z"));
    let entry = bed.cms.published_entry(public(), "pages", page.entry, None, None).await.unwrap();
    assert!(matches!(entry.value, EntryRead::Entry(_)));
}
