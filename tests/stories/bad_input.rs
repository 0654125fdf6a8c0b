//! What no client should send: each gets a clear problem with all faults at once, and nothing is lost.

mod documents;
mod lists;
mod names;
mod paths;
mod target;

use diwan_content::rights::Role;
use serde_json::{Value, json};

use self::target::{Case, Sent, Target, bearer_of, exchange};
use crate::{
    desk::{content, get_with, news, place, text},
    harness::{App, Backend, picture},
};

#[tokio::test]
async fn bodies_that_are_no_proper_json() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let raw = |body: &[u8]| target.save().body("application/json", body);
        let deep = "[".repeat(100_000);
        let mut cases: Vec<Case> = [
            &b""[..],
            br#"{"data":"#,
            deep.as_bytes(),
            br#"{"data":{"title":"\ud800"}}"#,
            b"{\"data\":{\"title\":\"\xff\"}}",
            b"{\"data\":{\"title\":\"a\0b\"}}",
            br#"{"data":{"title":1e999}}"#,
            br#"{"data":{}} {}"#,
        ]
        .iter()
        .map(|body| (raw(body), 400, "bad_json", vec![]))
        .collect();
        let twice = br#"{"data":{"title":"a","\u0074itle":"b"},"note":"a","note":"b"}"#;
        cases.push((raw(twice), 400, "bad_json", vec!["/data/title", "/note"]));
        for (media_type, body) in [("text/plain", "{}"), ("application/json; charset=utf-16", "{}"), ("", "{}")] {
            cases.push((target.save().body(media_type, body), 415, "unsupported_media", vec![]));
        }
        for encoding in ["gzip", "deflate", "br", "identity, gzip"] {
            cases.push((raw(b"{}").with("content-encoding", encoding), 415, "unsupported_media", vec![]));
        }
        let announced = target.save().with("content-type", "application/json").with("content-length", "99999999999");
        cases.push((announced, 413, "too_large", vec![]));
        cases.push((raw(&vec![b' '; 9_000_000]), 413, "too_large", vec![]));
        let mut endless = target.save().with("content-type", "application/json").with("transfer-encoding", "chunked");
        endless.body = format!("100000\r\n{}\r\n", " ".repeat(0x10_0000)).repeat(9).into_bytes();
        cases.push((endless.clone(), 413, "too_large", vec![]));
        endless.body = b"zz\r\n{}\r\n0\r\n\r\n".to_vec();
        cases.push((endless, 400, "bad_request", vec![]));
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn bodies_with_other_values_than_the_blueprint_knows() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let (department, asset) = (target.department["entry"].clone(), json!(target.asset));
        let cases: Vec<Case> = vec![
            (target.save().json(&json!([])), 422, "faults", vec![""]),
            (target.save().json(&json!({})), 422, "faults", vec!["/data"]),
            (
                target.save().json(&json!({ "data": { "title": 5, "x": 1, "tags": "a" }, "y": 1, "slug": 7, "date": "2026-02-30", "rank": "Z" })),
                422,
                "faults",
                vec!["/slug", "/rank", "/date", "/y", "/data/title", "/data/x", "/data/tags"],
            ),
            (target.save_data(json!({ "title": "عنوان\u{0}" })), 422, "faults", vec!["/data/title"]),
            (target.save_data(json!({ "body": "x".repeat(5_000_000) })), 422, "faults", vec!["/data/body"]),
            (target.save_data(json!({ "image": department })), 422, "faults", vec!["/data/image"]),
            (target.save_data(json!({ "partner_departments": [asset] })), 422, "faults", vec!["/data/partner_departments/0"]),
            (target.save_data(json!({ "related": [department] })), 422, "faults", vec!["/data/related/0"]),
            (target.save_data(json!({ "source_link": "javascript:alert(1)" })), 422, "faults", vec!["/data/source_link"]),
            (target.save_data(json!({ "event_starts_at": "2026-01-01" })), 422, "faults", vec!["/data/event_starts_at"]),
            (target.create(&json!({ "collection": "x", "data": {} })), 422, "faults", vec!["/collection"]),
            (target.create(&json!({ "collection": "news", "data": {} })), 422, "faults", vec!["/department"]),
            (target.create(&json!({ "collection": "news", "department": target.item["entry"], "data": {} })), 422, "faults", vec!["/department"]),
            (target.create(&json!({ "collection": "departments", "data": { "title": "إدارة" } })), 403, "forbidden", vec![]),
            (
                target.create(&json!({ "collection": "news", "department": department, "id": target.item["entry"], "data": {} })),
                409,
                "id_taken",
                vec![],
            ),
        ];
        target.refuses(cases).await;
        let slugs = ["../../etc", "a/b", "", "ـًـ", "a\u{202e}b", "a\r\nb", "..", &"ا".repeat(300), &"ا".repeat(301)]
            .map(|slug| {
                let body = json!({ "slug": slug, "data": { "title": "عنوان جديد" } });
                (target.save().json(&body), 422, "faults", vec!["/slug"])
            });
        target.refuses(slugs.into()).await;
    }
}

