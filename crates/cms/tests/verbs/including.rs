//! What is expanded beside entries, and what their data is narrowed to.

use diwan_cms::{
    CmsError, EntryRead, Included, ListQuery, LocalizationState, PublishedEntry, ReadRequest, RevisionInput, Selection,
    WithdrawMode,
};
use diwan_content::{DepartmentId, EntryId, rights::PublicScope};
use serde_json::json;

use crate::{
    bed::Bed,
    support::{ar, png, public, refusal, registry_with, with_key},
};

pub(crate) fn selection(include: &str) -> Selection {
    Selection { include: (!include.is_empty()).then(|| include.to_owned()), ..Selection::default() }
}

/// A request of anybody for more than the entry itself.
fn with(scope: PublicScope, selection: Selection) -> ReadRequest {
    ReadRequest { selection, ..scope.into() }
}

/// An entry in a line, with what it includes.
pub(crate) fn told(entry: &PublishedEntry) -> String {
    let mut parts = vec![format!("{}", entry.data.get("title").map_or("?", |title| title.as_str().unwrap()))];
    for (name, included) in &entry.included {
        let items: Vec<String> = included
            .iter()
            .map(|item| match item {
                Included::Asset(asset) => asset.name.clone(),
                Included::Entry(entry) => told(entry),
            })
            .collect();
        parts.push(format!("{name}({})", items.join(" ")));
    }
    parts.join(":")
}

async fn read(bed: &Bed, state: &LocalizationState, request: ReadRequest) -> PublishedEntry {
    let found = bed.cms.published_entry(request, state.collection.as_str(), state.entry, Some(&ar()), None).await;
    match found.unwrap().value {
        EntryRead::Entry(entry) => *entry,
        other @ (EntryRead::Moved { .. } | EntryRead::Gone { .. } | EntryRead::Absent) => panic!("{other:?}"),
    }
}

async fn tree(bed: &Bed, state: &LocalizationState, include: &str) -> String {
    told(&read(bed, state, with(public(), selection(include))).await)
}

/// A public page that features others.
async fn featuring(bed: &Bed, owner: DepartmentId, title: &str, others: &[EntryId]) -> LocalizationState {
    let made = bed.create("pages", owner, json!({ "title": title, "featured": others })).await;
    bed.publish(&made).await
}

pub(crate) async fn names_lead_from_entry_to_entry_to_depth_three_and_back_again(bed: &Bed) {
    let owner = bed.owner().await;
    let first = featuring(bed, owner, "أولى", &[]).await;
    let second = featuring(bed, owner, "ثانية", &[first.entry]).await;
    let third = featuring(bed, owner, "ثالثة", &[second.entry, first.entry]).await;
    let data = json!({ "title": "أولى", "featured": [third.entry] });
    let first = bed.publish(&bed.save(&first, data).await).await;
    assert_eq!(tree(bed, &first, "featured").await, "أولى:featured(ثالثة)");
    // A circle ends where the names do.
    assert_eq!(
        tree(bed, &first, "featured.featured.featured").await,
        "أولى:featured(ثالثة:featured(ثانية:featured(أولى) أولى:featured(ثالثة)))"
    );
    assert_eq!(
        tree(bed, &first, "featured_on,featured.featured_on").await,
        "أولى:featured(ثالثة:featured_on(أولى)):featured_on(ثالثة ثانية)"
    );
    // The reference itself stays an id, and the included entry has the shape of one that was asked for.
    let entry = read(bed, &first, with(public(), selection("featured"))).await;
    assert_eq!(entry.data["featured"], json!([third.entry]));
    let Included::Entry(included) = &entry.included["featured"][0] else { panic!("an asset") };
    assert_eq!(**included, bed.read("pages", third.entry, &ar()).await);
    assert_eq!(entry.truncated, Vec::<String>::new());
}

