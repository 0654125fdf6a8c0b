//! The pages for people work in a browser, under their own policy.

use std::collections::BTreeSet;

use diwan_content::rights::Role;
use serde_json::Value;

use crate::{
    desk::text,
    harness::{App, browser::Browser, client::send},
};

#[tokio::test]
async fn the_delivery_api_can_be_tried_in_a_browser() {
    let Some(mut browser) = Browser::open().await else { return };
    let app = ministry().await;
    browser.visit(&format!("{}/docs", app.anyone.base())).await;
    let document = app.anyone.get("/v1/openapi.json").await.of(200).json();
    try_lists(&mut browser, &document, &["/v1/search", "/v1/search/suggest"]).await;
    let place = open(&mut browser, "content", "get_content").await;
    browser.write_into(&format!("{place} tr[data-param-name=path] input"), "department/الموازنة-العامة").await;
    let body = execute(&mut browser, &place).await;
    assert!(body.contains("الإدارة العامة للموازنة العامة"), "{body}");
    looks_right(&mut browser).await;
}

#[tokio::test]
async fn the_management_api_can_be_tried_in_a_browser_once_a_key_was_typed() {
    let Some(mut browser) = Browser::open().await else { return };
    let app = ministry().await;
    browser.visit(&format!("{}/docs/management", app.anyone.base())).await;
    browser.write_into("#key", app.key(Role::Auditor)).await;
    browser.click("#key-form button").await;
    let document = app.with(Role::Auditor).get("/manage/v1/openapi.json").await.of(200).json();
    try_lists(&mut browser, &document, &[]).await;
    let entries = app.anyone.get("/v1/collections/departments/entries").await.of(200).json();
    let place = open(&mut browser, "entries", "get_localization").await;
    for (name, value) in [("id", text(&entries["data"][0]["id"])), ("locale", "ar".to_owned())] {
        browser.write_into(&format!("{place} tr[data-param-name={name}] input"), &value).await;
    }
    let body = execute(&mut browser, &place).await;
    assert!(body.contains("departments"), "{body}");
    looks_right(&mut browser).await;
}

#[tokio::test]
async fn the_management_page_says_why_a_key_is_refused() {
    let Some(mut browser) = Browser::open().await else { return };
    let app = App::start().await;
    browser.visit(&format!("{}/docs/management", app.anyone.base())).await;
    for (key, status) in [("diwan_forged", "401"), (app.key(Role::Delivery), "403")] {
        browser.evaluate("document.getElementById('key').value = ''").await;
        browser.write_into("#key", key).await;
        browser.click("#key-form button").await;
        browser.wait_for(&format!("document.getElementById('status').textContent.startsWith('{status}')")).await;
    }
}

#[tokio::test]
async fn the_first_page_leads_to_the_others() {
    let Some(mut browser) = Browser::open().await else { return };
    let app = ministry().await;
    browser.visit(&format!("{}/", app.anyone.base())).await;
    looks_right(&mut browser).await;
    let links = browser.evaluate("[...document.querySelectorAll('a')].map((link) => link.href)").await;
    for link in links.as_array().unwrap() {
        app.anyone.get(text(link).strip_prefix(app.anyone.base()).unwrap()).await.of(200);
    }
}

#[tokio::test]
async fn a_guide_is_read_in_a_browser_and_leads_to_the_others() {
    let Some(mut browser) = Browser::open().await else { return };
    let app = App::start().await;
    browser.visit(&format!("{}/docs/guide/reading", app.anyone.base())).await;
    looks_right(&mut browser).await;
    let marked = browser.evaluate("document.querySelector('nav [aria-current=page]').getAttribute('href')").await;
    assert_eq!(marked, "/docs/guide/reading");
    let told = "(({ lang, dir }) => lang + dir)(document.querySelector('main'))";
    assert_eq!(browser.evaluate(told).await, "enltr");
    let shown = browser.evaluate("getComputedStyle(document.querySelector('main pre')).overflowX").await;
    assert_eq!(shown, "auto", "the style of guides is not applied");
    // Headings that the contents name are there.
    let missing =
        "[...document.querySelectorAll('main nav a')].filter((link) => !document.querySelector(link.hash)).length";
    assert_eq!(browser.evaluate(missing).await, 0);
    let next = browser.evaluate("document.querySelector('header a[href=\"/docs/guide/writing\"]').href").await;
    browser.visit(&text(&next)).await;
    browser.wait_for("!!document.querySelector('main h1')").await;
    looks_right(&mut browser).await;
}