#[tokio::test]
async fn conditions_that_are_missing_or_stale() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let plain = target.by(Role::Editor, Sent::new("PUT", place(&target.item))).json(&json!({ "data": {} }));
        let mut cases: Vec<Case> = vec![
            (plain.clone(), 428, "precondition_required", vec![]),
            (plain.clone().with("if-none-match", "*"), 409, "localization_exists", vec![]),
            (plain.clone().with("if-none-match", "\"2\""), 400, "bad_parameters", vec!["/If-None-Match"]),
            (
                plain.clone().with("if-match", "\"2\"").with("if-none-match", "*"),
                400,
                "bad_parameters",
                vec!["/If-None-Match"],
            ),
            (
                plain.clone().with("if-match", "\"2\"").with("if-match", "\"3\""),
                400,
                "bad_parameters",
                vec!["/If-Match"],
            ),
        ];
        for stale in ["\"1\"", "\"3\"", "\"-2\"", "\"02\"", "W/\"2\"", "\"x\"", "\"99999999999999999999\""] {
            cases.push((plain.clone().with("if-match", stale), 412, "version_mismatch", vec![]));
        }
        for unclear in ["2", "*", "\"2\", \"3\"", "\"٢\"", "\"2"] {
            cases.push((plain.clone().with("if-match", unclear), 400, "bad_parameters", vec!["/If-Match"]));
        }
        let (head, hash) = (&target.item["head"], &target.item["hash"]);
        let zeros = "0".repeat(64);
        cases.extend([
            (target.publish(&json!({ "revision": head, "hash": zeros })), 409, "hash_mismatch", vec![]),
            (target.publish(&json!({ "revision": 99, "hash": hash })), 404, "not_found", vec![]),
            (target.publish(&json!({ "revision": "1", "hash": 1 })), 422, "faults", vec!["/revision", "/hash"]),
            (target.withdraw(&json!({ "mode": "hidden" })), 422, "faults", vec!["/mode"]),
            (target.withdraw(&json!({ "mode": "redirect" })), 422, "faults", vec!["/to"]),
            (target.withdraw(&json!({ "mode": "redirect", "to": target.item["entry"] })), 422, "faults", vec!["/to"]),
            (target.withdraw(&json!({ "mode": "redirect", "to": target.asset })), 422, "faults", vec!["/to"]),
            (target.withdraw(&json!({ "mode": "gone", "to": target.department["entry"] })), 422, "faults", vec!["/to"]),
        ]);
        for key in ["", "a b", "é", &"x".repeat(201)] {
            let sent = target.save().with("idempotency-key", key).json(&json!({ "data": {} }));
            cases.push((sent, 400, "bad_parameters", vec!["/Idempotency-Key"]));
        }
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn the_same_idempotency_key_with_another_body() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let first = news(&target.department, "خبر يرسل مرة");
        let sent = |body: &Value| target.create(body).with("idempotency-key", "once-1").bytes();
        let answers = [exchange(&target.address, &sent(&first)).await, exchange(&target.address, &sent(&first)).await];
        let [one, two] = answers.each_ref().map(|answer| answer.split_once("\r\n\r\n").unwrap().1);
        assert_eq!(one, two);
        assert!(answers[0].starts_with("HTTP/1.1 201 "), "{}", answers[0]);
        let other = target.create(&news(&target.department, "خبر آخر")).with("idempotency-key", "once-1");
        let elsewhere = target.save_data(json!({})).with("idempotency-key", "once-1");
        let refused = |sent| (sent, 422, "idempotency_key_reused", vec![]);
        target.refuses(vec![refused(other), refused(elsewhere)]).await;
    }
}

