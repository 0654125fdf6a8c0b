//! Lists over thousands of entries: what they hold, what they cost, and how the database answers them.

use std::collections::BTreeSet;

use diwan_cms::{CmsError, ListQuery, PublishedPage, WithdrawMode};
use diwan_content::{
    Actor, DepartmentId, EntryId, Registry, SchemaFile, Span,
    rights::{Moment, PublicScope, Role},
};
use diwan_store::{DatabaseUrl, Store, StoreOptions, SyncMode};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    bed::Bed,
    seed::{self, ARTICLE, ARTICLE_BLUEPRINT, ARTICLES, CATEGORY, CATEGORY_BLUEPRINT, DEPARTMENT, Seed},
    support::{ar, public, refusal, shipped_files, someone, with_key},
};

/// Most keys that a served list may look at for each result.
const MOST_KEYS: u64 = 50;
const MANY: u128 = 5_000;

pub(crate) fn registry() -> Registry {
    let mut files = shipped_files(|_, text| text);
    for (path, text) in [
        ("blueprints/articles.yaml", ARTICLE_BLUEPRINT.to_owned()),
        ("blueprints/categories.yaml", CATEGORY_BLUEPRINT.to_owned()),
        ("collections/articles.yaml", ARTICLES.to_owned()),
        ("collections/categories.yaml", seed::categories("categories", "public")),
        ("collections/hidden.yaml", seed::categories("hidden", "key")),
    ] {
        files.retain(|file: &SchemaFile| file.path != path);
        files.push(SchemaFile { path: path.to_owned(), text });
    }
    Registry::load(&files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// An installation of its own with so many articles and twenty categories, of which the last five are for key holders.
pub(crate) async fn filled(bed: &Bed, articles: u128) -> Option<(Bed, Store)> {
    let own = Bed::open(bed.kind(), registry()).await?;
    let url = match own.url() {
        Some(url) => DatabaseUrl::parse(&url).unwrap(),
        None => DatabaseUrl::sqlite(&own.folder.path().join("diwan.db")).unwrap(),
    };
    let store = Store::open(StoreOptions { url, max_readers: 1, sync: SyncMode::Off }).await.unwrap();
    let category = |number: u128| Seed {
        id: CATEGORY + number,
        department: DepartmentId(Uuid::from_u128(DEPARTMENT)),
        date: String::new(),
        data: json!({ "title": format!("تصنيف {number}"), "code": number % 3 }),
    };
    seed::publish(&store, &own.registry, "categories", &(0..15).map(category).collect::<Vec<_>>()).await;
    seed::publish(&store, &own.registry, "hidden", &(15..20).map(category).collect::<Vec<_>>()).await;
    let seeds: Vec<Seed> = (0..articles).map(|number| seed::article(number, "متن")).collect();
    seed::publish(&store, &own.registry, "articles", &seeds).await;
    Some((own, store))
}

/// `filter[kind]=news&sort=-date` as a query.
pub(crate) fn query(text: &str) -> ListQuery {
    let mut query = ListQuery::default();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "sort" => query.sort = Some(value.to_owned()),
            "size" => query.size = value.parse().ok(),
            "count" => query.count_exact = true,
            _ => query.filter.push((name.to_owned(), value.to_owned())),
        }
    }
    query
}

pub(crate) async fn list(bed: &Bed, query: ListQuery) -> Result<PublishedPage, CmsError> {
    list_as(bed, public(), query).await
}

async fn list_as(bed: &Bed, scope: PublicScope, query: ListQuery) -> Result<PublishedPage, CmsError> {
    bed.cms.published_list(scope, "articles", query).await.map(|tagged| tagged.value)
}

/// Numbers of all articles of a list, page by page, each page within its cost.
async fn all_pages(bed: &Bed, text: &str) -> Vec<u128> {
    let (mut numbers, mut after) = (Vec::new(), None);
    loop {
        let page =
            list(bed, ListQuery { after, ..query(text) }).await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
        let results = page.items.len() as u64;
        assert!(page.looked_at <= MOST_KEYS * results.max(1), "{text}: {} keys for {results}", page.looked_at);
        numbers.extend(page.items.iter().map(|entry| entry.id.0.as_u128() - ARTICLE));
        after = page.next;
        if after.is_none() {
            return numbers;
        }
    }
}

fn data(number: u128) -> Value {
    seed::article(number, "").data
}

fn date(number: u128) -> String {
    seed::article(number, "").date
}

