//! What stands in attached documents is found with the entry that refers to them, and whatever a document holds, the server
//! goes on.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{Scene, create, news, publish, save, text, withdraw},
    harness::{App, Backend, client::Client, eventually},
};

#[expect(dead_code, reason = "stories need only some of the documents that are made there")]
#[path = "../../crates/assets/src/text/samples.rs"]
mod documents;

const PDF: &str = "application/pdf";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

async fn upload(client: &Client, department: &Value, name: &str, media_type: &str, bytes: Vec<u8>) -> String {
    let path = format!("/manage/v1/assets?name={name}&department={}", text(&department["entry"]));
    text(&client.post_bytes(&path, media_type, bytes).await.of(201).json()["id"])
}

/// A news item whose text links to assets.
fn news_with(department: &Value, title: &str, assets: &[&str]) -> Value {
    let mut body = news(department, title);
    let links: Vec<String> = assets.iter().map(|asset| format!("[الملف](asset:{asset})")).collect();
    body["data"]["body"] = format!("نص الخبر. {}", links.join(" ")).into();
    body
}

/// What is known of an asset's text once it is more than that it will be read.
async fn text_of(client: &Client, asset: &str) -> Value {
    eventually(async || {
        let found = client.get(&format!("/manage/v1/assets/{asset}")).await.of(200).json()["text"].clone();
        if found["status"] == "pending" { Err(found.to_string()) } else { Ok(found) }
    })
    .await
}

async fn search(app: &App, query: &str) -> Vec<Value> {
    app.settle().await;
    let page = app.anyone.get(&format!("/v1/search?q={query}")).await.of(200).json();
    page["data"].as_array().unwrap().clone()
}

/// Waits until a query has so many hits.
async fn hits(app: &App, query: &str, count: usize) -> Vec<Value> {
    eventually(async || {
        let found = search(app, query).await;
        if found.len() == count { Ok(found) } else { Err(format!("{query}: {found:?}")) }
    })
    .await
}

#[tokio::test]
async fn a_word_that_stands_in_a_document_alone_is_found_and_the_document_is_named() {
    for backend in Backend::available() {
        let Scene { app, names: _, department, item: _ } = Scene::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let on_page = "ﺍﻟﻤﺸﺎﺭﻳﻊ ﺍﻟﺰﺭﺍﻋﻴﺔ ﻓﻲ ﻣﺤﺎﻓﻈﺔ ﻃﻮﺑﺎﺱ";
        let file = documents::pdf(&[documents::drawn_backwards(on_page)]);
        let pdf = upload(&editor, &department, "projects.pdf", PDF, file).await;
        let drafted = create(&editor, &news_with(&department, "تقرير الربع الثالث", &[&pdf])).await;
        assert_eq!(text_of(&editor, &pdf).await, json!({ "status": "none", "reason": null, "characters": null }));

        let published = publish(&publisher, &drafted).await;
        let known = text_of(&editor, &pdf).await;
        assert_eq!(known, json!({ "status": "done", "reason": null, "characters": 33 }));
        for query in ["طوباس", "\"محافظة طوباس\"", "الزراعه", "الربع طوباس"] {
            let found = hits(&app, query, 1).await;
            assert_eq!(
                (&found[0]["id"], &found[0]["title"]),
                (&drafted["entry"], &json!("تقرير الربع الثالث")),
                "{query}"
            );
            assert_eq!(found[0]["attachments"][0]["name"], "projects.pdf", "{query}");
        }
        let hash = editor.get(&format!("/manage/v1/assets/{pdf}")).await.of(200).json()["hash"].clone();
        let hash = hash.as_str().unwrap();
        let named = json!([{
            "id": pdf, "name": "projects.pdf", "url": format!("/v1/assets/{pdf}/{hash}"),
            "fragments": ["المشاريع الزراعية في محافظة <mark>طوباس</mark>"]
        }]);
        assert_eq!(search(&app, "طوباس").await[0]["attachments"], named);
        assert_eq!(search(&app, "الربع").await[0]["attachments"], json!([]));

        let renamed = json!({ "name": "مشاريع.pdf" });
        editor.put_at(&format!("/manage/v1/assets/{pdf}"), "\"1\"", &renamed).await.of(200);
        assert_eq!(search(&app, "طوباس").await[0]["attachments"][0]["name"], "مشاريع.pdf");

        // The next revision no longer refers to it.
        let mut without = news(&department, "تقرير الربع الثالث");
        without.as_object_mut().unwrap().retain(|name, _| name == "data" || name == "date");
        let saved = save(&editor, &published, &without).await;
        let published = publish(&publisher, &saved).await;
        hits(&app, "طوباس", 0).await;
        assert_eq!(text_of(&editor, &pdf).await["status"], "none");
        withdraw(&publisher, &published, &json!({ "mode": "gone" })).await;
    }
}

