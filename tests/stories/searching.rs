//! Search as a front end and an editor use it, and what nobody should send.

use std::collections::BTreeSet;

use bytes::Bytes;
use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{Scene, create, news, publish, text},
    harness::Backend,
};

/// An escaped query string value.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn titles_are_suggested_slips_are_named_and_hits_are_narrowed() {
    for backend in Backend::available() {
        let Scene { app, names, department, item } = Scene::on(backend).await;
        let published = publish(&app.with(Role::Publisher), &item).await;
        let mut other = news(&department, "إغلاق قاعة المطالعة");
        other["date"] = json!("2025-12-30");
        other["data"]["tags"] = json!(["قراءة", "قاعات"]);
        let other = create(&app.with(Role::Editor), &other).await;
        publish(&app.with(Role::Publisher), &other).await;
        app.settle().await;

        let suggested = app.anyone.get("/v1/search/suggest?q=القاعه").await.of(200).json();
        let titles: Vec<&Value> = suggested["data"].as_array().unwrap().iter().map(|one| &one["title"]).collect();
        assert_eq!(titles, ["إغلاق قاعة المطالعة", "افتتاح قاعة المطالعة الكبرى"]);
        let one = app.anyone.get("/v1/search/suggest?q=افت&collection=news&page[size]=1").await.of(200).json();
        let expected = json!([{
            "id": "item", "collection": "news", "department": "department", "locale": "ar", "dir": "rtl",
            "path": published["path"], "title": "افتتاح قاعة المطالعة الكبرى"
        }]);
        assert_eq!(names.plain(&one["data"]), expected);

        let slip = app.anyone.get("/v1/search?q=المطالعح").await.of(200).json();
        assert_eq!(slip["meta"], json!({ "relaxed": true, "did_you_mean": "المطالعة", "other_locales": [] }));

        let found = async |query: &str| {
            let page = app.anyone.get(&format!("/v1/search?q=المطالعة{query}")).await.of(200).json();
            let titles: Vec<String> = page["data"].as_array().unwrap().iter().map(|hit| text(&hit["title"])).collect();
            (titles, page["facets"].clone())
        };
        let (opening, closing) = ("افتتاح قاعة المطالعة الكبرى".to_owned(), "إغلاق قاعة المطالعة".to_owned());
        assert_eq!(found("&sort=-date").await.0, [opening.clone(), closing.clone()]);
        assert_eq!(found("&sort=date").await.0, [closing.clone(), opening.clone()]);
        assert_eq!(found("&from=2026-01-01").await.0, [opening]);
        let (titles, facets) = found("&filter[tags]=قراءة,لا").await;
        assert_eq!(titles, std::slice::from_ref(&closing));
        assert_eq!(facets["months"], json!([{ "year": 2025, "month": 12, "count": 1 }]));
        assert_eq!(found("&to=2025-12-31&locale=ar").await.0, [closing]);
        let nothing = json!({ "collections": [], "departments": [], "locales": [], "months": [], "fields": [] });
        let with = |name: &str, value: Value| {
            let mut facets = nothing.clone();
            facets[name] = value;
            facets
        };
        let locales = json!([{ "locale": "ar", "count": 2 }]);
        assert_eq!(found("&facets=none").await, (found("").await.0, nothing.clone()), "the hits are the same");
        assert_eq!(found("&facets=locale").await.1, with("locales", locales.clone()));
        let mut both = with("locales", locales);
        both["months"] = found("").await.1["months"].clone();
        assert_ne!(both["months"], json!([]));
        assert_eq!(found("&facets=month,locale&facets=month").await.1, both);
        let tags = found("&facets=tags").await.1;
        assert_eq!((&tags["fields"][0]["field"], &tags["months"]), (&json!("tags"), &json!([])));
    }
}