pub(crate) async fn lists_that_an_index_serves_look_at_few_keys_at_any_depth(bed: &Bed) {
    let Some((own, store)) = filled(bed, MANY).await else { return };
    let topic = |number: u128, topics: &[&str]| {
        data(number)["topics"].as_array().unwrap().iter().any(|topic| topics.contains(&topic.as_str().unwrap()))
    };
    let department = Uuid::from_u128(DEPARTMENT + 3);
    let category = Uuid::from_u128(CATEGORY + 4);
    type Wanted<'a> = Box<dyn Fn(u128) -> bool + 'a>;
    let served: Vec<(String, Wanted<'_>)> = vec![
        ("size=100".to_owned(), Box::new(|_| true)),
        ("size=100&sort=title".to_owned(), Box::new(|_| true)),
        ("size=100&sort=-year".to_owned(), Box::new(|_| true)),
        ("size=100&filter[kind]=event".to_owned(), Box::new(|n| data(n)["kind"] == "event")),
        ("size=100&filter[kind][in]=event,news&sort=-date".to_owned(), Box::new(|n| n % 4 < 2)),
        ("size=7&filter[topics]=موضوع 3".to_owned(), Box::new(|n| topic(n, &["موضوع 3"]))),
        (
            "size=20&filter[topics][in]=موضوع 3,موضوع 9,موضوع 12".to_owned(),
            Box::new(|n| topic(n, &["موضوع 3", "موضوع 9", "موضوع 12"])),
        ),
        (format!("size=50&filter[department]={department}"), Box::new(|n| n % 5 == 3)),
        (format!("size=50&filter[category]={category}"), Box::new(|n| n % 20 == 4)),
        (
            "size=100&filter[kind]=news&filter[date][gte]=2010-01-01&filter[date][lt]=2013-06-01".to_owned(),
            Box::new(|n| n % 4 == 0 && date(n).as_str() >= "2010-01-01" && date(n).as_str() < "2013-06-01"),
        ),
        ("size=100&filter[year][lte]=1992&sort=-year".to_owned(), Box::new(|n| n % 30 <= 2)),
        ("size=100&filter[category][code]=1".to_owned(), Box::new(|n| n % 20 < 15 && n % 20 % 3 == 1)),
    ];
    for (text, wanted) in served {
        let found = all_pages(&own, &text).await;
        let set: BTreeSet<u128> = found.iter().copied().collect();
        assert_eq!(set.len(), found.len(), "{text}: each once");
        assert_eq!(set, (0..MANY).filter(|number| wanted(*number)).collect::<BTreeSet<u128>>(), "{text}");
        let counted = list(&own, query(&format!("{text}&count=exact"))).await.unwrap().total;
        assert_eq!(counted, Some(found.len() as u64), "{text}");
        if !text.contains("sort") {
            assert!(found.windows(2).all(|pair| date(pair[0]) >= date(pair[1])), "{text}: newest first");
        }
    }
    plans_use_the_index(&store).await;
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

async fn plans_use_the_index(store: &Store) {
    let snapshot = store.snapshot().await.unwrap();
    for spans in [1, 3, 16] {
        let spans: Vec<Span> = (0..spans).map(|first| Span::of_prefix(vec![0x20 + first])).collect();
        for list in ["articles:ar:-date,title", "articles:ar:kind,-date"] {
            let lines = snapshot.explain_keys(list, &spans, 101).await.unwrap();
            let keys: Vec<&String> = lines.iter().filter(|line| line.contains("published_keys")).collect();
            assert_eq!(keys.len(), 2 * spans.len(), "{lines:#?}");
            assert!(keys.iter().all(|line| line.contains("SEARCH") || line.contains("Index")), "{lines:#?}");
            for slow in ["SCAN published_keys", "Seq Scan", "TEMP B-TREE", "Sort"] {
                assert!(lines.iter().all(|line| !line.contains(slow)), "{slow}: {lines:#?}");
            }
        }
    }
}

pub(crate) async fn filters_answer_what_their_values_say(bed: &Bed) {
    let Some((own, store)) = filled(bed, 120).await else { return };
    let id = |number: u128| EntryId(Uuid::from_u128(ARTICLE + number));
    let kind = |number: u128| data(number)["kind"].as_str().unwrap().to_owned();
    let title = data(17)["title"].as_str().unwrap().to_owned();
    let folded = title.replace('ا', "أ");
    type Wanted<'a> = Box<dyn Fn(u128) -> bool + 'a>;
    let cases: Vec<(String, Wanted<'_>)> = vec![
        (format!("filter[title]={title}"), Box::new(|n| n == 17)),
        (format!("filter[title]={folded}"), Box::new(|n| n == 17)),
        (format!("filter[title][ne]={folded}"), Box::new(|n| n != 17)),
        (
            "filter[title][starts_with]=مقال 7919".to_owned(),
            Box::new(|n| data(n)["title"].as_str().unwrap().starts_with("مقال 7919")),
        ),
        ("filter[title][contains]=موضوع 12&sort=title".to_owned(), Box::new(|n| n % 11 == 5)),
        ("filter[topics][contains]=ضوع 12".to_owned(), Box::new(|n| n % 11 == 5)),
        ("filter[topics][nin]=موضوع 1,موضوع 7".to_owned(), Box::new(|n| n % 7 != 1 && n % 11 != 0)),
        ("filter[kind][ne]=news&filter[year][gt]=2000".to_owned(), Box::new(|n| n % 4 != 0 && n % 30 > 10)),
        (
            "filter[or][0][kind]=news&filter[or][0][year]=1990&filter[or][1][topics]=موضوع 2".to_owned(),
            Box::new(|n| (n % 4 == 0 && n % 30 == 0) || n % 7 == 2),
        ),
        ("filter[note][exists]=false".to_owned(), Box::new(|_| unreachable!("note is not filterable"))),
        ("filter[date]=2005-06-06".to_owned(), Box::new(|n| date(n) == "2005-06-06")),
        (
            format!("filter[id][in]={},{},{}", id(3), id(5), EntryId(Uuid::from_u128(CATEGORY))),
            Box::new(|n| n == 3 || n == 5),
        ),
        (format!("filter[id][in]={},{}&filter[kind]=event", id(3), id(5)), Box::new(|n| n == 5)),
        ("filter[blueprint]=articles&filter[kind]=report".to_owned(), Box::new(|n| kind(n) == "report")),
        ("filter[category][title]=تصنيف 3".to_owned(), Box::new(|n| n % 20 == 3)),
        ("filter[category][title][starts_with]=تصنيف 1".to_owned(), Box::new(|n| matches!(n % 20, 1 | 10..15))),
        (
            "filter[or][0][category][code]=2&filter[or][1][category][exists]=false".to_owned(),
            Box::new(|n| n % 20 >= 15 || n % 20 % 3 == 2),
        ),
        ("filter[category][exists]=true".to_owned(), Box::new(|n| n % 20 < 15)),
        (format!("filter[category]={}", Uuid::from_u128(CATEGORY + 17)), Box::new(|_| false)),
        (format!("filter[category][ne]={}", Uuid::from_u128(CATEGORY + 17)), Box::new(|_| true)),
        (
            format!("filter[category][in]={},{}", Uuid::from_u128(CATEGORY + 17), Uuid::from_u128(CATEGORY + 2)),
            Box::new(|n| n % 20 == 2),
        ),
        ("filter[related][exists]=true".to_owned(), Box::new(|_| false)),
    ];
    for (text, wanted) in cases {
        if text.contains("[note]") {
            assert_eq!(refusal(list(&own, query(&text)).await), "parameters /filter[note][exists] not_allowed_here");
            continue;
        }
        for sort in ["", "&sort=-year,title", "&sort=published_at"] {
            let sort = if text.contains("sort") { "" } else { sort };
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let page = list(&own, ListQuery { after, ..query(&format!("{text}{sort}&size=9")) }).await.unwrap();
                found.extend(page.items.iter().map(|entry| entry.id.0.as_u128() - ARTICLE));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let total = list(&own, query(&format!("{text}{sort}&count=exact"))).await.unwrap().total;
            assert_eq!(total, Some(found.len() as u64), "{text}{sort}");
            if sort == "&sort=published_at" {
                assert!(found.is_sorted(), "{text}: {found:?}");
            }
            found.sort_unstable();
            assert_eq!(found, (0..120).filter(|number| wanted(*number)).collect::<Vec<u128>>(), "{text}{sort}");
        }
    }
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

pub(crate) async fn no_filter_tells_what_the_caller_may_not_know(bed: &Bed) {
    let Some((own, store)) = filled(bed, 60).await else { return };
    let hidden = Uuid::from_u128(CATEGORY + 17);
    let count = async |scope, text: &str| {
        list_as(&own, scope, query(&format!("{text}&count=exact"))).await.unwrap().total.unwrap()
    };
    // What only key holders read is there for them, and nowhere for others.
    for (text, open, keyed) in [
        (format!("filter[category]={hidden}"), 0, 3),
        (format!("filter[category][ne]={hidden}"), 60, 57),
        ("filter[category][exists]=false".to_owned(), 15, 0),
        ("filter[category][title]=تصنيف 17".to_owned(), 0, 3),
        ("filter[category][code]=0".to_owned(), 15, 21),
    ] {
        assert_eq!((count(public(), &text).await, count(with_key(), &text).await), (open, keyed), "{text}");
    }
    // Private, unknown and not filterable names have one answer.
    let answer = async |text: &str| match list(&own, query(text)).await {
        Err(CmsError::BadParameters(faults)) => format!("{:?} {:?}", faults[0].code, faults[0].params),
        other => panic!("{text}: {other:?}"),
    };
    let unknown = answer("filter[nothing]=x").await;
    for name in ["secret", "note", "no.such", "'secret'", "SECRET"] {
        assert_eq!(answer(&format!("filter[{name}]=x")).await, unknown);
    }
    let behind = answer("filter[category][nothing]=x").await;
    for name in ["clue", "secret", "parent"] {
        assert_eq!(answer(&format!("filter[category][{name}]=x")).await, behind);
    }
    for sort in ["secret", "nothing", "category", "topics", "slug"] {
        assert_eq!(refusal(list(&own, query(&format!("sort={sort}"))).await), "parameters /sort not_allowed_here");
    }
    // A cursor is for its own filter, order and caller.
    let next = list(&own, query("filter[kind]=news&size=2")).await.unwrap().next;
    for text in ["filter[kind]=event&size=2", "size=2", "filter[kind]=news&sort=date&size=2"] {
        let foreign = ListQuery { after: next.clone(), ..query(text) };
        assert_eq!(refusal(list(&own, foreign).await), "parameters /page[after] invalid_parameter", "{text}");
    }
    let same = ListQuery { after: next.clone(), ..query("filter[kind][in]=news&size=5") };
    assert_eq!(list(&own, same.clone()).await.unwrap().items.len(), 5);
    assert_eq!(refusal(list_as(&own, with_key(), same).await), "parameters /page[after] invalid_parameter");
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

pub(crate) async fn what_no_index_serves_is_refused_over_too_many_entries(bed: &Bed) {
    let Some((own, store)) = filled(bed, MANY + 1).await else { return };
    let needed = async |text: &str| match list(&own, query(text)).await {
        Err(CmsError::NeedsIndex { needed }) => needed,
        Err(CmsError::TooManyCandidates { most, indexes }) => format!("at most {most}, {} indexes", indexes.len()),
        other => panic!("{text}: {other:?}"),
    };
    assert_eq!(needed("sort=-title").await, "[-title]");
    assert_eq!(needed("filter[year][gte]=1990&sort=title").await, "at most 5000, 7 indexes");
    assert_eq!(needed("filter[blueprint]=articles&sort=title").await, "[blueprint, title]");
    assert_eq!(needed("filter[title][contains]=مقال").await, "at most 5000, 7 indexes");
    // Narrowed by what an index serves they are answered.
    let page = list(&own, query("filter[title][contains]=مقال&filter[kind]=news&sort=-title&size=5")).await.unwrap();
    assert_eq!(page.items.len(), 5);
    // Of the past there are no keys: it is narrowed by what its publications tell.
    let now = own.cms.now();
    let everything = own.cms.moment(&Actor::system(), Some(now)).await.unwrap();
    let then =
        async |moment: &Moment, text: &str| list(&own, ListQuery { moment: moment.clone(), ..query(text) }).await;
    for text in ["", "sort=title", "filter[kind]=news"] {
        let Err(CmsError::TooMuchHistory { most, narrower }) = then(&everything, text).await else { panic!("{text}") };
        assert_eq!(
            (most, narrower.join(" ").as_str()),
            (5_000, "filter[id] filter[department] filter[date]"),
            "{text}"
        );
    }
    let count = async |moment: &Moment, text: &str| {
        then(moment, &format!("{text}&count=exact&size=1")).await.unwrap().total.unwrap()
    };
    let department = Uuid::from_u128(DEPARTMENT + 3);
    let late = (0..=MANY).filter(|number| date(*number).as_str() >= "2020-01-01").count() as u64;
    assert_eq!(count(&everything, "filter[date][gte]=2020-01-01").await, late);
    assert_eq!(count(&everything, &format!("filter[department]={department}")).await, u64::try_from(MANY / 5).unwrap());
    assert_eq!(count(&everything, &format!("filter[id]={}", EntryId(Uuid::from_u128(ARTICLE + 7)))).await, 1);
    assert_eq!(count(&everything, "filter[date]=2001-01-01&filter[date][gt]=2001-01-01").await, 0);
    // What is closed to somebody is not looked at, and hides nothing of what is open.
    let publisher = someone(3, Role::Publisher, DepartmentId(department)).actor;
    let own_part = own.cms.moment(&publisher, Some(now)).await.unwrap();
    assert_eq!(count(&own_part, "sort=title").await, u64::try_from(MANY / 5).unwrap());
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

pub(crate) async fn filtered_pages_show_every_entry_once_while_others_come_and_go(bed: &Bed) {
    let Some((own, store)) = filled(bed, 200).await else { return };
    for text in ["filter[topics][in]=موضوع 1,موضوع 8&size=5", "filter[kind]=news&sort=title&size=5"] {
        let before: Vec<u128> = all_pages_freely(&own, text, async |_| {}).await;
        let during = all_pages_freely(&own, text, async |turn| {
            let number = 1_000 + turn + if text.contains("sort") { 500 } else { 0 };
            seed::publish(&store, &own.registry, "articles", &[seed::article(number, "")]).await;
        })
        .await;
        let stayed: Vec<u128> = during.iter().copied().filter(|number| before.contains(number)).collect();
        assert_eq!(stayed, before, "{text}");
        assert!(during.len() > before.len(), "{text}: some of those that came are seen too");
        assert_eq!(during.iter().collect::<BTreeSet<_>>().len(), during.len(), "{text}");
    }
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

/// A hop that names ever more targets between two pages: first keys serve the list, then they do not, then again.
pub(crate) async fn a_cursor_outlives_a_hop_that_comes_to_name_many_targets(bed: &Bed) {
    let Some((own, store)) = filled(bed, 60).await else { return };
    let owner = DepartmentId(Uuid::from_u128(DEPARTMENT));
    let seeds: Vec<Seed> = (100..250)
        .map(|number| {
            let data = json!({ "title": format!("تصنيف {number}"), "code": 1 });
            Seed { id: CATEGORY + number, department: owner, date: String::new(), data }
        })
        .collect();
    let grown = async || seed::publish(&store, &own.registry, "categories", &seeds).await;
    let shrunk = async || {
        for seed in &seeds {
            let state = own.cms.manage_localization(&Actor::system(), EntryId(Uuid::from_u128(seed.id)), &ar()).await;
            own.withdraw(&state.unwrap().state, WithdrawMode::Gone).await;
        }
    };
    let sorts = ["", "&sort=-date", "&sort=date", "&sort=-title"];
    let asked = |sort: &str| format!("filter[category][code]=1&size=4{sort}");
    let page = async |sort: &str, after| list(&own, ListQuery { after, ..query(&asked(sort)) }).await.unwrap();
    let numbers = |pages: &[&PublishedPage]| -> Vec<u128> {
        pages.iter().flat_map(|page| &page.items).map(|entry| entry.id.0.as_u128() - ARTICLE).collect()
    };
    let mut whole = Vec::new();
    let mut firsts = Vec::new();
    for sort in sorts {
        whole.push(all_pages_freely(&own, &asked(sort), async |_| {}).await);
        firsts.push(page(sort, None).await);
    }
    grown().await;
    let mut seconds = Vec::new();
    let mut others = Vec::new();
    for (sort, first) in sorts.into_iter().zip(&firsts) {
        seconds.push(page(sort, first.next.clone()).await);
        others.push(page(sort, None).await);
    }
    shrunk().await;
    for (place, sort) in sorts.into_iter().enumerate() {
        let third = page(sort, seconds[place].next.clone()).await;
        let found = numbers(&[&firsts[place], &seconds[place], &third]);
        assert_eq!(found, whole[place][..12], "begun with few targets, {sort}");
        // Begun while there were many: equal dates may stand otherwise, but each comes once.
        let mut found = numbers(&[&others[place]]);
        let mut after = others[place].next.clone();
        while after.is_some() {
            let next = page(sort, after).await;
            found.extend(numbers(&[&next]));
            after = next.next;
        }
        let (mut found, mut wanted) = (found, whole[place].clone());
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "begun with many targets, {sort}");
    }
    store.close().await.unwrap();
    own.cms.close().await.unwrap();
}

async fn all_pages_freely(bed: &Bed, text: &str, meanwhile: impl AsyncFn(u128)) -> Vec<u128> {
    let (mut numbers, mut after, mut turn) = (Vec::new(), None, 0);
    loop {
        let page = list(bed, ListQuery { after, ..query(text) }).await.unwrap();
        numbers.extend(page.items.iter().map(|entry| entry.id.0.as_u128() - ARTICLE));
        after = page.next;
        if after.is_none() {
            return numbers;
        }
        meanwhile(turn).await;
        turn += 1;
    }
}
