//! An entry from its first line to the trash, on both databases, as editors, publishers, readers and auditors see it.

use diwan_content::rights::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    desk::{Scene, content, department, get_with, news, place, publish, save, text, upload, withdraw},
    harness::{
        Backend,
        client::{etag_of, send},
        picture,
    },
};

#[tokio::test]
async fn what_an_editor_writes_is_seen_by_editors_alone() {
    for backend in Backend::available() {
        let Scene { app, names, department: _, item } = Scene::on(backend).await;
        let expected = json!({
            "sequence": item["sequence"], "entry": "item", "collection": "news", "department": "department", "locale": "ar",
            "version": 1, "head": 1, "hash": "a hash", "slug": "افتتاح-قاعة-المطالعة-الكبرى", "published": null, "path": null,
            "status": "draft", "changed_at": "a time",
            "lang": "ar", "dir": "rtl", "wanted_slug": null, "kept_aside": []
        });
        assert_eq!(names.plain(&item), expected);
        let read = app.with(Role::Reader).get(&place(&item)).await.of(200);
        assert_eq!(read.header("etag"), Some("\"1\""));
        assert_eq!(read.header("cache-control"), Some("no-store"));
        let read = read.json();
        assert_eq!(read["data"]["title"], "افتتاح قاعة المطالعة الكبرى");
        assert_eq!(read["data"]["featured"], false, "defaults are there from the start");

        let stranger = app.with_on(Role::Editor, &text(&department(&app, "إدارة أخرى").await["entry"])).await;
        assert_eq!(stranger.get(&place(&item)).await.of(404).json()["code"], "not_found");
        assert_eq!(app.anyone.get(&place(&item)).await.of(401).json()["code"], "unauthorized");
        app.anyone.get("/v1/content/news/2026/افتتاح-قاعة-المطالعة-الكبرى").await.of(404);
        app.anyone.get(&format!("/v1/collections/news/entries/{}", text(&item["entry"]))).await.of(404);
        assert_eq!(app.anyone.get("/v1/collections/news/entries").await.of(200).json()["data"], json!([]));
    }
}

#[tokio::test]
async fn two_revisions_are_compared_field_by_field() {
    for backend in Backend::available() {
        let Scene { app, names, department: _, item } = Scene::on(backend).await;
        let data = json!({
            "title": "افتتاح قاعة المطالعة", "kind": "news", "summary": "خلاصة.", "body": "نص.", "featured": false,
            "seo_noindex": false, "tags": ["قراءة"]
        });
        let body = json!({ "data": data, "slug": "قاعة-المطالعة", "note": "اسم أقصر" });
        let saved = save(&app.with(Role::Editor), &item, &body).await;
        assert_eq!((&saved["version"], &saved["head"], &saved["status"]), (&json!(2), &json!(2), &json!("draft")));

        let compared =
            app.with(Role::Reader).get(&format!("{}/compare?from=1&to=2", place(&item))).await.of(200).json();
        let revision = |number: u32, note: Value, based_on: Value| {
            json!({
                "number": number, "hash": "a hash", "saved_at": "a time", "author": "a key", "note": note,
                "based_on": based_on, "translates": null, "blueprint": "news", "blueprint_hash": "a hash",
                "blueprint_known": true
            })
        };
        let expected = json!({
            "locale": "ar", "lang": "ar", "dir": "rtl",
            "from": revision(1, Value::Null, Value::Null),
            "to": revision(2, json!("اسم أقصر"), json!(1)),
            "fields": [
                {
                    "field": "title", "label": { "ar": "العنوان", "en": "Title" }, "change": "changed",
                    "from": "افتتاح قاعة المطالعة الكبرى", "to": "افتتاح قاعة المطالعة", "inside": []
                },
                {
                    "field": "tags", "label": { "ar": "الوسوم", "en": "Tags" }, "change": "added",
                    "from": null, "to": ["قراءة"], "inside": []
                }
            ],
            "envelope": [{ "name": "slug", "from": "افتتاح-قاعة-المطالعة-الكبرى", "to": "قاعة-المطالعة" }]
        });
        assert_eq!(names.plain(&compared), expected);
    }
}

