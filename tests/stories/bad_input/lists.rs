//! Filters, orders, cursors and locales of lists that no client should send.

use diwan_content::rights::Role;
use serde_json::Value;

use super::target::{Case, Sent, Target};
use crate::harness::Backend;

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
    assert_eq!(told["faults"][0]["params"]["expected"], "nested at most 4 deep");
    let terms: Vec<String> = (0..33).map(|place| format!("filter[or][{place}][title]=x")).collect();
    let values: Vec<String> = (0..101).map(|value| value.to_string()).collect();
    target
        .refuses(vec![
            refused(&terms.join("&"), vec!["/filter"]),
            refused(&format!("filter[title][in]={}", values.join(",")), vec!["/filter[title][in]"]),
            refused(&vec!["filter[title]=x"; 1_000].join("&"), vec!["/filter[title]"; 20]),
            refused(&format!("filter[title]={}", "a".repeat(501)), vec!["/filter[title]"]),
            (list(&vec!["filter[title]=x"; 2_000].join("&")), 414, "uri_too_long", vec![]),
            refused(&format!("locale={}", "a".repeat(10_000)), vec!["/locale"]),
        ])
        .await;
}

#[tokio::test]
async fn private_unknown_and_unfilterable_names_are_answered_alike() {
    let target = Target::on(Backend::Sqlite).await;
    let answer = async |name: &str| {
        let path = format!("/v1/collections/news/entries?filter[{name}]=x");
        let told: Value = target.app.with(Role::Delivery).get(&path).await.of(400).json();
        told.to_string().replace(name, "?").replace(told["request_id"].as_str().unwrap(), "")
    };
    let unknown = answer("nothing").await;
    assert_eq!(answer("editor_notes").await, unknown);
    assert_eq!(answer("body").await, unknown);
}

#[tokio::test]
async fn cursors_of_other_lists() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let anyone = &target.app.anyone;
        let page = |query: &str| format!("/v1/collections/departments/entries?page[size]=1{query}");
        let first = anyone.get(&page("")).await.of(200).json();
        let Some(cursor) = first["page"]["next"].as_str() else { continue };
        for query in ["&sort=title", "&filter[title][ne]=x", "&locale=en"] {
            let told = anyone.get(&format!("{}&page[after]={cursor}", page(query))).await.of(400).json();
            assert_eq!(told["faults"][0]["pointer"], "/page[after]", "{query}");
        }
        anyone.get(&format!("/v1/collections/news/entries?page[after]={cursor}")).await.of(400);
        anyone.get(&format!("{}&page[after]={cursor}", page(""))).await.of(200);
    }
}