#[tokio::test]
async fn parameters_that_nobody_offers() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let list = |query: &str| Sent::get(format!("/v1/collections/news/entries?{query}"));
        let search = |query: &str| Sent::get(format!("/v1/search?{query}"));
        let refused = |sent, pointers| (sent, 400, "bad_parameters", pointers);
        let mut cases: Vec<Case> = Vec::new();
        for size in ["-1", "0", "101", "99999999999999999999", "%D9%A5", "1e1", "+5", "", "%20", "5&page[size]=5"] {
            cases.push(refused(list(&format!("page[size]={size}")), vec!["/page[size]"]));
        }
        for cursor in ["x", "", "AAAA", "%00", &"A".repeat(5_000)] {
            cases.push(refused(list(&format!("page[after]={cursor}")), vec!["/page[after]"]));
        }
        for sort in ["editor_notes", "-editor_notes", "nothing", "", ",", "--title", "title,title", "hash"] {
            cases.push(refused(list(&format!("sort={sort}")), vec!["/sort"]));
        }
        cases.extend([
            refused(list("locale=fr"), vec!["/locale"]),
            refused(list("locale=%FF"), vec!["/locale"]),
            refused(list("x=1&where=title&filters[title]=x"), vec!["/x", "/where", "/filters[title]"]),
            refused(
                list("x=1&filter[x]=1&sort=x&page[size]=0&locale=fr&as_of=2999-01-01T00:00:00Z&include=x&fields=x&count=all"),
                vec!["/x", "/page[size]", "/as_of", "/count", "/fields", "/include", "/locale", "/filter[x]", "/sort"],
            ),
            refused(search(""), vec!["/q"]),
            refused(search("q=%20"), vec!["/q"]),
            refused(search("q=%00"), vec!["/q"]),
            refused(search(&format!("q={}", "(".repeat(900))), vec!["/q"]),
            refused(search("q=a&collection=x&department=x&page[size]=0"), vec!["/department", "/page[size]", "/collection"]),
            refused(search("q=%20&collection=x&from=x"), vec!["/q", "/collection", "/from"]),
            refused(search("x=1&locale=fr&filter[title]=a"), vec!["/x", "/q", "/locale", "/filter[title]"]),
            refused(search(&format!("q={}&to=2026-02-30", "a%20".repeat(40))), vec!["/q", "/to"]),
            refused(Sent::get("/v1/search/suggest?q=a&x=1&page[size]=99&collection=x"), vec!["/x", "/page[size]", "/collection"]),
            refused(Sent::get("/v1/paths?x=1&locale=fr"), vec!["/x", "/locale"]),
            refused(Sent::get("/v1/collections/pages/tree?x=1&locale=fr&as_of=2999-01-01T00:00:00Z"), vec!["/x", "/as_of", "/locale"]),
            refused(
                Sent::get(format!("/v1/collections/news/entries/{}?x=1&include=x&fields=x", text(&target.item["entry"]))),
                vec!["/x", "/fields", "/include"],
            ),
            refused(Sent::get(format!("{}?x=1&include=x", content(&target.item))), vec!["/x", "/include"]),
            refused(Sent::get("/v1/globals/ministry?x=1&fields=x"), vec!["/x", "/fields"]),
            (search(&format!("q={}", "(".repeat(50_000))), 414, "uri_too_long", vec![]),
            (search(&format!("q={}", "%22".repeat(20_000))), 414, "uri_too_long", vec![]),
            (search(&format!("q={}", "a+".repeat(20_000))), 414, "uri_too_long", vec![]),
        ]);
        let reader = |path: &str| target.by(Role::Reader, Sent::get(path));
        cases.extend([
            refused(reader("/manage/v1/entries?status=hidden&title=%00"), vec!["/status", "/title"]),
            refused(reader("/manage/v1/entries?page[after]=AAAA"), vec!["/page[after]"]),
            refused(reader(&format!("{}/compare?from=0&to=x", place(&target.item))), vec!["/from", "/to"]),
        ]);
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn paths_and_ids_that_name_nothing() {
    let target = Target::on(Backend::Sqlite).await;
    let (item, department) = (text(&target.item["entry"]), text(&target.department["entry"]));
    let mut targets: Vec<String> = [
        "/..",
        "/../..",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e%5c",
        "/%c0%ae%c0%ae/",
        "/%252e%252e%252f",
        "/\\..\\..",
        "/%00",
        "/%FF%FE",
        "/%ED%A0%80",
        "/%",
        "/%zz",
        "/%0d%0aX-Evil:1",
        "/%E2%80%AE",
    ]
    .map(|path| format!("/v1/content{path}"))
    .into();
    targets.extend([
        format!("/v1/content/{}", "a/".repeat(2_000)),
        format!("/v1/collections/news/entries/{department}"),
        format!("/v1/collections/departments/entries/{item}"),
        format!("/v1/collections/news/entries/{}", item.replace('-', "")),
        format!("/v1/collections/news/entries/%7B{item}%7D"),
        format!("/v1/collections/news/entries/{item}%00"),
        "/v1/collections/news/entries/1".to_owned(),
        "/v1/collections/News/entries".to_owned(),
        "/v1/collections/news/tree".to_owned(),
        "/v1/collections%2fnews/entries".to_owned(),
        "/v1//collections".to_owned(),
        "/v1/../manage/v1/entries".to_owned(),
        format!("/v1/assets/{item}"),
        "/v1/assets/..%2f..%2fblobs".to_owned(),
        "/v1/blueprints/..%2fnews".to_owned(),
        "/docs/../diwan.toml".to_owned(),
        "*".to_owned(),
    ]);
    let mut cases: Vec<Case> = targets.into_iter().map(|path| (Sent::get(path), 404, "not_found", vec![])).collect();
    for path in [
        format!("/manage/v1/entries/{}", target.asset),
        format!("/manage/v1/entries/{item}/fr"),
        format!("/manage/v1/entries/{item}/..%2far"),
        format!("/manage/v1/entries/{item}/ar/revisions/0"),
        format!("/manage/v1/entries/{item}/ar/revisions/99999999999999999999"),
        format!("/manage/v1/entries/{item}/ar/revisions/%D9%A1"),
        format!("/manage/v1/assets/{item}/content"),
    ] {
        cases.push((target.by(Role::Reader, Sent::get(path)), 404, "not_found", vec![]));
    }
    target.refuses(cases).await;
}

