//! Keys of programs over HTTP: made, narrowed, replaced and revoked; what a key may do, and why.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{self, text},
    harness::{App, Backend},
};

#[tokio::test]
async fn keys_are_made_narrowed_replaced_and_revoked() {
    for backend in Backend::available() {
        let scene = desk::Scene::on(backend).await;
        let app = &scene.app;
        let admin = app.with(Role::SystemAdmin);
        let department = &scene.department["entry"];

        // A translator of news: reads all of them, saves English ones.
        let grant = json!({ "role": "editor", "department": department, "collections": ["news"], "locales": ["en"] });
        let body = json!({ "label": "مترجمة الأخبار", "grants": [grant], "expires_at": "2040-01-01T00:00:00Z" });
        let made = admin.post("/manage/v1/keys", &body).await.of(201);
        assert!(made.header("x-sequence").is_some());
        let made = made.json();
        let token = text(&made["token"]);
        assert!(token.starts_with("diwan_k_") && token.ends_with(&text(&made["key"]["last_four"])));
        assert_eq!((&made["key"]["prefix"], &made["key"]["status"]), (&json!("diwan_k_"), &json!("valid")));
        let path = format!("/manage/v1/keys/{}", text(&made["key"]["id"]));
        let shown = admin.get(&path).await.of(200).json();
        assert_eq!(shown["grants"], json!([grant]));
        let listed = admin.get("/manage/v1/keys").await.of(200).json();
        assert!(!listed.to_string().contains(&token[8..50]), "no answer but the first shows the secret");

        let translator = app.anyone.with_token(&token);
        let me = translator.get("/manage/v1/me").await.of(200).json();
        assert_eq!((&me["label"], &me["grants"]), (&json!("مترجمة الأخبار"), &json!([grant])));
        let english = json!({ "department": department, "collections": ["news"], "locales": ["en"] });
        let of_english = me["rights"].as_array().unwrap().iter().find(|row| row["locales"] == json!(["en"])).unwrap();
        for (name, value) in english.as_object().unwrap() {
            assert_eq!(&of_english[name], value);
        }
        assert!(of_english["actions"].as_array().unwrap().contains(&json!("save")));

        let arabic = json!({ "data": { "title": "عنوان آخر" } });
        let refused = translator.put_at(&desk::place(&scene.item), "\"1\"", &arabic).await.of(403).json();
        assert_eq!(refused["code"], json!("forbidden"));
        let ask = |action: &str, locale: &str| {
            format!("/manage/v1/explain?action={action}&entry={}&locale={locale}", text(&scene.item["entry"]))
        };
        let why = translator.get(&ask("save", "ar")).await.of(200).json();
        assert_eq!((&why["allowed"], &why["by"]), (&json!(false), &Value::Null));
        let why = translator.get(&ask("save", "en")).await.of(200).json();
        assert_eq!((&why["allowed"], &why["by"]), (&json!(true), &grant));
        translator.get(&ask("dance", "en")).await.of(400);
        translator.get("/manage/v1/explain").await.of(400);

        // Replaced: both are good for an hour, then the new one alone.
        let next = admin.post(&format!("{path}/rotate"), &json!({ "overlap_hours": 1 })).await.of(201).json();
        assert_eq!((&next["key"]["replaces"], &next["key"]["grants"]), (&shown["id"], &json!([grant])));
        translator.get("/manage/v1/me").await.of(200);
        assert!(admin.get(&path).await.of(200).json()["expires_at"].is_string());
        let revoked = admin.post(&format!("{path}/revoke"), &json!({})).await.of(200).json();
        assert_eq!(revoked["status"], json!("revoked"));
        translator.get("/manage/v1/me").await.of(401);
        app.anyone.with_token(&text(&next["token"])).get("/manage/v1/me").await.of(200);
        admin.post(&format!("{path}/rotate"), &json!({})).await.of(409);
    }
}

#[tokio::test]
async fn a_bad_request_for_a_key_names_every_place() {
    let app = App::start().await;
    let admin = app.with(Role::SystemAdmin);
    let pointers = |answer: Value| -> Vec<String> {
        let mut found: Vec<String> = answer["faults"]
            .as_array()
            .unwrap()
            .iter()
            .map(|fault| format!("{} {}", text(&fault["pointer"]), text(&fault["code"])))
            .collect();
        found.sort();
        found
    };
    let nowhere = "00000000-0000-0000-0000-0000000000aa";
    let cases = [
        (json!({}), vec!["/grants required"]),
        (json!({ "grants": [] }), vec!["/grants too_few_items"]),
        (
            json!({ "grants": [{ "role": "king" }, { "role": "editor", "department": "x", "collections": [7] }], "label": 5 }),
            vec![
                "/grants/0/role not_an_option",
                "/grants/1/collections/0 wrong_type",
                "/grants/1/department invalid_id",
                "/label wrong_type",
            ],
        ),
        (
            json!({ "grants": [{ "role": "editor", "department": nowhere }], "owner": nowhere, "expires_at": "2001-01-01T00:00:00Z" }),
            vec!["/expires_at not_in_future", "/grants/0/department unknown_target", "/owner unknown_target"],
        ),
        (
            json!({ "grants": [{ "role": "delivery", "locales": ["ar"] }, { "role": "author", "collections": ["no"] }] }),
            vec!["/grants/0/locales cannot_be_narrowed", "/grants/1/collections not_an_option"],
        ),
        (
            json!({ "grants": [{ "role": "reader", "name": "x" }], "secret": "x" }),
            vec!["/grants/0/name unknown_field", "/secret unknown_field"],
        ),
    ];
    for (body, expected) in cases {
        assert_eq!(pointers(admin.post("/manage/v1/keys", &body).await.of(422).json()), expected, "{body}");
    }
    let made = json!({ "grants": [{ "role": "reader" }] });
    let made = admin.post("/manage/v1/keys", &made).await.of(201).json();
    let path = format!("/manage/v1/keys/{}", text(&made["key"]["id"]));
    for (action, body, expected) in [
        ("rotate", json!({ "overlap_hours": 721 }), "/overlap_hours wrong_type"),
        ("rotate", json!({ "overlap_hours": -1 }), "/overlap_hours wrong_type"),
        ("owner", json!({}), "/owner required"),
        ("owner", json!({ "owner": nowhere }), "/owner unknown_target"),
    ] {
        let answer = admin.post(&format!("{path}/{action}"), &body).await.of(422).json();
        assert_eq!(pointers(answer), [expected], "{action} {body}");
    }

    // Who may not manage keys is told so, whatever the key; an identity that is no key is not found.
    for role in [Role::Publisher, Role::DepartmentAdmin, Role::Auditor] {
        let client = app.with(role);
        // Auditors read everything.
        let status = if role == Role::Auditor { 200 } else { 403 };
        for path in ["/manage/v1/keys", path.as_str()] {
            client.get(path).await.of(status);
        }
        client.post("/manage/v1/keys", &json!({ "grants": [{ "role": "reader" }] })).await.of(403);
        client.post(&format!("{path}/revoke"), &json!({})).await.of(403);
    }
    admin.get(&format!("/manage/v1/keys/{nowhere}")).await.of(404);
    app.with(Role::Delivery).get("/manage/v1/me").await.of(403);
}
