//! Menus, globals, translations and uses, as front ends and editors ask for them.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{create, department, place, publish, text},
    harness::{App, Backend, client::etag_of},
};

const ABOUT: &str = "065dd730-0bf0-4812-bae8-665fc4e9fb17";
const MENU: &str = "2d9a4d0c-55cb-4f0b-8a0f-60c7f8a0b3e1";

async fn ministry() -> App {
    let app = App::start().await;
    app.cms.load_demo().await.unwrap();
    app
}

/// Handles of a list of collections.
fn handles(list: &Value) -> Vec<String> {
    list["data"].as_array().unwrap().iter().map(|row| text(&row["handle"])).collect()
}

#[tokio::test]
async fn menus_and_globals_are_read_by_their_handles() {
    let app = ministry().await;
    let navigations = app.anyone.get("/v1/navigations").await.of(200);
    assert!(handles(&navigations.json()).contains(&"main_menu".to_owned()));
    assert!(handles(&app.anyone.get("/v1/globals").await.of(200).json()).contains(&"ministry".to_owned()));

    let answer = app.anyone.get("/v1/navigations/main_menu").await.of(200);
    let about = answer.json()["data"]["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["target"] == ABOUT)
        .cloned()
        .unwrap();
    assert_eq!(
        (text(&about["title"]), text(&about["path"]), text(&about["kind"])),
        ("عن الوزارة".to_owned(), "/عن-الوزارة".to_owned(), "entry".to_owned())
    );
    let tag = answer.header("etag").unwrap().to_owned();
    let again = app.anyone.request(reqwest::Method::GET, "/v1/navigations/main_menu").header("if-none-match", tag);
    assert_eq!(crate::harness::client::send(again).await.unwrap().status, 304);
    let global = app.anyone.get("/v1/globals/ministry?locale=en").await.of(200).json();
    assert_eq!((&global["locale"], &global["path"]), (&json!("en"), &Value::Null));

    for missing in
        ["/v1/navigations/nothing", "/v1/navigations/ministry", "/v1/navigations/news", "/v1/globals/main_menu"]
    {
        app.anyone.get(missing).await.of(404);
    }
    for unknown in ["locale=fr", "locale=fr&fallback=ar"] {
        app.anyone.get(&format!("/v1/globals/ministry?{unknown}")).await.of(400);
    }
    let long = format!("/v1/globals/ministry?locale={}", "ar-".repeat(3_000));
    for bad in ["/v1/globals?x=1", "/v1/navigations/main_menu?locale=عربي", "/v1/globals/ministry?fallback=", &long]
    {
        app.anyone.get(bad).await.of(400);
    }
}

#[tokio::test]
async fn a_second_entry_of_a_menu_is_refused() {
    let app = ministry().await;
    let department = department(&app, "إدارة القوائم").await;
    let body = json!({ "collection": "main_menu", "department": department["entry"], "data": { "title": "أخرى" } });
    let refused = app.with(Role::Editor).post("/manage/v1/entries", &body).await.of(409).json();
    assert_eq!(refused["code"], "single_exists");
}

#[tokio::test]
async fn editors_see_what_is_to_be_translated_and_what_points_where() {
    let app = ministry().await;
    let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
    let menu = editor.get(&format!("/manage/v1/entries/{MENU}/translations")).await.of(200).json();
    assert_eq!((&menu["data"][0]["locale"], &menu["data"][0]["state"]), (&json!("en"), &json!("fresh")));
    let missing = editor.get("/manage/v1/translations?collection=news&state=missing&page[size]=3").await.of(200).json();
    assert_eq!(missing["data"].as_array().unwrap().len(), 3);
    assert!(missing["page"]["next"].is_string());
    for bad in ["state=old", "collection=nothing", "page[size]=0", "page[after]=x", "locale=__"] {
        editor.get(&format!("/manage/v1/translations?{bad}")).await.of(400);
    }
    app.anyone.get("/manage/v1/translations").await.of(401);

    let uses = editor.get(&format!("/manage/v1/entries/{ABOUT}/where_used")).await.of(200).json();
    let menus: Vec<&Value> = uses["data"].as_array().unwrap().iter().filter(|row| row["entry"] == MENU).collect();
    assert_eq!((menus.len(), &menus[0]["field"], &uses["hidden"]), (2, &json!("items"), &json!(0)));
    editor.get("/manage/v1/entries/00000000-0000-0000-0000-000000000001/where_used").await.of(404);
    editor.get("/manage/v1/assets/00000000-0000-0000-0000-000000000001/where_used").await.of(404);

    // Taken back: the menus that lose an item are told.
    let rows = editor.get(&format!("/manage/v1/entries/{ABOUT}")).await.of(200).json();
    let mut told = Value::Null;
    for row in rows["localizations"].as_array().unwrap() {
        let seen = editor.get(&place(row)).await.of(200).json();
        let body = json!({ "mode": "gone", "with_children": true });
        let path = format!("{}/withdraw", place(&seen));
        told = publisher.post_at(&path, &etag_of(&seen["version"]), &body).await.of(200).json();
    }
    let left: Vec<&Value> = told["left_dangling"].as_array().unwrap().iter().map(|row| &row["entry"]).collect();
    assert!(left.contains(&&json!(MENU)), "{told}");
    let menu = app.anyone.get("/v1/navigations/main_menu").await.of(200).json();
    assert!(menu["meta"]["unresolved"].as_array().unwrap().iter().any(|place| place["reason"] == "not_public"));
}

#[tokio::test]
async fn an_untitled_draft_answers_a_slug_of_null_and_takes_it_back() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        let owner = department(&app, "إدارة المسودات").await;
        let editor = app.with(Role::Editor);
        let draft = create(&editor, &json!({ "collection": "news", "department": owner["entry"], "data": {} })).await;
        assert_eq!((&draft["slug"], &draft["wanted_slug"]), (&Value::Null, &Value::Null));
        let read = editor.get(&place(&draft)).await.of(200).json();
        let tongue = (json!("ar"), json!("ar"), json!("rtl"));
        let tongue_of = |of: &Value| (of["locale"].clone(), of["lang"].clone(), of["dir"].clone());
        assert_eq!((&read["slug"], tongue_of(&read)), (&Value::Null, tongue.clone()));
        let same = json!({ "slug": read["slug"], "data": read["data"] });
        let saved = editor.put_at(&place(&draft), &etag_of(&draft["version"]), &same).await.of(200).json();
        assert_eq!((&saved["version"], &saved["head"], &saved["sequence"]), (&json!(1), &json!(1), &Value::Null));
        let body = json!({ "slug": null, "data": { "title": "خبر أول" } });
        let titled = editor.put_at(&place(&draft), &etag_of(&draft["version"]), &body).await.of(200).json();
        assert_eq!((&titled["head"], &titled["slug"]), (&json!(2), &json!("خبر-أول")));
        let first = editor.get(&format!("{}/revisions/1", place(&draft))).await.of(200).json();
        let compared = editor.get(&format!("{}/compare?from=1&to=2", place(&draft))).await.of(200).json();
        assert_eq!((&first["slug"], tongue_of(&first), tongue_of(&compared)), (&Value::Null, tongue.clone(), tongue));
        let envelope = json!([{ "name": "slug", "from": null, "to": "خبر-أول" }]);
        assert_eq!(compared["envelope"], envelope);
        let body = json!({ "revision": 1, "hash": first["hash"] });
        let path = format!("{}/publish", place(&draft));
        let refused =
            app.with(Role::Publisher).post_at(&path, &etag_of(&titled["version"]), &body).await.of(422).json();
        let faults = refused["faults"].as_array().unwrap();
        assert!(faults.iter().any(|fault| fault["pointer"] == "/slug" && fault["code"] == "required"), "{refused}");
    }
}