#[tokio::test]
async fn a_published_revision_is_read_by_its_path_in_any_spelling() {
    for backend in Backend::available() {
        let Scene { app, names, department: _, item } = Scene::on(backend).await;
        let published = publish(&app.with(Role::Publisher), &item).await;
        let path = "/news/2026/افتتاح-قاعة-المطالعة-الكبرى";
        let expected = json!({
            "sequence": published["sequence"], "entry": "item", "collection": "news", "department": "department",
            "locale": "ar", "version": 2, "head": 1, "hash": "a hash", "slug": "افتتاح-قاعة-المطالعة-الكبرى",
            "published": 1, "path": path, "status": "published", "changed_at": "a time",
            "lang": "ar", "dir": "rtl", "wanted_slug": null, "kept_aside": []
        });
        assert_eq!(names.plain(&published), expected);

        let expected = json!({
            "kind": "entry", "id": "item", "collection": "news", "blueprint": "news", "locale": "ar", "lang": "ar",
            "dir": "rtl", "path": path, "slug": "افتتاح-قاعة-المطالعة-الكبرى", "department": "department", "revision": 1,
            "date": "2026-03-01", "parent": null, "rank": null, "first_published_at": "a time", "published_at": "a time",
            "translations": [{ "locale": "ar", "path": path }],
            "data": {
                "title": "افتتاح قاعة المطالعة الكبرى", "kind": "news", "summary": "خلاصة.",
                "body": { "html": "<p>نص.</p>\n" }, "image": null, "image_caption": null, "event_starts_at": null,
                "event_ends_at": null, "event_place": null, "tags": [], "topics": [], "partner_departments": [],
                "related": [], "source_link": null, "featured": false, "seo_meta_title": null,
                "seo_meta_description": null, "seo_share_image": null, "seo_canonical": null, "seo_noindex": false
            },
            "included": {}, "meta": { "unresolved": [], "truncated": [] }
        });
        let read = app.anyone.get(&content(&published)).await.of(200);
        assert_eq!(names.plain(&read.json()), expected);
        assert_eq!(read.header("content-language"), Some("ar"));
        assert_eq!(read.header("cache-control"), Some("public, max-age=30"));
        let known =
            get_with(&app.anyone, &content(&published), &[("if-none-match", read.header("etag").unwrap())]).await;
        assert_eq!((known.status, known.body.len()), (304, 0));

        let to_path = json!({ "kind": "redirect", "to": path, "status": 301, "locale": "ar" });
        for variant in ["/news/2026/إفتتاح-قاعه-المطالعه-الكبري", "/NEWS/٢٠٢٦/افتتاح-قاعة-المطالعة-الكُبرى"]
        {
            assert_eq!(app.anyone.get(&format!("/v1/content{variant}")).await.of(200).json(), to_path, "{variant}");
        }
        app.anyone.get("/v1/content/news/2026/افتتاح-قاعة").await.of(404);
    }
}