pub(crate) async fn fields_narrow_the_data_of_entries_and_of_what_they_include(bed: &Bed) {
    let owner = bed.owner().await;
    let picture = bed.upload(owner, "صورة.png", png(9)).await;
    let other = featuring(bed, owner, "أخرى", &[]).await;
    let data = json!({ "title": "صفحة", "summary": "خلاصة", "image": picture, "featured": [other.entry] });
    let page = bed.publish(&bed.create("pages", owner, data).await).await;
    let request = |fields: &str, of_included: &[(&str, &str)]| {
        let pairs = of_included.iter().map(|(path, fields)| ((*path).to_owned(), (*fields).to_owned()));
        let include = (!of_included.is_empty()).then(|| "featured".to_owned());
        with(public(), Selection { include, fields: Some(fields.to_owned()), included_fields: pairs.collect() })
    };
    let narrow = read(bed, &page, request("summary,title", &[])).await;
    // In the order of the blueprint; assets go with their fields.
    assert_eq!(serde_json::to_string(&narrow.data).unwrap(), r#"{"title":"صفحة","summary":"خلاصة"}"#);
    assert!(narrow.included.is_empty() && narrow.path.is_some());
    assert_eq!(told(&read(bed, &page, request("image", &[])).await), "?:image(صورة.png)");
    let both = read(bed, &page, request("title", &[("featured", "summary")])).await;
    assert_eq!(told(&both), "صفحة:featured(?)");
    assert!(!both.data.contains_key("featured"));
    let Included::Entry(included) = &both.included["featured"][0] else { panic!("an asset") };
    assert_eq!(json!(included.data), json!({ "summary": null }));
    let list =
        ListQuery { selection: Selection { fields: Some("title".into()), ..selection("") }, ..ListQuery::default() };
    let list = bed.cms.published_list(public(), "pages", list).await.unwrap().value;
    assert!(list.items.iter().all(|item| item.data.keys().collect::<Vec<_>>() == ["title"]));
}

pub(crate) async fn what_is_not_public_is_not_included(bed: &Bed) {
    let close = |name: &str, text: String| {
        if name == "collections/services.yaml" { text.replace("access: public", "access: key") } else { text }
    };
    let bed = &Bed::open(bed.kind(), registry_with(close)).await.unwrap();
    let owner = bed.owner().await;
    let (draft, hidden) =
        (bed.page(owner, None, "مسودة").await, bed.publish(&bed.service(owner, "للمفاتيح").await).await);
    let gone = bed.live_page(owner, None, "مسحوبة").await;
    let page = featuring(bed, owner, "صفحة", &[draft.entry, hidden.entry, gone.entry]).await;
    bed.withdraw(&gone, WithdrawMode::Gone).await;
    let entry = read(bed, &page, with(public(), selection("featured"))).await;
    assert_eq!(told(&entry), "صفحة:featured()");
    let unresolved: Vec<&str> = entry.unresolved.iter().map(|row| row.pointer.as_str()).collect();
    assert_eq!(unresolved, ["/data/featured/0", "/data/featured/1", "/data/featured/2"]);
    assert_eq!(told(&read(bed, &page, with(with_key(), selection("featured"))).await), "صفحة:featured(للمفاتيح)");

    // Nor is who refers to an entry without being public, or hidden from the asker.
    let target = bed.live_page(owner, None, "هدف").await;
    bed.create("pages", owner, json!({ "title": "مسودة أخرى", "featured": [target.entry] })).await;
    let service =
        json!({ "title": "خدمة", "summary": "س", "body": "ش", "audience": ["donors"], "related": [target.entry] });
    bed.publish(&bed.create("services", owner, service).await).await;
    assert_eq!(tree(bed, &target, "featured_on").await, "هدف هدف:featured_on()");
    let request = with(with_key(), selection("related_services"));
    assert_eq!(told(&read(bed, &target, request).await), "هدف هدف:related_services(خدمة)");
    // A name that only a hidden collection gives is no name.
    let refused =
        bed.cms.published_entry(with(public(), selection("related_services")), "pages", target.entry, None, None);
    assert_eq!(refusal(refused.await), "parameters /include not_allowed_here");
}

pub(crate) async fn who_refers_to_an_entry_comes_in_the_default_order_and_within_bounds(bed: &Bed) {
    let owner = bed.owner().await;
    let target = bed.live_page(owner, None, "هدف").await;
    let states: Vec<LocalizationState> = {
        let mut states = Vec::new();
        for number in (0..53).rev() {
            states.push(featuring(bed, owner, &format!("صفحة {number:02}"), &[target.entry]).await);
        }
        states
    };
    let entry = read(bed, &target, with(public(), selection("featured_on"))).await;
    let titles: Vec<String> = (0..50).map(|number| format!("صفحة {number:02}")).collect();
    assert_eq!(told(&entry), format!("هدف هدف:featured_on({})", titles.join(" ")));
    assert_eq!(entry.truncated, ["featured_on"]);
    // Who is public in another locale alone does not refer to it here.
    bed.withdraw(&states[0], WithdrawMode::Gone).await;
    bed.withdraw(&states[1], WithdrawMode::Gone).await;
    bed.publish(&bed.translate(states[2].entry, "page", json!({ "title": "Page" })).await).await;
    bed.withdraw(&states[2], WithdrawMode::Gone).await;
    let entry = read(bed, &target, with(public(), selection("featured_on"))).await;
    assert_eq!((told(&entry), entry.truncated), (format!("هدف هدف:featured_on({})", titles.join(" ")), vec![]));
    let tags = bed.cms.published_entry(with(public(), selection("featured_on")), "pages", target.entry, None, None);
    let tags: Vec<String> = tags.await.unwrap().tags.iter().map(ToString::to_string).collect();
    assert!(tags.contains(&format!("references:{}", target.entry)), "{tags:?}");
    assert!(tags.contains(&format!("entry:{}", states[20].entry)), "{tags:?}");
}

pub(crate) async fn an_answer_includes_a_bounded_number_of_entries(bed: &Bed) {
    let owner = bed.owner().await;
    let mut pages: Vec<LocalizationState> = Vec::new();
    for number in 0..12 {
        pages.push(featuring(bed, owner, &format!("صفحة {number:02}"), &[]).await);
    }
    let all: Vec<EntryId> = pages.iter().map(|page| page.entry).collect();
    for (number, page) in pages.iter().enumerate() {
        let data = json!({ "title": format!("صفحة {number:02}"), "featured": all });
        let input = RevisionInput { data, ..RevisionInput::default() };
        let saved = bed.save_as(page, input).await.unwrap().value;
        bed.publish(&saved).await;
    }
    let query = ListQuery { selection: selection("featured.featured"), ..ListQuery::default() };
    let list = bed.cms.published_list(public(), "pages", query).await.unwrap().value;
    let count = |entry: &PublishedEntry| told(entry).matches("صفحة").count() - 1;
    // 144 on the first level, 356 of 1,728 on the second.
    assert_eq!(list.items.iter().map(count).sum::<usize>(), 500);
    assert_eq!(count(&list.items[0]), 12 + 144);
    assert_eq!(list.items[0].truncated, Vec::<String>::new());
    assert_eq!(list.items[11].truncated, ["featured.featured"]);
}

pub(crate) async fn names_that_are_not_to_be_had_are_all_told_alike(bed: &Bed) {
    let owner = bed.owner().await;
    let page = bed.live_page(owner, None, "صفحة").await;
    let ask = |selection: Selection| {
        let request = with(public(), selection);
        async move { bed.cms.published_entry(request, "pages", page.entry, Some(&ar()), None).await.map(|_| ()) }
    };
    let answers = async |selection: Selection| match ask(selection).await {
        Err(CmsError::BadParameters(faults)) => format!("{faults:?}"),
        other => panic!("{other:?}"),
    };
    // Private, unknown, and no reference: the same answer.
    let unknown = answers(selection("nothing")).await;
    for name in ["internal_notes", "title", "", "featured.nothing", "Featured", "featured[]", "featured'--", "*"] {
        let told = answers(selection(if name.is_empty() { " " } else { name })).await;
        assert!(name.contains('.') || told == unknown, "{name}: {told}");
        assert!(!told.contains("internal_notes") && told.contains("featured"), "{told}");
    }
    let fields = |text: &str| Selection { fields: Some(text.to_owned()), ..Selection::default() };
    assert_eq!(answers(fields("internal_notes")).await, answers(fields("nothing")).await);
    let many = vec!["featured"; 10_000].join(",");
    let mut both = selection("featured.featured.featured.featured,nothing");
    both.fields = Some("nothing".to_owned());
    both.included_fields = vec![("featured".to_owned(), "title".to_owned())];
    for (bad, told) in [
        (selection(&many), "/include invalid_parameter"),
        (selection(&"featured.".repeat(5_000)), "/include invalid_parameter"),
        (selection("featured,,title"), "/include invalid_parameter"),
        (selection("featured.featured.featured.featured"), "/include invalid_parameter"),
        (fields(""), "/fields invalid_parameter"),
        (fields(&many), "/fields invalid_parameter"),
        (
            both,
            "/include invalid_parameter, /fields not_allowed_here, /include not_allowed_here, \
             /fields[featured] not_allowed_here",
        ),
    ] {
        assert_eq!(refusal(ask(bad).await), format!("parameters {told}"));
    }
    let mut both = selection("nothing,featured.nothing");
    both.fields = Some("nothing".to_owned());
    both.included_fields =
        vec![("featured".to_owned(), "nothing".to_owned()), ("other".to_owned(), "title".to_owned())];
    assert_eq!(
        refusal(ask(both).await),
        "parameters /fields not_allowed_here, /fields[featured] not_allowed_here, /include not_allowed_here, \
         /include not_allowed_here, /fields[other] not_allowed_here"
    );
}
