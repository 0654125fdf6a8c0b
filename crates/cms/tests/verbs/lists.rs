//! Lists: orders, pages, counts.

use diwan_cms::{ListQuery, PublishedPage, WithdrawMode};
use serde_json::json;
use tokio::sync::{oneshot, watch};

use crate::{
    bed::Bed,
    support::{ar, public, refusal},
};

fn query(sort: &str, size: u32, after: Option<String>) -> ListQuery {
    let sort = (!sort.is_empty()).then(|| sort.to_owned());
    ListQuery { sort, size: Some(size), after, ..ListQuery::default() }
}

async fn list(bed: &Bed, query: ListQuery) -> PublishedPage {
    bed.cms.published_list(public(), "services", query).await.unwrap().value
}

fn titles(page: &PublishedPage) -> Vec<&str> {
    page.items.iter().map(|entry| entry.data["title"].as_str().unwrap()).collect()
}

pub(crate) async fn a_list_is_ordered_by_what_was_asked_for(bed: &Bed) {
    let owner = bed.owner().await;
    for (title, fees) in [("بيت مال", 30), ("إقرار", 10), ("ترخيص", 20), ("أداء", 20)] {
        let data = json!({ "title": title, "summary": "خ", "body": "ش", "audience": ["donors"], "fees": fees });
        bed.publish(&bed.create("services", owner, data).await).await;
    }
    bed.service(owner, "مسودة").await;
    // By title, in the order of Arabic letters.
    assert_eq!(bed.titles("services", None).await, ["أداء", "إقرار", "بيت مال", "ترخيص"]);
    assert_eq!(bed.titles("services", Some("title")).await, ["أداء", "إقرار", "بيت مال", "ترخيص"]);
    // Declared indexes, and orders that no index serves.
    assert_eq!(bed.titles("services", Some("fees,title")).await, ["إقرار", "أداء", "ترخيص", "بيت مال"]);
    assert_eq!(bed.titles("services", Some("-fees,-title")).await, ["بيت مال", "ترخيص", "أداء", "إقرار"]);
    assert_eq!(bed.titles("services", Some("-title")).await, ["ترخيص", "بيت مال", "إقرار", "أداء"]);
    assert_eq!(bed.titles("services", Some("first_published_at")).await, ["بيت مال", "إقرار", "ترخيص", "أداء"]);
}

pub(crate) async fn pages_show_every_entry_once_while_others_are_published(bed: &Bed) {
    let owner = bed.owner().await;
    let mut states = Vec::new();
    for number in 10..31 {
        states.push(bed.publish(&bed.service(owner, &format!("خدمة {number}")).await).await);
    }
    for sort in ["title", "-title"] {
        let mut seen: Vec<String> = Vec::new();
        let mut after = None;
        let mut turn = 0;
        loop {
            let page = list(bed, query(sort, 4, after)).await;
            seen.extend(titles(&page).into_iter().map(str::to_owned));
            after = page.next;
            if after.is_none() {
                break;
            }
            // One that is added and one that is taken away on the way.
            bed.publish(&bed.service(owner, &format!("طارئ {sort} {turn}")).await).await;
            turn += 1;
        }
        let mut wanted: Vec<String> = (10..31).map(|number| format!("خدمة {number}")).collect();
        if sort == "-title" {
            wanted.reverse();
        }
        let stayed: Vec<&String> = seen.iter().filter(|title| title.starts_with("خدمة")).collect();
        assert_eq!(stayed, wanted.iter().collect::<Vec<_>>(), "{sort}");
        let mut once = seen.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), seen.len(), "{sort}");
    }
    // The entry that a cursor stands on may go.
    let page = list(bed, query("title", 4, None)).await;
    bed.withdraw(&states[3], WithdrawMode::Gone).await;
    let next = list(bed, query("title", 4, page.next)).await;
    assert_eq!(titles(&next), ["خدمة 14", "خدمة 15", "خدمة 16", "خدمة 17"]);
}

pub(crate) async fn all_are_counted_when_asked(bed: &Bed) {
    let owner = bed.owner().await;
    let first = bed.publish(&bed.service(owner, "خدمة أولى").await).await;
    bed.publish(&bed.service(owner, "خدمة ثانية").await).await;
    bed.service(owner, "مسودة").await;
    let count = async |count_exact| {
        let page = list(bed, ListQuery { count_exact, size: Some(1), ..ListQuery::default() }).await;
        (page.items.len(), page.total, page.size, page.locale, page.next.is_some())
    };
    assert_eq!(count(true).await, (1, Some(2), 1, ar(), true));
    assert_eq!(count(false).await, (1, None, 1, ar(), true));
    bed.withdraw(&first, WithdrawMode::Vanished).await;
    assert_eq!(count(true).await, (1, Some(1), 1, ar(), false));
}

