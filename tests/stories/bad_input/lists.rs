//! Filters, orders, cursors and locales of lists that no client should send.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use super::target::{Case, Sent, Target, exchange};
use crate::{
    desk::{create, department, news, publish, save, text},
    harness::{Backend, client::Client},
};

fn list(query: &str) -> Sent {
    Sent::get(format!("/v1/collections/news/entries?{query}"))
}

fn refused(query: &str, pointers: Vec<&'static str>) -> Case {
    (list(query), 400, "bad_parameters", pointers)
}

#[tokio::test]
async fn filters_that_nobody_can_answer() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let mut cases: Vec<Case> = vec![
            refused("filter[editor_notes][eq]=x&sort=hash", vec!["/filter[editor_notes][eq]", "/sort"]),
            refused("filter[body][contains]=x", vec!["/filter[body][contains]"]),
            refused("filter[title][like]=x", vec!["/filter[title][like]"]),
            refused("filter[title][lt]=x", vec!["/filter[title][lt]"]),
            refused("filter[a.b]=x", vec!["/filter[a.b]"]),
            refused("filter[%22title%22]=x", vec!["/filter[\"title\"]"]),
            refused("filter[title%27;DROP%20TABLE%20entries;--]=x", vec!["/filter[title';DROP TABLE entries;--]"]),
            refused("filter[date][eq]=2026-01-01%27%20OR%201=1--", vec!["/filter[date][eq]"]),
            refused("filter[department]=1%20OR%201=1", vec!["/filter[department]"]),
            refused("filter[kind][in]=", vec!["/filter[kind][in]"]),
            refused("filter[kind][in][]=", vec!["/filter[kind][in][]"]),
            refused("filter[tags][nin]=", vec!["/filter[tags][nin]"]),
            refused("filter[kind]=a%00", vec!["/filter[kind]"]),
            refused("filter[published_at][gt]=yesterday", vec!["/filter[published_at][gt]"]),
            refused("filter[date][gt]=%EF%BC%92026-01-01", vec!["/filter[date][gt]"]),
            refused("filter[featured]=1", vec!["/filter[featured]"]),
            refused("filter[title]=%20%E2%80%8F", vec!["/filter[title]"]),
            refused("filter=x", vec!["/filter"]),
            refused("filter[title", vec!["/filter[title"]),
            refused("filter[]=x", vec!["/filter[]"]),
            refused("filter[or][title]=x", vec!["/filter[or][title]"]),
            refused("filter[title]=a&filter[title][eq]=b", vec!["/filter[title][eq]"]),
            refused(
                "filter[and][0][or][0][and][0][or][0][and][0][title]=x",
                vec!["/filter[and][0][or][0][and][0][or][0][and][0][title]"],
            ),
        ];
        for sort in [
            "related",
            "body",
            "slug",
            "parent",
            "title%20DESC",
            "1;DROP%20TABLE%20entries",
            "published_at,(SELECT%201)",
        ] {
            cases.push(refused(&format!("sort={sort}"), vec!["/sort"]));
        }
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn filters_that_are_too_much() {
    let target = Target::on(Backend::Sqlite).await;
    let deep = format!("filter{}[title]=x", "[or][0]".repeat(1_000));
    let told = target.app.anyone.get(&format!("/v1/collections/news/entries?{deep}")).await.of(400).json();
    assert_eq!(told["faults"].as_array().unwrap().len(), 1);
    assert_eq!(told["faults"][0]["params"], json!({ "expected": "depth", "max": 4 }));
    // Ten thousand conditions are more than an address holds, and fewer more than a filter does.
    let ten_thousand = list(&vec!["filter[title]=x"; 10_000].join("&"));
    let answer = exchange(&target.address, &ten_thousand.bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{}", &answer[..answer.len().min(200)]);
    let hundreds: Vec<String> = (0..600).map(|place| format!("filter[or][{place}][kind]=news")).collect();
    let terms: Vec<String> = (0..33).map(|place| format!("filter[or][{place}][title]=x")).collect();
    let values: Vec<String> = (0..101).map(|value| value.to_string()).collect();
    target
        .refuses(vec![
            refused(&terms.join("&"), vec!["/filter"]),
            refused(&hundreds.join("&"), vec!["/filter"]),
            refused(&format!("filter[title][in]={}", values.join(",")), vec!["/filter[title][in]"]),
            refused(&vec!["filter[title]=x"; 1_000].join("&"), vec!["/filter[title]"; 20]),
            refused(&format!("filter[title]={}", "a".repeat(501)), vec!["/filter[title]"]),
            (list(&vec!["filter[title]=x"; 2_000].join("&")), 414, "uri_too_long", vec![]),
            refused(&format!("locale={}", "a".repeat(10_000)), vec!["/locale"]),
        ])
        .await;
}

#[tokio::test]
async fn numbers_that_are_none() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let filter = |operator: &str, value: &str| {
            Sent::get(format!("/v1/collections/faqs/entries?filter[order]{operator}={value}"))
        };
        let mut cases: Vec<Case> = Vec::new();
        for bad in [
            "",
            "+5",
            "%2B5",
            "--5",
            "-%205",
            "5-",
            "05",
            "5.0",
            "5e3",
            "0x5",
            "5%20",
            "%205",
            "5,6",
            "99999999999999999999",
            "-99999999999999999999",
            "NaN",
            "Infinity",
            "null",
            "%D9%A5",
            "%DB%B5",
            "%EF%BC%95",
            "%E2%88%925",
            "5%E2%80%8F",
            "5%00",
            "5;DROP%20TABLE%20entries",
            "(SELECT%205)",
        ] {
            cases.push((filter("", bad), 400, "bad_parameters", vec!["/filter[order]"]));
            cases.push((filter("[gte]", bad), 400, "bad_parameters", vec!["/filter[order][gte]"]));
        }
        for bad in ["", ",", "5,", "5,,6", "5,%D9%A6", "5;6"] {
            cases.push((filter("[in]", bad), 400, "bad_parameters", vec!["/filter[order][in]"]));
        }
        for bad in ["", "%EF%BC%95"] {
            cases.push((filter("[in][]", bad), 400, "bad_parameters", vec!["/filter[order][in][]"]));
        }
        target.refuses(cases).await;
        // A number below all others is a number.
        let none = target.app.anyone.get("/v1/collections/faqs/entries?filter[order][lt]=-5").await.of(200).json();
        assert_eq!(none["data"], json!([]));
    }
}