#[tokio::test]
async fn two_editors_never_overwrite_each_other() {
    for backend in Backend::available() {
        let Scene { app, names: _, department, item } = Scene::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let body = json!({ "data": { "title": "عنوان المحرر الأول" } });
        let saved = save(&editor, &item, &body).await;

        let stale = editor.put_at(&place(&item), "\"1\"", &json!({ "data": { "title": "عنوان المحرر الثاني" } })).await;
        assert_eq!(stale.header("etag"), Some("\"2\""));
        let stale = stale.of(412).json();
        assert_eq!((&stale["code"], &stale["params"]), (&json!("version_mismatch"), &json!({ "current": 2 })));
        let unseen = editor.request(Method::PUT, &place(&item)).json(&body);
        assert_eq!(send(unseen).await.unwrap().of(428).json()["code"], "precondition_required");

        // What was read before the second save is not what would become public.
        let old = json!({ "revision": 2, "hash": item["hash"] });
        let refused = publisher.post_at(&format!("{}/publish", place(&item)), "\"2\"", &old).await.of(409).json();
        assert_eq!(refused["code"], "hash_mismatch");
        let forbidden = json!({ "revision": 2, "hash": saved["hash"] });
        assert_eq!(editor.post_at(&format!("{}/publish", place(&item)), "\"2\"", &forbidden).await.status, 403);
        assert_eq!(editor.get(&place(&item)).await.of(200).json()["data"]["title"], "عنوان المحرر الأول");

        let again = |title: &str| {
            let request = editor.request(Method::POST, "/manage/v1/entries").header("idempotency-key", "first-1");
            send(request.json(&news(&department, title)))
        };
        let (first, second) = (again("خبر يرسل مرتين").await.unwrap(), again("خبر يرسل مرتين").await.unwrap());
        assert_eq!((first.status, &first.body), (201, &second.body));
        assert_eq!(again("خبر آخر").await.unwrap().of(422).json()["code"], "idempotency_key_reused");
        let listed = editor.get("/manage/v1/entries?collection=news&title=مرتين").await.of(200).json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 1, "{listed}");
    }
}

#[tokio::test]
async fn a_published_page_is_found_by_misspelt_words_and_no_longer_when_withdrawn() {
    for backend in Backend::available() {
        let Scene { app, names, department, item } = Scene::on(backend).await;
        let published = publish(&app.with(Role::Publisher), &item).await;
        app.settle().await;
        let found = app.anyone.get("/v1/search?q=قاعه المطالعه الكبري&locale=ar").await.of(200).json();
        let expected = json!({
            "data": [{
                "id": "item", "collection": "news", "department": "department", "locale": "ar", "dir": "rtl",
                "path": published["path"], "title": "افتتاح قاعة المطالعة الكبرى",
                "highlights": {
                    "title": "افتتاح <mark>قاعة</mark> <mark>المطالعة</mark> <mark>الكبرى</mark>",
                    "fragments": ["خلاصة."]
                },
                "published_at": "a time", "pinned": false, "fewer_words": false, "attachments": []
            }],
            "page": { "next": null, "size": 20, "total": 1 },
            "facets": {
                "collections": [{
                    "handle": "news", "label": { "ar": "الأخبار والإعلانات", "en": "News and announcements" }, "count": 1
                }],
                "departments": [{ "id": "department", "title": "إدارة الوثائق", "count": 1 }],
                "locales": [{ "locale": "ar", "count": 1 }],
                "months": [{ "year": 2026, "month": 3, "count": 1 }],
                "fields": [{ "field": "kind", "values": [{ "value": "news", "count": 1 }] }]
            },
            "meta": { "relaxed": false, "did_you_mean": null, "other_locales": [] }
        });
        assert_eq!(names.plain(&found), expected);

        // A hit is public when it is answered, even before the index has seen the change.
        let to = json!({ "mode": "redirect", "to": department["entry"] });
        withdraw(&app.with(Role::Publisher), &published, &to).await;
        let found = app.anyone.get("/v1/search?q=المطالعة").await.of(200).json();
        assert_eq!(found["data"], json!([]));
        app.settle().await;
        let found = app.anyone.get("/v1/search?q=المطالعة").await.of(200).json();
        assert_eq!((&found["data"], &found["page"]["total"]), (&json!([]), &json!(0)));
    }
}

