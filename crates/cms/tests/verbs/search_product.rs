//! Suggestions, related entries, synonyms, pins and the log of searches.

use diwan_cms::{
    Expect, ListQuery, RevisionInput, SearchClick, SearchInput, SearchReport, SearchReportInput, SuggestInput,
    WithdrawMode,
};
use diwan_content::{Actor, DepartmentId, rights::Role};
use serde_json::{Value, json};

use crate::{
    bed::Bed,
    searching::caught_up,
    support::{ar, item, new_entry, public, refusal, shipped_registry, someone, system, until, with_key},
};

async fn published(bed: &Bed, collection: &str, owner: DepartmentId, data: Value) -> diwan_cms::LocalizationState {
    let made = bed.cms.create_entry(&system(), new_entry(collection, Some(owner), data)).await.unwrap().value;
    bed.publish(&made).await
}

async fn suggested(bed: &Bed, beginning: &str, departments: Vec<DepartmentId>) -> Vec<String> {
    let input = SuggestInput { beginning: beginning.into(), departments, ..SuggestInput::default() };
    bed.cms.suggest(public(), input).await.unwrap().into_iter().map(|title| title.title).collect()
}

pub(crate) async fn titles_are_suggested_while_they_are_public(bed: &Bed) {
    let (one, two) = (bed.department("واحد", None).await, bed.department("اثنان", None).await);
    let below = bed.department("فرع", Some(one)).await;
    let first = bed.publish(&bed.service(below, "تجديد الرخصة").await).await;
    bed.publish(&bed.service(two, "إلغاء رخصة").await).await;
    bed.service(one, "رخصة لم تنشر").await;
    bed.cms.reindex().await.unwrap();
    let mut titles = suggested(bed, "الرخصه", vec![]).await;
    titles.sort();
    assert_eq!(titles, ["إلغاء رخصة", "تجديد الرخصة"]);
    assert_eq!(suggested(bed, "ت", vec![]).await, ["تجديد الرخصة"]);
    assert_eq!(suggested(bed, "رخ", vec![one]).await, ["تجديد الرخصة"]);
    assert_eq!(suggested(bed, "؟", vec![]).await, Vec::<String>::new());
    bed.withdraw(&first, WithdrawMode::Gone).await;
    assert_eq!(suggested(bed, "رخ", vec![one]).await, Vec::<String>::new(), "whatever the index still holds");
    let bad = SuggestInput {
        beginning: "ا".repeat(200),
        collections: vec!["nothing".into()],
        locale: Some("fr".parse().unwrap()),
        size: Some(21),
        ..SuggestInput::default()
    };
    assert_eq!(
        refusal(bed.cms.suggest(public(), bad).await),
        "parameters /collection not_allowed_here, /locale not_allowed_here, /page[size] invalid_parameter, /q invalid_parameter"
    );
}

pub(crate) async fn related_entries_are_public_and_of_one_locale(bed: &Bed) {
    let owner = bed.owner().await;
    let one = bed.publish(&bed.service(owner, "تسجيل المركبات الزراعية").await).await;
    let two = bed.publish(&bed.service(owner, "ترخيص المركبات الزراعية").await).await;
    let draft = bed.service(owner, "فحص المركبات الزراعية").await;
    bed.cms.reindex().await.unwrap();
    let related = bed.cms.related(public(), "services", one.entry, None, None, 0).await.unwrap();
    assert_eq!(related.iter().map(|hit| hit.id).collect::<Vec<_>>(), [two.entry]);
    assert_eq!(refusal(bed.cms.related(public(), "services", draft.entry, None, None, 0).await), "no entry");
    let elsewhere = bed.cms.related(public(), "news", one.entry, None, None, 0).await;
    assert_eq!(refusal(elsewhere), "no entry");
    assert_eq!(
        refusal(bed.cms.related(public(), "services", one.entry, None, Some(0), 0).await),
        "parameters /page[size] invalid_parameter"
    );
}

pub(crate) async fn synonyms_and_pins_hold_as_soon_as_they_are_published(bed: &Bed) {
    let owner = bed.owner().await;
    let customs = bed.publish(&bed.service(owner, "تخليص الجمارك").await).await;
    let other = bed.publish(&bed.service(owner, "تخليص المعاملات").await).await;
    let follower = bed.cms.start_followers(None).unwrap();
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("المكوس").await, Vec::<String>::new());
    let words = json!({ "title": "جمارك", "words": ["مكوس", "جمارك"] });
    let synonyms = published(bed, "search_synonyms", owner, words).await;
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("المكوس").await, ["تخليص الجمارك"]);
    bed.withdraw(&synonyms, WithdrawMode::Gone).await;
    caught_up(&bed.cms).await;
    assert_eq!(bed.hits("المكوس").await, Vec::<String>::new());

    let first = async |query: &str| {
        let input = SearchInput { query: query.into(), ..SearchInput::default() };
        let page = bed.cms.search(public(), input).await.unwrap();
        page.hits.first().map(|hit| (hit.id, hit.pinned))
    };
    for pinned in [customs.entry, other.entry] {
        let data = json!({ "title": "تخليص", "queries": ["تخليص", "ورق"], "entries": [pinned.to_string()] });
        let pins = published(bed, "search_pins", owner, data).await;
        caught_up(&bed.cms).await;
        assert_eq!(first("التخليص").await.map(|(_, pinned)| pinned), Some(false));
        assert_eq!(first("تَخليص").await, Some((pinned, true)));
        assert_eq!(first("ورق").await, Some((pinned, true)));
        bed.withdraw(&pins, WithdrawMode::Gone).await;
        caught_up(&bed.cms).await;
        assert_eq!(first("ورق").await, None);
    }
    follower.stop().await;
}