#[tokio::test]
async fn locale_tags_of_ten_kilobytes() {
    let target = Target::on(Backend::Sqlite).await;
    let entry = text(&target.item["entry"]);
    let mut cases: Vec<Case> = Vec::new();
    for tag in ["a".repeat(10_000), "ar-".repeat(3_400), format!("ar-{}", "x".repeat(10_000)), "%D8%B9".repeat(1_700)] {
        for path in [
            "/v1/content/a?".to_owned(),
            "/v1/paths?".to_owned(),
            "/v1/collections/news/entries?".to_owned(),
            format!("/v1/collections/news/entries/{entry}?"),
            format!("/v1/collections/news/entries/{entry}/related?"),
            "/v1/collections/pages/tree?".to_owned(),
            "/v1/globals/ministry?".to_owned(),
            "/v1/navigations/main_menu?".to_owned(),
            "/v1/search?q=a&".to_owned(),
            "/v1/search/suggest?q=a&".to_owned(),
        ] {
            cases.push((Sent::get(format!("{path}locale={tag}")), 400, "bad_parameters", vec!["/locale"]));
        }
        let fallback = Sent::get(format!("/v1/collections/news/entries/{entry}?fallback={tag}"));
        cases.push((fallback, 400, "bad_parameters", vec!["/fallback"]));
        let manage = Sent::get(format!("/manage/v1/entries/{entry}/{tag}"));
        cases.push((target.by(Role::Reader, manage), 404, "not_found", vec![]));
    }
    target.refuses(cases).await;
}