#[tokio::test]
async fn a_document_is_found_again_after_its_entry_went_and_came_back_and_in_a_new_index() {
    let Scene { app, names: _, department, item: _ } = Scene::on(Backend::Sqlite).await;
    let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
    let docx = documents::docx("<w:p><w:r><w:t>اجتمعت اللجنة في قلقيلية</w:t></w:r></w:p>");
    let docx = upload(&editor, &department, "minutes.docx", DOCX, docx).await;
    let table = upload(&editor, &department, "table.csv", "text/csv", "المدينة,العدد\nأريحا,٥\n".into()).await;
    let entry = create(&editor, &news_with(&department, "محضر لجنة العطاءات", &[&docx, &table])).await;
    let published = publish(&publisher, &entry).await;
    assert_eq!(hits(&app, "قلقيلية", 1).await[0]["attachments"][0]["id"], docx.as_str());
    assert_eq!(hits(&app, "اريحا", 1).await[0]["attachments"][0]["name"], "table.csv");
    let withdrawn = withdraw(&publisher, &published, &json!({ "mode": "vanished" })).await;
    hits(&app, "قلقيلية", 0).await;
    publish(&publisher, &withdrawn).await;
    assert_eq!(search(&app, "قلقيلية").await.len(), 1);

    let data = app.stop().await;
    std::fs::remove_dir_all(data.path().join("index")).unwrap();
    let app = App::on_folder(data).await;
    assert_eq!(search(&app, "قلقيلية").await[0]["attachments"][0]["name"], "minutes.docx");
}

#[tokio::test]
async fn tables_that_excel_saved_are_found_and_delivered_in_their_encoding() {
    let Scene { app, names: _, department, item: _ } = Scene::on(Backend::Sqlite).await;
    let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
    let windows = b"\xc7\xe1\xe3\xcf\xed\xe4\xc9;\xc7\xe1\xda\xcf\xcf\r\n\xc3\xd1\xed\xcd\xc7;5\r\n".to_vec();
    let unicode: Vec<u8> =
        "\u{FEFF}المدينة\tالعدد\r\nقلقيلية\t7\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let csv = upload(&editor, &department, "windows.csv", "application/vnd.ms-excel", windows.clone()).await;
    let txt = upload(&editor, &department, "unicode.txt", "text/plain", unicode.clone()).await;
    let utf8 = upload(&editor, &department, "utf8.csv", "text/csv", "المدينة,العدد\nطوباس,٥\n".into()).await;
    let entry = create(&editor, &news_with(&department, "جداول المدن", &[&csv, &txt, &utf8])).await;
    publish(&publisher, &entry).await;
    for (word, name) in [("اريحا", "windows.csv"), ("قلقيلية", "unicode.txt"), ("طوباس", "utf8.csv")] {
        assert_eq!(hits(&app, word, 1).await[0]["attachments"][0]["name"], name);
    }
    let delivered = [
        (csv, "text/csv; charset=windows-1256", windows),
        (txt, "text/plain; charset=utf-16", unicode),
        (utf8, "text/csv; charset=utf-8", "المدينة,العدد\nطوباس,٥\n".into()),
    ];
    for (id, content_type, bytes) in delivered {
        let answer = app.anyone.get(&format!("/v1/assets/{id}")).await.of(200);
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.body, bytes);
    }
}

#[tokio::test]
async fn a_hostile_document_says_why_it_has_no_text_and_the_server_goes_on() {
    let Scene { app, names: _, department, item: _ } = Scene::on(Backend::Sqlite).await;
    let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
    let secret = documents::pdf_with(&[documents::from_left("secret")], &documents::locked(), "");
    let entities = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><w:p><w:t>&b;</w:t></w:p>";
    let with_entities =
        documents::archive(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", entities.as_bytes())]);
    let deep = documents::docx(&("<w:p>".repeat(20_000) + &"</w:p>".repeat(20_000)));
    let cases = [
        ("locked.pdf", PDF, secret, "encrypted"),
        ("broken.pdf", PDF, b"%PDF-1.7\n1 0 obj << /Type".to_vec(), "unreadable"),
        ("scan.pdf", PDF, documents::pdf(&[]), "no_text"),
        ("entities.docx", DOCX, with_entities, "unreadable"),
        ("deep.docx", DOCX, deep, "too_large"),
    ];
    let mut assets = Vec::new();
    for (name, media_type, bytes, reason) in cases {
        assets.push((upload(&editor, &department, name, media_type, bytes).await, reason));
    }
    let good = upload(&editor, &department, "good.txt", "text/plain", "كلمة السر مشمش".into()).await;
    let linked: Vec<&str> = assets.iter().map(|(id, _)| id.as_str()).chain([good.as_str()]).collect();
    let entry = create(&editor, &news_with(&department, "ملفات كثيرة", &linked)).await;
    publish(&publisher, &entry).await;
    for (asset, reason) in &assets {
        let failed = json!({ "status": "failed", "reason": reason, "characters": null });
        assert_eq!(text_of(&editor, asset).await, failed, "{asset}");
    }
    assert_eq!(hits(&app, "مشمش", 1).await[0]["attachments"][0]["name"], "good.txt");
    let listed = editor.get("/manage/v1/assets?name=good").await.of(200).json();
    assert_eq!(listed["data"][0]["text"], json!({ "status": "done", "reason": null, "characters": 14 }));
    let events = app.with(Role::Auditor).get("/manage/v1/events?kind=text_read").await.of(200).json();
    assert_eq!(events["data"].as_array().unwrap().len(), assets.len() + 1);
}
