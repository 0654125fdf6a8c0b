//! Search as a front end and an editor use it, and what nobody should send.

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
        assert_eq!(slip["meta"], json!({ "relaxed": true, "did_you_mean": "المطالعة" }));

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
    }
}

#[tokio::test]
async fn searches_and_clicks_are_counted_for_editors() {
    let Scene { app, names: _, department: _, item } = Scene::on(Backend::Sqlite).await;
    publish(&app.with(Role::Publisher), &item).await;
    app.settle().await;
    app.anyone.get("/v1/search?q=المطالعة").await.of(200);
    let click = json!({ "q": "المطالعه", "entry": item["entry"], "position": 1 });
    let counted = app.anyone.post("/v1/search/clicks", &click).await.of(202).json();
    assert_eq!(counted, json!({ "counted": true }));
    let unasked = json!({ "q": "غير هذا", "entry": item["entry"], "position": 1 });
    assert_eq!(app.anyone.post("/v1/search/clicks", &unasked).await.of(202).json(), json!({ "counted": false }));
    for bad in [
        json!({}),
        json!({ "q": "المطالعه", "entry": "x", "position": 1 }),
        json!({ "q": "المطالعه", "entry": item["entry"], "position": 0 }),
        json!({ "q": "المطالعه", "entry": item["entry"], "position": 1, "who": "me" }),
        json!({ "q": "ا".repeat(1_001), "entry": item["entry"], "position": 1 }),
    ] {
        app.anyone.post("/v1/search/clicks", &bad).await.of(422);
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
    ];
    for query in refused {
        let answer = app.anyone.get(&format!("/v1/search?{query}")).await;
        let shown: String = query.chars().take(60).collect();
        assert!(matches!(answer.status, 400 | 414 | 431), "{shown}: {}", answer.status);
    }
    let private = app.anyone.get("/v1/search?q=a&filter[editor_notes]=x").await.of(400).json();
    let unknown = app.anyone.get("/v1/search?q=a&filter[none]=x").await.of(400).json();
    let told = |problem: &Value| {
        (problem["code"].clone(), problem["faults"][0]["code"].clone(), problem["faults"][0]["params"].clone())
    };
    assert_eq!(told(&private), told(&unknown), "a private field is told like one that does not exist");
    // A letter of every block of Unicode, and a beginning of one letter.
    for block in (0x20..0x3000_u32).step_by(0x80).chain((0x3000..0x11_0000).step_by(0x1000)) {
        let Some(c) = char::from_u32(block + 0x41) else { continue };
        let answer = app.anyone.get(&format!("/v1/search?q={}*", escaped(&c.to_string()))).await;
        assert!(matches!(answer.status, 200 | 400), "U+{block:X}: {}", answer.status);
        app.anyone.get(&format!("/v1/search/suggest?q={}", escaped(&c.to_string()))).await.of(200);
    }
}
