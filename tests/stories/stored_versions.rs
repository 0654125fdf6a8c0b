//! What every landed version stored still opens and answers the same.
//!
//! `tests/fixtures/stored/<version>/` holds a SQLite database with its blobs, a backup, and what a server answered from
//! them. Before a version lands that changes what is stored, write its own by
//! `DIWAN_WRITE_STORED=<version> cargo test --workspace --all-features --test stories stored_versions`; older ones stay.

use std::{
    fs,
    path::{Path, PathBuf},
};

use diwan_content::rights::Role;
use serde_json::{Map, Value, json};

use crate::harness::{App, Backend, client::Answer, note, picture};

/// What is asked of each version.
const QUESTIONS: [&str; 12] = [
    "/v1/content/department/إدارة-الأرشيف",
    "/v1/content/en/department/archive",
    "/v1/content/department/اداره-الارشيف",
    "/v1/content/department/اسم-قديم",
    "/v1/content/department/إدارة-ألغيت",
    "/v1/collections/departments/entries",
    "/v1/collections/pages/tree",
    "/v1/collections/pages/entries?locale=ar&fields=title,image,featured,action_link,show_in_menu,reviewed_on",
    "/v1/content/دليل-الأرشيف?include=featured&fields=title,featured",
    "/v1/search?q=الوثائق",
    "/v1/paths",
    "/v1/search?q=الارشيف",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stored")
}

#[tokio::test]
async fn what_older_versions_stored_is_answered_the_same() {
    if let Some(version) = std::env::var_os("DIWAN_WRITE_STORED") {
        write(&folder().join(version)).await;
    }
    let mut versions = 0;
    for version in fs::read_dir(folder()).unwrap() {
        let version = version.unwrap().path();
        note(&format!("stored by {}", version.file_name().unwrap().display()));
        let data = tempfile::tempdir().unwrap();
        copy_all(&version.join("data"), data.path());
        let app = App::on_folder(data).await;
        check(&app, &version).await;
        app.stop().await;
        for backend in Backend::available() {
            let app = App::on_backup(&version.join("backup"), backend).await;
            check(&app, &version).await;
            app.stop().await;
        }
        versions += 1;
    }
    assert!(versions > 0, "there is no stored version to open");
}

/// The hits of a search in the order of their ids, without marks: how they are ranked and marked may become better.
fn unranked(mut answer: Value) -> Value {
    if let Some(hits) = answer.pointer_mut("/body/data").and_then(Value::as_array_mut) {
        for hit in hits.iter_mut().filter_map(Value::as_object_mut) {
            hit.remove("highlights");
        }
        hits.sort_by_key(|hit| format!("{}{}", hit["id"], hit["locale"]));
    }
    answer
}

/// Everything that was answered then is answered now; newer versions may say more.
async fn check(app: &App, version: &Path) {
    app.settle().await;
    let text = fs::read_to_string(version.join("answers.json")).unwrap();
    let answers: Map<String, Value> = serde_json::from_str(&text).unwrap();
    for (question, then) in answers {
        let then = without_wording(then);
        let now = answer(&app.anyone.get(&question).await);
        let (then, now) = match question.starts_with("/v1/search?") {
            true => (unranked(then), unranked(now)),
            false => (then, now),
        };
        assert!(contains(&now, &then), "{question}\nthen {then}\nnow  {now}");
    }
    // History is found by any spelling of a path, also what was stored before paths of the past were folded.
    let auditor = app.with(Role::Auditor);
    let as_of = app.cms.now();
    let page = auditor.get(&format!("/v1/content/department/إدارة-الأرشيف?as_of={as_of}")).await.of(200).json();
    assert_eq!(page["kind"], "entry");
    for variant in ["/v1/content/department/اداره-الارشيف", "/v1/content/department/اسم-قديم"] {
        let told = auditor.get(&format!("{variant}?as_of={as_of}")).await.of(200).json();
        assert_eq!((&told["kind"], &told["to"]), (&json!("redirect"), &page["path"]), "{variant}");
    }
    auditor.get(&format!("/v1/content/department/إدارة-ألغيت?as_of={as_of}")).await.of(410);
    // Publications of before the pins pin the bytes of then.
    let shown = app.anyone.get(&format!("/v1/collections/departments/entries/{}", page["id"].as_str().unwrap())).await;
    let shown = shown.of(200).json()["included"]["thumbnail"][0].clone();
    let uses =
        auditor.get(&format!("/manage/v1/assets/{}/where_used", shown["id"].as_str().unwrap())).await.of(200).json();
    for used in uses["data"].as_array().unwrap() {
        assert_eq!((&used["bytes"]["since"], &used["bytes"]["outdated"]), (&json!(1), &json!(false)), "{used}");
    }
    app.anyone.get(shown["url"].as_str().unwrap()).await.of(200);
    // Assets of before their texts were folded are found by them.
    let found = auditor.get("/manage/v1/assets?text=X.GIF").await.of(200).json();
    assert!(found["data"].as_array().unwrap().iter().any(|asset| asset["id"] == shown["id"]), "{found}");
    // Revisions that were stored when each had a slug are beside one that has none.
    let draft = json!({ "collection": "departments", "data": {} });
    let draft = app.with(Role::SystemAdmin).post("/manage/v1/entries", &draft).await.of(201).json();
    assert_eq!(draft["slug"], Value::Null);
    let id = page["id"].as_str().unwrap();
    let first = auditor.get(&format!("/manage/v1/entries/{id}/ar/revisions/1")).await.of(200).json();
    assert_eq!(first["slug"], "اسم-قديم");
}