#[tokio::test]
async fn a_department_that_owns_something_is_refused_with_the_counts() {
    let app = App::start().await;
    let owner = department(&app, "إدارة باقية").await;
    let body = json!({ "collection": "pages", "department": owner["entry"], "data": { "title": "صفحة" } });
    create(&app.with(Role::Editor), &body).await;
    let (path, etag) = (format!("{}/withdraw", place(&owner)), etag_of(&owner["version"]));
    let refused = app.with(Role::Publisher).post_at(&path, &etag, &json!({ "mode": "gone" })).await.of(409).json();
    let counts = json!({ "entries": 1, "published": 0, "assets": 0, "departments": 0 });
    assert_eq!((&refused["code"], &refused["params"]), (&json!("owns_something"), &counts));
}

#[tokio::test]
async fn a_publish_of_many_says_which_item_it_refused() {
    let app = App::start().await;
    let owner = department(&app, "إدارة النشر").await;
    let editor = app.with(Role::Editor);
    let body = |slug: &str| json!({ "collection": "pages", "department": owner["entry"], "slug": slug, "data": { "title": "صفحة" } });
    let (one, two) = (create(&editor, &body("one")).await, create(&editor, &body("two")).await);
    let item = |state: &Value, version: i64| json!({ "entry": state["entry"], "locale": "ar", "revision": 1, "hash": state["hash"], "version": version });
    let items = json!({ "items": [item(&one, 1), item(&two, 7)] });
    let refused = app.with(Role::Publisher).post("/manage/v1/publish", &items).await.of(412).json();
    assert_eq!((&refused["params"]["item"], &refused["params"]["current"]), (&json!("/items/1"), &json!(1)));
    // A path that is not for pages is told at once.
    let reserved = editor.post("/manage/v1/entries", &body("docs")).await.of(422).json();
    assert_eq!(
        (&reserved["faults"][0]["pointer"], &reserved["faults"][0]["code"]),
        (&json!("/slug"), &json!("path_reserved"))
    );
    publish(&app.with(Role::Publisher), &one).await;
}