#[tokio::test]
async fn searches_and_clicks_are_counted_for_editors() {
    let Scene { app, names: _, department: _, item } = Scene::on(Backend::Sqlite).await;
    publish(&app.with(Role::Publisher), &item).await;
    app.settle().await;
    app.anyone.get("/v1/search?q=المطالعة").await.of(200);
    let click = json!({ "q": "المطالعه", "entry": item["entry"], "position": 1 });
    // Nothing in the answer says what was asked here today, or what there is.
    let unasked = json!({ "q": "غير هذا", "entry": item["entry"], "position": 1 });
    let nowhere = json!({ "q": "المطالعه", "entry": "00000000-0000-7000-8000-000000000000", "position": 1 });
    let mut told: Vec<(Bytes, BTreeSet<String>)> = Vec::new();
    for click in [&click, &unasked, &nowhere] {
        let answer = app.anyone.post("/v1/search/clicks", click).await.of(202);
        let names = answer.headers.keys().map(ToString::to_string).collect();
        told.push((answer.body, names));
    }
    assert!(told.iter().all(|one| *one == told[0] && one.0.is_empty()), "{told:?}");
    for bad in [
        json!({}),
        json!({ "q": "المطالعه", "entry": "x", "position": 1 }),
        json!({ "q": "المطالعه", "entry": item["entry"], "position": 0 }),
        json!({ "q": "المطالعه", "entry": item["entry"], "position": 1, "who": "me" }),
    ] {
        app.anyone.post("/v1/search/clicks", &bad).await.of(422);
    }
    let too_long = json!({ "q": "ا".repeat(1_001), "entry": item["entry"], "position": 1 });
    app.anyone.post("/v1/search/clicks", &too_long).await.of(422);
    // Also the longest query, each of its characters written in the longest way.
    for character in ["ا", "😀", "\\u0627", "\\ud83d\\ude00"] {
        let entry = item["entry"].as_str().unwrap();
        let body = format!(r#"{{"q":"{}","entry":"{entry}","position":1}}"#, character.repeat(1_000));
        app.anyone.post_bytes("/v1/search/clicks", "application/json", body.into_bytes()).await.of(202);
    }
    app.anyone.get("/manage/v1/search/reports/empty").await.of(401);
    app.with(Role::Editor).get("/manage/v1/search/reports/frequent?from=no").await.of(400);
    app.with(Role::Editor).get("/manage/v1/search/reports/frequent?locale=ar").await.of(200);
}

#[tokio::test]
async fn no_query_is_answered_by_anything_but_an_answer_or_a_reason() {
    let Scene { app, names: _, department: _, item } = Scene::on(Backend::Sqlite).await;
    publish(&app.with(Role::Publisher), &item).await;
    app.settle().await;
    let refused = [
        "q=".to_owned(),
        "q=%D9%8B%D9%8C".to_owned(),
        format!("q={}", escaped("ـــــ")),
        format!("q={}", escaped("-+()*\"«»")),
        "q=%ED%A0%80".to_owned(),
        "q=%00".to_owned(),
        format!("q={}", "(".repeat(5_000)),
        format!("q={}", "a".repeat(60_000)),
        "q=a&page[size]=-1".to_owned(),
        "q=a&page[size]=101".to_owned(),
        "q=a&page[after]=x".to_owned(),
        "q=a&page=2".to_owned(),
        "q=a&sort=-score".to_owned(),
        "q=a&from=2026-13-01".to_owned(),
        "q=a&to=tomorrow".to_owned(),
        "q=a&collection=secrets".to_owned(),
        "q=a&locale=xx".to_owned(),
        "q=a&filter[none]=x".to_owned(),
        "q=a&filter[editor_notes]=x".to_owned(),
        "q=a&facets=editor_notes".to_owned(),
        "q=a&facets=none,month".to_owned(),
        "q=a&page[number]=-1".to_owned(),
        format!("q={}", escaped(&"\u{64B}".repeat(900))),
        format!("q={}", escaped(&"\u{640}".repeat(900))),
        format!("q={}", "%22".repeat(900)),
        format!("q={}", "-".repeat(900)),
        "q=%ED%B0%80".to_owned(),
        "q=%F4%90%80%80".to_owned(),
    ];
    for query in refused {
        let answer = app.anyone.get(&format!("/v1/search?{query}")).await;
        let shown: String = query.chars().take(60).collect();
        assert!(matches!(answer.status, 400 | 414 | 431), "{shown}: {}", answer.status);
    }
    let told = |problem: &Value| {
        let faults = problem["faults"].as_array().unwrap();
        (problem["code"].clone(), faults.len(), faults[0]["code"].clone(), faults[0]["params"].clone())
    };
    for parameter in ["filter[NAME]=x", "facets=NAME", "facets=NAME,NAME,NAME", "collection=NAME"] {
        let asked = async |name: &str| {
            let query = format!("/v1/search?q=a&{}", parameter.replace("NAME", name));
            told(&app.anyone.get(&query).await.of(400).json())
        };
        let (private, unknown) = (asked("editor_notes").await, asked("nothing").await);
        assert_eq!(private, unknown, "{parameter}: what is private is told like what does not exist");
        assert_eq!(private.1, 1, "{parameter}: one fault, however often it was made");
    }
    for query in ["\\ud800", "\\udc00 a", "\\ud800\\ud800"] {
        let body = format!(r#"{{"q": "{query}", "entry": {}, "position": 1}}"#, item["entry"]);
        app.anyone.post_bytes("/v1/search/clicks", "application/json", body.into_bytes()).await.of(400);
    }
}

#[tokio::test]
async fn a_query_in_the_characters_of_any_block_is_answered() {
    let Scene { app, names: _, department: _, item } = Scene::on(Backend::Sqlite).await;
    publish(&app.with(Role::Publisher), &item).await;
    app.settle().await;
    // Blocks begin at multiples of 16 and are mostly of 128 or more; the last planes are private.
    for block in (0..0x2_0000_u32).step_by(0x80).chain((0x2_0000..0x11_0000).step_by(0x4000)) {
        let characters = [0, 0x21, 0x41, 0x7F].into_iter().filter_map(|place| char::from_u32(block + place));
        let characters: Vec<char> = characters.filter(|c| !c.is_control()).collect();
        let Some(first) = characters.first() else { continue };
        let together: String = characters.iter().collect();
        let apart = characters.iter().map(char::to_string).collect::<Vec<_>>().join(" ");
        for query in [together, apart, format!("{first}*")] {
            let answer = app.anyone.get(&format!("/v1/search?q={}", escaped(&query))).await;
            assert!(matches!(answer.status, 200 | 400), "U+{block:X}: {}", answer.status);
        }
        app.anyone.get(&format!("/v1/search/suggest?q={}", escaped(&first.to_string()))).await.of(200);
    }
}