#[tokio::test]
async fn a_guide_that_does_not_exist_is_refused_in_both_languages() {
    let app = App::start().await;
    for (language, title) in [("ar", "غير موجود"), ("en", "Not found")] {
        for path in ["/docs/guide/nothing", "/docs/guide/reading.md", "/docs/guide"] {
            let request = app.anyone.request(reqwest::Method::GET, path).header("accept-language", language);
            let answer = send(request).await.unwrap().of(404);
            assert_eq!(answer.header("content-language"), Some(language));
            assert_eq!(answer.json()["title"], title);
        }
    }
    let index = app.anyone.get("/").await.of(200).json();
    let guides = index["guides"].as_object().unwrap();
    assert_eq!(guides.keys().collect::<Vec<_>>(), ["reading", "writing", "searching", "operating"]);
    for address in guides.values() {
        app.anyone.get(&text(address)).await.of(200);
    }
}

#[tokio::test]
async fn pages_and_their_files_are_kept_by_caches_until_they_change() {
    let app = App::start().await;
    let page = |path: &str| app.anyone.request(reqwest::Method::GET, path).header("accept", "text/html,*/*;q=0.8");
    let mut files = BTreeSet::new();
    for path in ["/", "/docs", "/docs/management", "/docs/guide/operating"] {
        let answer = send(page(path)).await.unwrap().of(200);
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; ") && !policy.contains("unsafe"),
            "{policy}"
        );
        let known = page(path).header("if-none-match", answer.header("etag").unwrap());
        send(known).await.unwrap().of(304);
        let html = String::from_utf8(answer.body.to_vec()).unwrap();
        let quoted = html.split('"').filter(|part| part.starts_with("/docs/") && part.contains('.'));
        files.extend(quoted.map(str::to_owned));
    }
    assert_eq!(files.len(), 5, "{files:?}");
    for file in files {
        let answer = app.anyone.get(&file).await.of(200);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let tag = answer.header("etag").unwrap();
        let known = app.anyone.request(reqwest::Method::GET, &file).header("if-none-match", tag);
        send(known).await.unwrap().of(304);
    }
    app.anyone.get("/docs/page.js").await.of(404);
    let index = app.anyone.get("/").await.of(200);
    assert_eq!((index.json()["delivery"]["page"].as_str(), index.header("vary")), (Some("/docs"), Some("Accept")));
}

/// The sample ministry.
async fn ministry() -> App {
    let app = App::start().await;
    app.cms.load_demo().await.unwrap();
    app.settle().await;
    app
}

/// Executes every GET that needs no parameter, as it is filled in, and those that need only `q`.
async fn try_lists(browser: &mut Browser, document: &Value, queries: &[&str]) {
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(get) = methods.get("get") else { continue };
        let needs = get["parameters"].as_array().into_iter().flatten().any(|parameter| parameter["required"] == true);
        if needs && !queries.contains(&path.as_str()) {
            continue;
        }
        let place = open(browser, &text(&get["tags"][0]), &text(&get["operationId"])).await;
        if needs {
            browser.write_into(&format!("{place} tr[data-param-name=q] input"), "الموازنه").await;
        }
        execute(browser, &place).await;
        // Closed again, so that the page stays small.
        browser.click(&format!("{place} .opblock-summary-control")).await;
    }
}

/// Expands an operation and presses "Try it out".
async fn open(browser: &mut Browser, tag: &str, operation: &str) -> String {
    let place = format!("#operations-{tag}-{operation}");
    browser.click(&format!("{place} .opblock-summary-control")).await;
    browser.click(&format!("{place} .try-out__btn")).await;
    place
}

/// Presses "Execute" and answers the body that is shown; the status must be 200.
async fn execute(browser: &mut Browser, place: &str) -> String {
    browser.click(&format!("{place} .execute")).await;
    let shown = format!(
        "document.querySelector('{place} .live-responses-table tr.response .response-col_status')?.textContent"
    );
    let status = browser.wait_for(&shown).await;
    let answer = browser.evaluate(&format!("document.querySelector('{place} .responses-inner').textContent")).await;
    assert!(text(&status).trim().starts_with("200"), "{place}: {status} {answer}");
    text(&answer)
}

/// Title, icon, both languages, links between the pages; and no complaint of the browser.
async fn looks_right(browser: &mut Browser) {
    let title = browser.evaluate("document.title").await;
    assert!(text(&title).starts_with("Diwan"), "{title}");
    let icon = "fetch(document.querySelector('link[rel=icon]').href).then((icon) => icon.headers.get('content-type'))";
    assert_eq!(browser.evaluate(icon).await, "image/svg+xml");
    let links = browser.evaluate("[...document.querySelectorAll('a')].map((link) => link.textContent).join()").await;
    for label in ["واجهة القراءة", "Delivery API", "واجهة الإدارة", "Management API", "التشغيل", "Operating"]
    {
        assert!(text(&links).contains(label), "{links}");
    }
    assert_eq!(browser.complaints().await, &[] as &[String]);
}