pub(crate) async fn internal_entries_are_for_publishers_of_the_ministry_and_delivery_knows_none(bed: &Bed) {
    let owner = bed.owner().await;
    let data = || json!({ "title": "جمارك", "words": ["مكوس", "جمارك"] });
    let of_department = someone(5, Role::Publisher, owner);
    let of_ministry = someone(6, Role::Publisher, DepartmentId::MINISTRY);
    let input = || new_entry("search_synonyms", Some(owner), data());
    assert_eq!(refusal(bed.cms.create_entry(&of_department, input()).await), "create is forbidden");
    let made = bed.cms.create_entry(&of_ministry, input()).await.unwrap().value;
    let saved = bed
        .cms
        .save(
            &of_department,
            made.entry,
            ar(),
            RevisionInput { data: data(), ..RevisionInput::default() },
            Expect::Version(made.version),
        )
        .await;
    assert_eq!(refusal(saved), "save is forbidden");
    let published = bed.cms.publish(&of_department, vec![item(&made)]).await;
    assert_eq!(refusal(published), "forbidden");
    assert_eq!(refusal(bed.cms.trash(&of_department, made.entry).await), "trash is forbidden");
    bed.cms.publish(&of_ministry, vec![item(&made)]).await.unwrap();
    for scope in [public(), with_key()] {
        let listed = bed.cms.published_list(scope, "search_synonyms", ListQuery::default()).await;
        assert_eq!(refusal(listed), "no collection");
    }
}

pub(crate) async fn searches_are_forgotten_after_half_a_year_though_nobody_searches_any_more(bed: &Bed) {
    let Some(own) = Bed::open(bed.kind(), shipped_registry()).await else { return };
    let editor = someone(4, Role::Editor, own.owner().await).actor;
    let reported = async |bed: &Bed| {
        let input =
            SearchReportInput { report: SearchReport::Frequent, from: None, to: None, locale: None, size: None };
        bed.cms.search_report(&editor, input).await.unwrap().len()
    };
    own.cms.reindex().await.unwrap();
    for client in 0..3 {
        let input = SearchInput { query: "رخصة".into(), client, ..SearchInput::default() };
        own.cms.search(public(), input).await.unwrap();
    }
    // What was gathered is written when the installation closes.
    let own = own.reopen_after(|| ()).await;
    assert_eq!(reported(&own).await, 1);
    own.clock.move_on(181 * 86_400_000);
    let follower = own.cms.start_followers(None).unwrap();
    until(async || reported(&own).await == 0).await;
    follower.stop().await;
    own.cms.close().await.unwrap();
}

pub(crate) async fn searches_are_counted_and_told_to_editors(bed: &Bed) {
    let owner = bed.owner().await;
    let live = bed.publish(&bed.service(owner, "تجديد رخصة").await).await;
    bed.cms.reindex().await.unwrap();
    for query in ["رخصه", "رخصة", "ديناصورات", "هوية 902345678"] {
        for client in 0..3 {
            let input = SearchInput { query: query.into(), locale: Some(ar()), client, ..SearchInput::default() };
            bed.cms.search(public(), input).await.unwrap();
        }
    }
    let once = SearchInput { query: "اسم أحدهم".into(), locale: Some(ar()), ..SearchInput::default() };
    bed.cms.search(public(), once).await.unwrap();
    let click = |query: &str, entry| SearchClick { query: query.into(), locale: Some(ar()), entry, position: 1 };
    let draft = bed.service(owner, "تجديد رخصة أخرى").await;
    let nowhere = diwan_content::EntryId(uuid::Uuid::from_u128(7));
    bed.cms.record_click(public(), &click("رخصة", live.entry));
    for (query, entry) in [("لم يسأل أحد", live.entry), ("رخصة", draft.entry), ("رخصة", nowhere)] {
        bed.cms.record_click(public(), &click(query, entry));
    }
    let follower = bed.cms.start_followers(None).unwrap();
    let editor = someone(4, Role::Editor, owner).actor;
    let report = async |report| {
        let input = SearchReportInput { report, from: None, to: None, locale: None, size: None };
        let told = bed.cms.search_report(&editor, input).await.unwrap();
        told.into_iter().map(|q| (q.query, q.searches, q.empty_searches, q.clicks)).collect::<Vec<_>>()
    };
    until(async || !report(SearchReport::Frequent).await.is_empty()).await;
    follower.stop().await;
    assert_eq!(report(SearchReport::Frequent).await, [("رخصه".into(), 6, 0, 1), ("ديناصورات".into(), 3, 3, 0)]);
    assert_eq!(report(SearchReport::Empty).await, [("ديناصورات".into(), 3, 3, 0)]);
    let input = SearchReportInput {
        report: SearchReport::Empty,
        from: Some("yesterday".into()),
        to: None,
        locale: None,
        size: Some(0),
    };
    assert_eq!(
        refusal(bed.cms.search_report(&editor, input.clone()).await),
        "parameters /page[size] invalid_parameter, /from invalid_parameter"
    );
    assert_eq!(refusal(bed.cms.search_report(&Actor::anonymous(), input).await), "read is forbidden");
}