#[tokio::test]
async fn files_that_are_not_what_they_say() {
    for backend in Backend::available() {
        let target = Target::on(backend).await;
        let mut huge = picture("huge");
        huge[6..10].fill(0xff);
        let html = "<html><script>alert(1)</script></html>";
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>";
        let mut cases: Vec<Case> = vec![
            (target.upload("x.png").body("image/png", html), 415, "media_refused", vec![]),
            (target.upload("x.png").body("image/png", picture("x")), 415, "media_refused", vec![]),
            (target.upload("x.html").body("text/html", picture("x")), 415, "media_refused", vec![]),
            (target.upload("x.svg").body("image/svg+xml", svg), 415, "media_refused", vec![]),
            (target.upload("x.gif").body("image/gif", huge), 415, "media_refused", vec![]),
            (target.upload("x.gif").body("image/gif", ""), 415, "media_refused", vec![]),
            (target.upload("x%0d%0aX-Evil:1.gif").body("image/gif", picture("x")), 422, "faults", vec!["/name"]),
            (target.upload("").body("image/gif", picture("x")), 400, "bad_parameters", vec!["/name"]),
            (target.upload("x.gif&name=y.gif").body("image/gif", picture("x")), 400, "bad_parameters", vec!["/name"]),
            (
                target.upload("x.gif&alternative_text[a%20b]=x").body("image/gif", picture("x")),
                400,
                "bad_parameters",
                vec!["/alternative_text[a b]"],
            ),
            (
                target.upload(&format!("x.gif&id={}", target.asset)).body("image/gif", picture("x")),
                409,
                "id_taken",
                vec![],
            ),
            (target.upload("x.gif").with("content-length", "99999999999"), 413, "too_large", vec![]),
            (
                target.upload("x.gif").body("image/gif", picture("x")).with("content-encoding", "gzip"),
                415,
                "unsupported_media",
                vec![],
            ),
        ];
        for range in ["bytes=9999-", "bytes=-0"] {
            let sent = Sent::get(format!("/v1/assets/{}", target.asset)).with("range", range);
            cases.push((sent, 416, "range_not_satisfiable", vec![]));
        }
        target.refuses(cases).await;
    }
}