#[tokio::test]
async fn a_picture_is_private_until_something_public_shows_it() {
    for backend in Backend::available() {
        let Scene { app, names: _, department, item } = Scene::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let bytes = picture("قاعة المطالعة");
        let asset = upload(&editor, &department, "قاعة \"كبرى\".gif", bytes.clone()).await;
        let (public, private) = (format!("/v1/assets/{asset}"), format!("/manage/v1/assets/{asset}/content"));
        app.anyone.get(&public).await.of(404);
        assert_eq!(editor.get(&private).await.of(200).body, bytes);

        let mut body = news(&department, "افتتاح قاعة المطالعة الكبرى");
        body["data"]["image"] = json!(asset);
        let saved = save(&editor, &item, &json!({ "data": body["data"] })).await;
        app.anyone.get(&public).await.of(404);
        let published = publish(&publisher, &saved).await;
        let whole = app.anyone.get(&public).await.of(200);
        assert_eq!(whole.body, bytes);
        let etag = whole.header("etag").unwrap().to_owned();
        for (name, value) in [
            ("content-type", "image/gif"),
            ("x-content-type-options", "nosniff"),
            ("accept-ranges", "bytes"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            (
                "content-disposition",
                "inline; filename=\"download.gif\"; filename*=UTF-8''%D9%82%D8%A7%D8%B9%D8%A9%20%22%D9%83%D8%A8%D8%B1%D9%89%22.gif",
            ),
        ] {
            assert_eq!(whole.header(name), Some(value));
        }
        let part = get_with(&app.anyone, &public, &[("range", "bytes=0-5"), ("if-range", &etag)]).await.of(206);
        assert_eq!(
            (&part.body[..], part.header("content-range")),
            (&b"GIF89a"[..], Some(&*format!("bytes 0-5/{}", bytes.len())))
        );
        assert_eq!(
            get_with(&app.anyone, &public, &[("range", "bytes=9999-")]).await.of(416).json()["code"],
            "range_not_satisfiable"
        );
        let known = get_with(&app.anyone, &public, &[("if-none-match", &format!("\"other\", W/{etag}"))]).await;
        assert_eq!((known.status, known.body.len()), (304, 0));
        let included = app.anyone.get(&content(&published)).await.of(200).json()["included"]["image"][0].clone();
        let hashed = format!("{public}/{}", etag.trim_matches('"'));
        assert_eq!((&included["url"], &included["size_bytes"]), (&json!(hashed), &json!(bytes.len())));
        let kept = app.anyone.get(&hashed).await.of(200);
        assert_eq!((&kept.body, kept.header("etag")), (&whole.body, Some(&*etag)));
        let caching = kept.header("cache-control").unwrap();
        assert!(
            caching.starts_with("public, max-age=31536000, s-maxage=") && caching.ends_with(", immutable"),
            "{caching}"
        );
        let other = format!("{public}/{}", "0".repeat(64));
        app.anyone.get(&other).await.of(404);

        // Other bytes under the same identity are public once what shows them is published again.
        let newer = picture("أخرى");
        let replaced = editor.put_bytes_at(&private, "\"1\"", "image/gif", newer.clone()).await.of(200).json();
        assert_eq!(replaced["version"], 2);
        editor.put_bytes_at(&private, "\"1\"", "image/gif", newer.clone()).await.of(412);
        assert_eq!(app.anyone.get(&public).await.of(200).body, bytes);
        let published = publish(&publisher, &published).await;
        assert_eq!(app.anyone.get(&public).await.of(200).body, newer);
        let moved = app.anyone.get(&hashed).await.of(302);
        assert_eq!(moved.header("location"), Some(&*public));

        withdraw(&publisher, &published, &json!({ "mode": "gone" })).await;
        app.anyone.get(&public).await.of(404);
        editor.get(&private).await.of(200);
    }
}

#[tokio::test]
async fn a_translation_inherits_what_it_does_not_say() {
    for backend in Backend::available() {
        let Scene { app, names: _, department, item } = Scene::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let asset = upload(&editor, &department, "x.gif", picture("x")).await;
        let mut data = news(&department, "افتتاح قاعة المطالعة الكبرى")["data"].clone();
        data["image"] = json!(asset);
        data["tags"] = json!(["قراءة"]);
        let arabic = save(&editor, &item, &json!({ "data": data })).await;

        let english =
            json!({ "data": { "title": "The great reading room opens", "body": "It *opens*.", "tags": null } });
        let at = format!("/manage/v1/entries/{}/en", text(&item["entry"]));
        let english = editor.put_new(&at, &english).await.of(201).json();
        assert_eq!(editor.put_new(&at, &json!({ "data": {} })).await.of(409).json()["code"], "localization_exists");
        let early = json!({ "revision": english["head"], "hash": english["hash"] });
        let early = publisher.post_at(&format!("{at}/publish"), &etag_of(&english["version"]), &early).await.of(422);
        assert_eq!(early.json()["faults"][0]["code"], "origin_not_public");

        let arabic = publish(&publisher, &arabic).await;
        let english = publish(&publisher, &english).await;
        let read = app.anyone.get(&content(&english)).await.of(200).json();
        assert_eq!((&read["lang"], &read["dir"]), (&json!("en"), &json!("ltr")));
        let translations = json!([
            { "locale": "ar", "path": "/news/2026/افتتاح-قاعة-المطالعة-الكبرى" },
            { "locale": "en", "path": "/en/news/2026/the-great-reading-room-opens" }
        ]);
        assert_eq!(read["translations"], translations);
        let data = &read["data"];
        assert_eq!(data["body"]["html"], "<p>It <em>opens</em>.</p>\n");
        assert_eq!((&data["summary"], &data["tags"], &data["image"]), (&json!("خلاصة."), &json!([]), &json!(asset)));
        // The English page follows what it inherits.
        let again = save(&editor, &arabic, &json!({ "data": news(&department, "قاعة المطالعة")["data"] })).await;
        publish(&publisher, &again).await;
        let read = app.anyone.get(&content(&english)).await.of(200).json();
        assert_eq!(
            (&read["data"]["title"], &read["data"]["image"]),
            (&json!("The great reading room opens"), &Value::Null)
        );
        app.anyone.get(&format!("/v1/assets/{asset}")).await.of(404);
    }
}

#[tokio::test]
async fn a_page_is_taken_back_trashed_brought_back_and_given_away() {
    for backend in Backend::available() {
        let Scene { app, names, department, item } = Scene::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let first = publish(&publisher, &item).await;
        let entry = format!("/manage/v1/entries/{}", text(&item["entry"]));
        assert_eq!(publisher.post(&format!("{entry}/trash"), &json!({})).await.of(409).json()["code"], "still_public");

        let gone = withdraw(&publisher, &first, &json!({ "mode": "gone" })).await;
        assert_eq!((&gone["status"], &gone["path"]), (&json!("withdrawn"), &Value::Null));
        let answer = get_with(&app.anyone, &content(&first), &[("accept-language", "en")]).await.of(410).json();
        assert_eq!((&answer["code"], &answer["title"]), (&json!("gone"), &json!("No longer available")));
        app.anyone.get(&format!("/v1/collections/news/entries/{}", text(&item["entry"]))).await.of(410);

        let public = publish(&publisher, &gone).await;
        let to = json!({ "mode": "redirect", "to": department["entry"] });
        let led = withdraw(&publisher, &public, &to).await;
        let expected = json!({ "kind": "redirect", "to": "/department/إدارة-الوثائق", "status": 301, "locale": "ar" });
        assert_eq!(app.anyone.get(&content(&first)).await.of(200).json(), expected);

        let public = publish(&publisher, &led).await;
        let vanished = withdraw(&publisher, &public, &json!({ "mode": "vanished" })).await;
        // Each repeats the path that was asked for.
        let mut never = app.anyone.get("/v1/content/news/2026/لم-يكن").await.of(404).json();
        let mut answer = app.anyone.get(&content(&first)).await.of(404).json();
        for problem in [&mut never, &mut answer] {
            let path = problem["params"]["path"].take();
            problem["detail"] = text(&problem["detail"]).replace(&text(&path), "").into();
        }
        assert_eq!(names.plain(&answer), names.plain(&never), "it answers as if it had never been");

        publisher.post(&format!("{entry}/trash"), &json!({})).await.of(200);
        let refused = editor.put_at(&place(&item), &etag_of(&vanished["version"]), &json!({ "data": {} })).await;
        assert_eq!(refused.status, 409, "{refused}");
        let back = publisher.post(&format!("{entry}/untrash"), &json!({})).await.of(200).json();
        let back = back["localizations"][0].clone();

        let changed = save(&editor, &back, &json!({ "data": { "title": "عنوان لن يبقى" } })).await;
        let restore = format!("{}/restore_revision", place(&item));
        let restored =
            publisher.post_at(&restore, &etag_of(&changed["version"]), &json!({ "revision": 1 })).await.of(200).json();
        assert_eq!(restored["head"], 3);
        let head = editor.get(&place(&item)).await.of(200).json();
        assert_eq!(
            (&head["data"]["title"], &head["status"]),
            (&json!("افتتاح قاعة المطالعة الكبرى"), &json!("withdrawn"))
        );

        let other = self::department(&app, "إدارة المحفوظات").await;
        let owner = app.with_on(Role::Editor, &text(&department["entry"])).await;
        owner.get(&place(&item)).await.of(200);
        let transfer = json!({ "department": other["entry"] });
        assert_eq!(publisher.post(&format!("{entry}/transfer"), &transfer).await.of(403).json()["code"], "forbidden");
        app.with(Role::DepartmentAdmin).post(&format!("{entry}/transfer"), &transfer).await.of(200);
        owner.get(&place(&item)).await.of(404);
        app.with_on(Role::Editor, &text(&other["entry"])).await.get(&place(&item)).await.of(200);
    }
}

#[tokio::test]
async fn the_auditor_sees_every_change_in_a_chain_and_every_refusal() {
    for backend in Backend::available() {
        let Scene { app, names, department: _, item } = Scene::on(backend).await;
        let (editor, auditor) = (app.with(Role::Editor), app.with(Role::Auditor));
        editor.put_at(&place(&item), "\"9\"", &json!({ "data": {} })).await.of(412);
        auditor.put_at(&place(&item), "\"1\"", &json!({ "data": {} })).await.of(403);
        let published = publish(&app.with(Role::Publisher), &item).await;
        withdraw(&app.with(Role::Publisher), &published, &json!({ "mode": "gone" })).await;

        let of_item = auditor.get(&format!("/manage/v1/events?entry={}", text(&item["entry"]))).await.of(200).json();
        let told: Vec<Value> =
            of_item["data"].as_array().unwrap().iter().rev().map(|event| names.plain(event)).collect();
        let event = |at: usize, kind: &str| {
            let sequence = item["sequence"].as_u64().unwrap() + at as u64;
            json!({
                "sequence": sequence, "at": "a time", "kind": kind, "actor": "a key", "on_behalf_of": null, "entry": "item",
                "locale": "ar", "revision": 1, "asset": null, "key": null, "department": "department", "person": null,
                "role": null, "content_hash": told[at]["content_hash"], "cause": null, "previous_hash": "a hash", "hash": "a hash"
            })
        };
        assert_eq!(told, [event(0, "entry_created"), event(1, "published"), event(2, "withdrawn")]);
        let chain = auditor.get("/manage/v1/events?page[size]=100").await.of(200).json();
        for pair in chain["data"].as_array().unwrap().windows(2) {
            assert_eq!(pair[0]["previous_hash"], pair[1]["hash"]);
        }

        let refusals = auditor.get("/manage/v1/refusals").await.of(200).json();
        let refusals: Vec<(Value, Value)> = refusals["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|refusal| (refusal["action"].clone(), refusal["code"].clone()))
            .collect();
        assert_eq!(refusals, [(json!("save"), json!("forbidden")), (json!("save"), json!("version_mismatch"))]);
        assert_eq!(editor.get("/manage/v1/events").await.status, 403);
        assert_eq!(app.anyone.get("/manage/v1/refusals").await.status, 401);
    }
}