fn contains(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(name, then)| now.get(name).is_some_and(|now| contains(now, then)))
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| contains(now, then))
        }
        // Addresses of assets name the bytes since publications pin them.
        (Value::String(now), Value::String(then)) if then.starts_with("/v1/assets/") => {
            now.strip_prefix(then.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        }
        (now, then) => now == then,
    }
}

/// Status and body, without what is new at each request.
fn answer(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    json!({ "status": answer.status, "body": body })
}

/// What was answered then, without the sentences of problems, which may be worded better.
fn without_wording(mut then: Value) -> Value {
    if let Some(problem) = then["body"].as_object_mut().filter(|body| body.contains_key("code")) {
        problem.remove("title");
        problem.remove("detail");
    }
    then
}

/// A small installation with something of everything that is stored.
async fn write(version: &Path) {
    let app = App::start().await;
    let made = |data: Value, slug: &str| json!({ "collection": "departments", "slug": slug, "data": data });
    let archive =
        create(&app, &made(json!({ "title": "إدارة الأرشيف", "content": "تحفظ **الأرشيف** الوطني." }), "اسم-قديم")).await;
    publish(&app, &archive, "ar").await;
    let picture = app
        .with(Role::Editor)
        .post_bytes(&format!("/manage/v1/assets?name=x.gif&department={archive}"), "image/gif", picture("stored"))
        .await;
    let picture = picture.of(201).json()["id"].clone();
    let renamed = json!({ "slug": "إدارة-الأرشيف", "data": { "title": "إدارة الأرشيف", "content": "تحفظ **الأرشيف** الوطني.", "thumbnail": picture } });
    save(&app, &archive, "ar", &renamed).await;
    publish(&app, &archive, "ar").await;
    let english = json!({ "slug": "archive", "data": { "title": "Archive" } });
    let path = format!("/manage/v1/entries/{archive}/en");
    app.with(Role::Editor).put_new(&path, &english).await.of(201);
    publish(&app, &archive, "en").await;
    let ended = create(&app, &made(json!({ "title": "إدارة ألغيت", "content": "كانت." }), "إدارة-ألغيت")).await;
    publish(&app, &ended, "ar").await;
    let (path, etag) = state(&app, &ended, "ar").await;
    app.with(Role::Publisher).post_at(&format!("{path}/withdraw"), &etag, &json!({ "mode": "gone" })).await.of(200);
    let page = json!({ "collection": "pages", "department": archive, "data": { "title": "عن الأرشيف", "body": "نص" } });
    let page = create(&app, &page).await;
    publish(&app, &page, "ar").await;
    let rich = create(&app, &rich_page(&archive, &picture)).await;
    publish(&app, &rich, "ar").await;
    save(&app, &rich, "ar", &json!({ "data": { "title": "دليل الأرشيف", "body": "نص لم يُنشر بعد." } })).await;
    create(&app, &made(json!({ "title": "مسودة", "content": "لم تنشر." }), "مسودة")).await;
    app.settle().await;
    let mut answers = Map::new();
    for question in QUESTIONS {
        answers.insert(question.to_owned(), answer(&app.anyone.get(question).await));
    }
    app.cms.backup(&version.join("backup")).await.unwrap();
    fs::write(version.join("answers.json"), serde_json::to_string_pretty(&answers).unwrap()).unwrap();
    let data = app.stop().await;
    for part in ["lock", "index"] {
        let path = data.path().join(part);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    copy_all(data.path(), &version.join("data"));
}

/// Values of many field types: a document with marks and a block, references, a link, an asset, a date, a private text.
fn rich_page(department: &str, picture: &Value) -> Value {
    let article = json!({ "type": "doc", "content": [
        { "type": "heading", "attrs": { "level": 2 }, "content": [{ "type": "text", "text": "الوصول إلى الوثائق" }] },
        { "type": "paragraph", "content": [
            { "type": "text", "text": "تُتاح الوثائق " },
            { "type": "text", "text": "بعد ثلاثين عامًا", "marks": [{ "type": "bold" }] },
        ] },
        { "type": "block", "attrs": { "id": "careful", "values": { "type": "callout", "tone": "note", "text": "تُستثنى الوثائق السرية." } } },
    ] });
    json!({ "collection": "pages", "department": department, "data": {
        "title": "دليل الأرشيف",
        "article": article,
        "image": picture,
        "featured": [department],
        "action_label": "زر الأرشيف",
        "action_link": format!("entry:{department}"),
        "show_in_menu": false,
        "reviewed_on": "2026-01-15",
        "internal_notes": "يراجعه قسم الحفظ.",
    } })
}

async fn create(app: &App, body: &Value) -> String {
    let role = if body["collection"] == "departments" { Role::SystemAdmin } else { Role::Editor };
    let made = app.with(role).post("/manage/v1/entries", body).await.of(201).json();
    made["entry"].as_str().unwrap().to_owned()
}

async fn save(app: &App, entry: &str, locale: &str, body: &Value) {
    let (path, etag) = state(app, entry, locale).await;
    app.with(Role::Editor).put_at(&path, &etag, body).await.of(200);
}

async fn publish(app: &App, entry: &str, locale: &str) {
    let (path, etag) = state(app, entry, locale).await;
    let seen = app.with(Role::Editor).get(&path).await.of(200).json();
    let body = json!({ "revision": seen["head"], "hash": seen["hash"] });
    app.with(Role::Publisher).post_at(&format!("{path}/publish"), &etag, &body).await.of(200);
}

async fn state(app: &App, entry: &str, locale: &str) -> (String, String) {
    let path = format!("/manage/v1/entries/{entry}/{locale}");
    let etag = app.with(Role::Editor).get(&path).await.of(200).header("etag").unwrap().to_owned();
    (path, etag)
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_all(&path, &target) } else { fs::copy(&path, &target).map(|_| ()).unwrap() }
    }
}