#[tokio::test]
async fn requests_that_are_hardly_http() {
    let target = Target::on(Backend::Sqlite).await;
    let key = bearer_of(&target.app.with(Role::SystemAdmin)).replace("Bearer ", "");
    let whom = || Sent::get("/manage/v1/departments");
    let mut cases: Vec<Case> = vec![
        (Sent::new("POST", "/v1/collections").with("x-http-method-override", "GET"), 405, "method_not_allowed", vec![]),
        (Sent::new("TRACE", "/v1/collections"), 405, "method_not_allowed", vec![]),
        (Sent::new("FOO", "/livez"), 405, "method_not_allowed", vec![]),
        (Sent::get("/livez").with("host", "a").with("host", "b"), 400, "bad_parameters", vec!["/Host"]),
        (whom(), 401, "unauthorized", vec![]),
        (Sent::get(format!("/manage/v1/departments?key={key}")), 401, "unauthorized", vec![]),
        (whom().with("cookie", format!("key={key}")).with("x-api-key", key.clone()), 401, "unauthorized", vec![]),
        (
            Sent::get("/metrics").with("x-original-url", "/livez").with("x-forwarded-for", "127.0.0.1"),
            401,
            "unauthorized",
            vec![],
        ),
        (target.by(Role::Reader, Sent::get("/metrics")), 403, "forbidden", vec![]),
    ];
    for bad in [
        "Bearer",
        "Bearer ",
        "Basic x",
        &key,
        &format!("Bearer {key}x"),
        &format!("Bearer {}", key.to_uppercase()),
        "Bearer é",
    ] {
        cases.push((whom().with("authorization", bad), 401, "unauthorized", vec![]));
        // A key that is no good is never taken for none.
        cases.push((Sent::get("/v1/collections").with("authorization", bad), 401, "unauthorized", vec![]));
    }
    target.refuses(cases).await;

    let no_host = exchange(&target.address, b"GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert!(no_host.starts_with("HTTP/1.1 400 "), "{no_host}");
    // Below HTTP there is nobody to write a problem, but nothing hangs and nothing answers as if all were well.
    let huge = format!("GET /livez HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(1_000_000));
    let many = format!("GET /livez HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(200));
    for broken in [
        &b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"[..],
        b"GET /livez\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /manage/v1/entries HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /manage/v1/entries HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
        b"GET /livez HTTP/1.1\r\nhost: x\r\nx : y\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n",
        huge.as_bytes(),
        many.as_bytes(),
    ] {
        let answer = exchange(&target.address, broken).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert!(exchange(&target.address, &Sent::get("/livez").bytes()).await.ends_with("{\"status\":\"live\"}"));
}

#[tokio::test]
async fn pages_of_other_sites_are_kept_out_of_management() {
    let app = App::with_settings(&[("DIWAN_CORS_MANAGEMENT_ORIGINS", "https://cms.example")]).await;
    let allowed = async |path: &str, origin: &str| {
        let answer = get_with(&app.with(Role::Reader), path, &[("origin", origin)]).await;
        answer.header("access-control-allow-origin").map(str::to_owned)
    };
    assert_eq!(allowed("/manage/v1/departments", "https://cms.example").await.as_deref(), Some("https://cms.example"));
    for other in [
        "https://evil.example",
        "null",
        "https://cms.example.evil.example",
        "http://cms.example",
        "https://CMS.example",
    ] {
        assert_eq!(allowed("/manage/v1/departments", other).await, None, "{other}");
        assert_eq!(allowed("/manage/v1/nothing", other).await, None, "{other}");
        assert_eq!(allowed("/v1/collections", other).await.as_deref(), Some("*"));
    }
}
