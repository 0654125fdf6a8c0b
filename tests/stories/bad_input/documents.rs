//! Documents and trees that no editor's tool should save.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use super::target::{Case, Sent, Target};
use crate::{
    desk::{create, place, publish, save, text},
    harness::{Backend, client::etag_of},
};

/// A page of the target's department.
async fn page(target: &Target, title: &str, parent: Option<&Value>) -> Value {
    let mut body =
        json!({ "collection": "pages", "department": target.department["entry"], "data": { "title": title } });
    if let Some(parent) = parent {
        body["parent"] = parent["entry"].clone();
    }
    create(&target.app.with(Role::Editor), &body).await
}

/// A save of a localization as it was seen.
fn save_of(target: &Target, seen: &Value, body: &str) -> Sent {
    let sent = Sent::new("PUT", place(seen)).with("if-match", etag_of(&seen["version"]));
    target.by(Role::Editor, sent).body("application/json", body)
}

/// Quotes within quotes.
fn quotes(levels: usize) -> String {
    let (open, close) = (r#"{"type":"blockquote","content":["#.repeat(levels), "]}".repeat(levels));
    format!(
        r#"{{"data":{{"title":"صفحة","article":{{"type":"doc","content":[{open}{{"type":"paragraph"}}{close}]}}}}}}"#
    )
}

#[tokio::test]
async fn rich_text_ten_thousand_levels_deep() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let page = page(&target, "صفحة عميقة", None).await;
        let deep = [10_000, 100_000].map(|levels| (save_of(&target, &page, &quotes(levels)), 400, "bad_json", vec![]));
        target.refuses(deep.into()).await;
        // What is still JSON is refused where it becomes too deep, and only there.
        let editor = target.app.with(Role::Editor);
        let body: Value = serde_json::from_str(&quotes(40)).unwrap();
        let told = editor.put_at(&place(&page), &etag_of(&page["version"]), &body).await.of(422).json();
        let faults = told["faults"].as_array().unwrap();
        let levels = text(&faults[0]["pointer"]).matches("/content").count();
        assert_eq!((faults.len(), &faults[0]["code"]), (1, &json!("too_deep")), "{told}");
        assert!((30..=34).contains(&levels), "{told}");
        let body: Value = serde_json::from_str(&quotes(25)).unwrap();
        let saved = save(&editor, &page, &body).await;
        publish(&target.app.with(Role::Publisher), &saved).await;
    }
}

#[tokio::test]
async fn blocks_of_undeclared_kinds() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let page = page(&target, "صفحة فيها قطع", None).await;
        let question = json!({ "collection": "faqs", "department": target.department["entry"], "data": { "question": "ما السؤال؟" } });
        let question = create(&target.app.with(Role::Editor), &question).await;
        let in_text = |attrs: Value| {
            let node = json!({ "type": "contentBlock", "attrs": attrs });
            let data = json!({ "title": "صفحة", "article": { "type": "doc", "content": [node] } });
            save_of(&target, &page, &json!({ "data": data }).to_string())
        };
        let in_rows = |rows: Value| {
            let data = json!({ "question": "ما السؤال؟", "answer": rows });
            save_of(&target, &question, &json!({ "data": data }).to_string())
        };
        let cases: Vec<Case> = vec![
            (
                in_text(json!({ "values": { "type": "script" } })),
                422,
                "faults",
                vec!["/data/article/content/0/attrs/values/type"],
            ),
            (
                in_text(json!({ "values": { "type": ["callout"] } })),
                422,
                "faults",
                vec!["/data/article/content/0/attrs/values/type"],
            ),
            (
                in_text(json!({ "values": { "text": "أ" } })),
                422,
                "faults",
                vec!["/data/article/content/0/attrs/values/type"],
            ),
            (
                in_text(json!({ "values": { "type": "callout", "tone": "loud", "more": 1 } })),
                422,
                "faults",
                vec!["/data/article/content/0/attrs/values/tone", "/data/article/content/0/attrs/values/more"],
            ),
            (
                in_rows(json!([{ "type": "callout", "text": "أ" }, { "type": "" }, {}])),
                422,
                "faults",
                vec!["/data/answer/0/type", "/data/answer/1/type", "/data/answer/2/type"],
            ),
            (in_rows(json!([{ "type": "text", "texts": "أ" }])), 422, "faults", vec!["/data/answer/0/texts"]),
            (in_rows(json!({ "type": "text" })), 422, "faults", vec!["/data/answer"]),
            (in_rows(json!([[{ "type": "text" }]])), 422, "faults", vec!["/data/answer/0"]),
        ];
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn trees_with_cycles() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let publisher = target.app.with(Role::Publisher);
        let top = publish(&publisher, &page(&target, "أعلى", None).await).await;
        let middle = publish(&publisher, &page(&target, "أوسط", Some(&top)).await).await;
        let low = publish(&publisher, &page(&target, "أسفل", Some(&middle)).await).await;
        let below = |page: &Value, parent: &Value| {
            let body = json!({ "data": { "title": "صفحة" }, "parent": parent });
            (save_of(&target, page, &body.to_string()), 422, "faults", vec!["/parent"])
        };
        let cases: Vec<Case> = vec![
            below(&top, &top["entry"]),
            below(&top, &middle["entry"]),
            below(&top, &low["entry"]),
            below(&top, &target.item["entry"]),
            below(&top, &json!(target.asset)),
            below(&top, &json!("00000000-0000-4000-8000-000000000000")),
            below(&top, &json!("x")),
        ];
        target.refuses(cases).await;
        // Two moves, each without a cycle by itself, that are published together or one after the other.
        let editor = target.app.with(Role::Editor);
        let root = json!({ "data": { "title": "أوسط" }, "parent": null });
        let freed = save(&editor, &middle, &root).await;
        let moved = json!({ "data": { "title": "أعلى" }, "parent": low["entry"] });
        let moved = save(&editor, &top, &moved).await;
        let publish_of = |seen: &Value| {
            let body = json!({ "revision": seen["head"], "hash": seen["hash"] });
            let sent =
                Sent::new("POST", format!("{}/publish", place(seen))).with("if-match", etag_of(&seen["version"]));
            target.by(Role::Publisher, sent).json(&body)
        };
        target.refuses(vec![(publish_of(&moved), 422, "faults", vec!["/parent"])]).await;
        let freed = publish(&publisher, &freed).await;
        publish(&publisher, &moved).await;
        let tree = target.app.anyone.get("/v1/collections/pages/tree").await.of(200).json();
        let root = tree["data"].as_array().unwrap().iter().find(|page| page["id"] == freed["entry"]).unwrap();
        assert_eq!(root["children"][0]["children"][0]["id"], top["entry"], "{tree}");
    }
}