pub(crate) async fn pages_are_read_while_lists_wait_for_their_turn(bed: &Bed) {
    let owner = bed.owner().await;
    let service = bed.publish(&bed.service(owner, "خدمة").await).await;
    let (end, ends) = watch::channel(());
    let mut held = Vec::new();
    for _ in 0..bed.limits.places.get() {
        let (cms, mut ends, (begun, begins)) = (bed.cms.clone(), ends.clone(), oneshot::channel());
        let read = async move {
            begun.send(()).unwrap();
            ends.changed().await.unwrap();
        };
        held.push(tokio::spawn(async move { cms.in_turn(1, read).await }));
        begins.await.unwrap();
    }
    let cms = bed.cms.clone();
    let asked = ListQuery { client: 2, ..ListQuery::default() };
    let waiting = tokio::spawn(async move { cms.published_list(public(), "services", asked).await });
    for _ in 0..20 {
        bed.cms.published_entry(public(), "services", service.entry, None, None).await.unwrap();
    }
    assert!(!waiting.is_finished());
    end.send(()).unwrap();
    assert_eq!(titles(&waiting.await.unwrap().unwrap().value), ["خدمة"]);
    for read in held {
        read.await.unwrap().unwrap();
    }
}

pub(crate) async fn parameters_that_cannot_be_read_are_all_told(bed: &Bed) {
    let owner = bed.owner().await;
    for title in ["خدمة أولى", "خدمة ثانية"] {
        bed.publish(&bed.service(owner, title).await).await;
    }
    let ask = |query| bed.cms.published_list(public(), "services", query);
    let bad = ListQuery {
        sort: Some("nothing".into()),
        size: Some(101),
        after: Some("forged".into()),
        locale: Some("fr".parse().unwrap()),
        ..ListQuery::default()
    };
    assert_eq!(
        refusal(ask(bad).await),
        "parameters /locale not_allowed_here, /sort not_allowed_here, /page[size] invalid_parameter, /page[after] invalid_parameter"
    );
    for sort in [
        "",
        "title,title",
        "title,-title",
        "-",
        "--title",
        "title ",
        "Title",
        "body",
        "steps",
        "fees,title,department,published_at,-available_online",
    ] {
        let asked = ListQuery { sort: Some(sort.to_owned()), ..ListQuery::default() };
        assert_eq!(refusal(ask(asked).await), "parameters /sort not_allowed_here", "{sort}");
    }
    assert_eq!(refusal(ask(query("title", 0, None)).await), "parameters /page[size] invalid_parameter");
    // A cursor goes with its query, and none can be made up.
    let cursor = list(bed, query("title", 1, None)).await.next.unwrap();
    assert_eq!(titles(&list(bed, query("title", 5, Some(cursor.clone()))).await), ["خدمة ثانية"]);
    let mut forged = cursor.clone();
    forged.replace_range(..1, if cursor.starts_with('A') { "B" } else { "A" });
    for (sort, after) in
        [("-title", cursor.clone()), ("title", forged), ("title", String::new()), ("title", cursor[1..].to_owned())]
    {
        assert_eq!(refusal(ask(query(sort, 1, Some(after))).await), "parameters /page[after] invalid_parameter");
    }
    assert_eq!(refusal(bed.cms.published_list(public(), "nothing", ListQuery::default()).await), "no collection");
    assert_eq!(refusal(bed.cms.published_tree(public(), "services", None).await), "no collection");
}

pub(crate) async fn lists_are_built_anew_when_their_declarations_change(bed: &Bed) {
    // An installation of its own: the story closes it.
    let registry = crate::support::shipped_registry();
    let Some(own) = Bed::open(bed.kind(), registry).await else { return };
    let owner = own.owner().await;
    for title in ["ثانية", "أولى"] {
        own.publish(&own.service(owner, title).await).await;
    }
    let changed = crate::support::registry_with(|name, text| match name {
        "collections/services.yaml" => {
            text.replace("sort: [title]", "sort: [-title]").replace("[[title], ", "[[-title], ")
        }
        _ => text,
    });
    let own = own.reopen(changed).await;
    assert_eq!(own.titles("services", None).await, ["ثانية", "أولى"]);
    assert_eq!(own.titles("services", Some("title")).await, ["أولى", "ثانية"]);
    own.cms.close().await.unwrap();
}