#[tokio::test]
async fn inclusions_in_circles() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let editor = target.app.with(Role::Editor);
        let publisher = target.app.with(Role::Publisher);
        // Two that refer to each other, and one that refers to itself.
        let mut other = news(&target.department, "خبر آخر");
        other["data"]["related"] = json!([target.item["entry"]]);
        let other = publish(&publisher, &create(&editor, &other).await).await;
        let mut body = news(&target.department, "افتتاح قاعة المطالعة")["data"].clone();
        body["image"] = json!(target.asset);
        body["related"] = json!([other["entry"], target.item["entry"]]);
        publish(&publisher, &save(&editor, &target.item, &json!({ "data": body })).await).await;
        let path = format!("/v1/collections/news/entries/{}", text(&target.item["entry"]));
        let read = target.app.anyone.get(&format!("{path}?include=related.related.related")).await.of(200);
        assert!(read.body.len() < 100_000, "{} bytes", read.body.len());
        let mut at = read.json();
        for level in 0..3 {
            let ids: Vec<&Value> =
                at["included"]["related"].as_array().unwrap().iter().map(|entry| &entry["id"]).collect();
            assert!(ids.contains(&&target.item["entry"]), "level {level}: {at}");
            at = at["included"]["related"]
                .as_array()
                .unwrap()
                .iter()
                .find(|e| e["id"] == target.item["entry"])
                .unwrap()
                .clone();
        }
        assert_eq!(at["included"]["related"], Value::Null, "deeper than was asked");
        let many = vec!["related"; 21].join(",");
        let deep = vec!["related"; 1_000].join(".");
        let list = "/v1/collections/news/entries".to_owned();
        let mut cases: Vec<Case> = Vec::new();
        for path in [&path, &list] {
            for include in [
                "related.related.related.related",
                &many,
                &deep,
                "related.",
                ".related",
                "related..related",
                ",",
                "",
                "related,",
                "Related",
                "%00",
                "related.included",
            ] {
                cases.push((Sent::get(format!("{path}?include={include}")), 400, "bad_parameters", vec!["/include"]));
            }
            cases.push((
                Sent::get(format!("{path}?fields[related]=title")),
                400,
                "bad_parameters",
                vec!["/fields[related]"],
            ));
        }
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn cursors_of_other_lists() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        department(&target.app, "إدارة الجيران").await;
        let anyone = &target.app.anyone;
        let keyed = target.app.with(Role::Delivery);
        let auditor = target.app.with(Role::Auditor);
        let path = |query: &str| format!("/v1/collections/departments/entries?page[size]=1{query}");
        let cursor_of =
            async |client: &Client, query: &str| text(&client.get(&path(query)).await.of(200).json()["page"]["next"]);
        let refused = async |client: &Client, path: String| {
            let told = client.get(&path).await.of(400).json();
            let faults: Vec<&Value> =
                told["faults"].as_array().unwrap().iter().map(|fault| &fault["pointer"]).collect();
            assert_eq!(faults, ["/page[after]"], "{path}");
        };
        let cursor = cursor_of(anyone, "").await;
        for query in ["&sort=title", "&sort=-order", "&filter[title][ne]=x", "&locale=en"] {
            refused(anyone, format!("{}&page[after]={cursor}", path(query))).await;
        }
        for other in ["/v1/collections/news/entries?", "/v1/paths?", "/v1/search?q=a&"] {
            refused(anyone, format!("{other}page[after]={cursor}")).await;
        }
        // Of another scope, and of another time.
        refused(&keyed, format!("{}&page[after]={cursor}", path(""))).await;
        refused(anyone, format!("{}&page[after]={}", path(""), cursor_of(&keyed, "").await)).await;
        let now = target.app.cms.now();
        let then = format!("&as_of={now}");
        let of_then = cursor_of(&auditor, &then).await;
        refused(&auditor, format!("{}&page[after]={of_then}", path(""))).await;
        refused(&auditor, format!("{}&page[after]={}", path(&then), cursor_of(&auditor, "").await)).await;
        auditor.get(&format!("{}&page[after]={of_then}", path(&then))).await.of(200);
        // Changed in one letter, cut, doubled.
        let forged = format!("{}{}", if cursor.starts_with('A') { "B" } else { "A" }, &cursor[1..]);
        for forged in [forged, cursor[..cursor.len() - 2].to_owned(), format!("{cursor}{cursor}"), format!("{cursor}=")]
        {
            refused(anyone, format!("{}&page[after]={forged}", path(""))).await;
        }
        anyone.get(&format!("{}&page[after]={cursor}", path(""))).await.of(200);
        // The size of a page is no part of what a cursor belongs to.
        anyone.get(&format!("/v1/collections/departments/entries?page[size]=7&page[after]={cursor}")).await.of(200);
    }
}
