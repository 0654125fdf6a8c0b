//! What clients may ask of inclusions, fields and the past, and what they should not.

use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{content, create, department, news, publish, save, text, withdraw},
    harness::{App, Backend, client::Client},
};

/// Public news that refer to one another in a circle, and a time at which they did.
struct Newsroom {
    app: App,
    first: Value,
    then: String,
}

impl Newsroom {
    async fn on(backend: Backend) -> Self {
        let app = App::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let department = department(&app, "إدارة الوثائق").await;
        let first = publish(&publisher, &create(&editor, &news(&department, "خبر أول في الصحف")).await).await;
        let mut second = news(&department, "خبر ثان في الصحف");
        second["data"]["related"] = json!([first["entry"]]);
        let second = publish(&publisher, &create(&editor, &second).await).await;
        let mut data = news(&department, "خبر أول في الصحف")["data"].clone();
        data["related"] = json!([second["entry"]]);
        let first = save(&editor, &first, &json!({ "data": data })).await;
        let first = publish(&publisher, &first).await;
        let then = app.cms.now().to_string();
        Self { app, first, then }
    }

    fn entry(&self, query: &str) -> String {
        format!("/v1/collections/news/entries/{}?{query}", text(&self.first["entry"]))
    }
}

async fn pointers(client: &Client, path: &str) -> Vec<String> {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 400, "{path}");
    let problem = answer.json();
    assert_eq!(problem["code"], "bad_parameters", "{path}");
    problem["faults"].as_array().unwrap().iter().map(|fault| text(&fault["pointer"])).collect()
}

#[tokio::test]
async fn a_circle_of_references_is_expanded_to_depth_three_and_no_deeper() {
    for backend in Backend::available() {
        let room = Newsroom::on(backend).await;
        let anyone = &room.app.anyone;
        let three = "include=related.related.related&fields=title&fields[related]=title,related&fields[related.related]=title&fields[related.related.related]=kind";
        for path in [room.entry(three), format!("{}?{three}", content(&room.first))] {
            let entry = anyone.get(&path).await.of(200).json();
            assert_eq!(entry["data"], json!({ "title": "خبر أول في الصحف" }));
            let second = &entry["included"]["related"][0];
            assert_eq!(second["data"], json!({ "title": "خبر ثان في الصحف", "related": [room.first["entry"]] }));
            let third = &second["included"]["related"][0]["included"]["related"][0];
            assert_eq!((&third["id"], &third["data"]), (&second["id"], &json!({ "kind": "news" })));
            assert_eq!((&third["included"], &entry["meta"]["truncated"]), (&json!({}), &json!([])));
        }
        let list = anyone.get(&format!("/v1/collections/news/entries?{three}")).await.of(200).json();
        assert_eq!(list["data"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn names_that_lead_nowhere_are_told_with_those_that_lead_somewhere() {
    for backend in Backend::available() {
        let room = Newsroom::on(backend).await;
        let anyone = &room.app.anyone;
        let many = vec!["a"; 990].join(",");
        for (query, wanted) in [
            ("include=related.related.related.related".to_owned(), vec!["/include"]),
            ("include=title".to_owned(), vec!["/include"]),
            ("include=editor_notes&fields=editor_notes".to_owned(), vec!["/fields", "/include"]),
            ("include=".to_owned(), vec!["/include"]),
            ("include=related,related.&fields=,".to_owned(), vec!["/fields", "/include"]),
            (format!("include={many}"), vec!["/include"]),
            ("include=related&include=related".to_owned(), vec!["/include"]),
            ("include=related%00".to_owned(), vec!["/include"]),
            ("include=related'%20OR%201=1--".to_owned(), vec!["/include"]),
            ("fields[related]=title".to_owned(), vec!["/fields[related]"]),
            ("include=related&fields[related]=editor_notes".to_owned(), vec!["/fields[related]"]),
            ("fields=data.title".to_owned(), vec!["/fields"]),
            ("includes=related".to_owned(), vec!["/includes"]),
        ] {
            for path in [
                room.entry(&query),
                format!("{}?{query}", content(&room.first)),
                format!("/v1/collections/news/entries?{query}"),
            ] {
                let mut told = pointers(anyone, &path).await;
                told.sort();
                assert_eq!(told, wanted, "{path}");
            }
        }
        // Ten thousand names are no address any more.
        anyone.get(&room.entry(&format!("include={}", vec!["a"; 10_000].join(",")))).await.of(414);
        let (private, unknown) = (
            anyone.get(&room.entry("include=editor_notes")).await.json(),
            anyone.get(&room.entry("include=x")).await.json(),
        );
        assert_eq!(private["faults"], unknown["faults"]);
        assert!(text(&private["faults"][0]["params"]["allowed"].to_string().into()).contains("related"));
    }
}

#[tokio::test]
async fn the_past_is_asked_for_by_a_time_that_was() {
    for backend in Backend::available() {
        let room = Newsroom::on(backend).await;
        let auditor = room.app.with(Role::Auditor);
        let handle = "/v1/collections/news/entries";
        for bad in [
            "",
            "1447-06-01",
            "1447-06-01هـ",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T25:00:00Z",
            "9999-12-31T23:59:59Z",
            "10000-01-01T00:00:00Z",
            "-0001-01-01T00:00:00Z",
            "1767225600",
            "now",
            "٢٠٢٦-01-01T00:00:00Z",
            "2026-01-01T00:00:00+03:00",
            "2026-01-01T00:00:00%2B99:00",
        ] {
            for path in [
                handle.to_owned(),
                room.entry(""),
                content(&room.first),
                "/v1/paths".to_owned(),
                "/v1/collections/pages/tree".to_owned(),
            ] {
                let sign = if path.contains('?') { "" } else { "?" };
                assert_eq!(pointers(&auditor, &format!("{path}{sign}as_of={bad}")).await, ["/as_of"], "{path} {bad}");
            }
        }
        // Before there was anything, nothing was there.
        let early = "as_of=0001-01-01T00:00:00Z";
        assert_eq!(auditor.get(&format!("{handle}?{early}")).await.of(200).json()["data"], json!([]));
        auditor.get(&room.entry(early)).await.of(404);
        auditor.get(&format!("{}?{early}", content(&room.first))).await.of(404);
        let shifted = "as_of=2025-01-01T00:00:00%2B03:00";
        auditor.get(&room.entry(shifted)).await.of(404);
    }
}

#[tokio::test]
async fn what_was_public_then_is_read_by_those_who_may_and_kept_by_no_cache() {
    for backend in Backend::available() {
        let room = Newsroom::on(backend).await;
        let then = format!("as_of={}&include=related", room.then);
        let recorded = room.app.anyone.get(&room.entry("include=related")).await.of(200).json();
        withdraw(&room.app.with(Role::Publisher), &room.first, &json!({ "mode": "gone" })).await;
        for role in [Role::Publisher, Role::DepartmentAdmin, Role::Auditor, Role::SystemAdmin] {
            let answer = room.app.with(role).get(&room.entry(&then)).await.of(200);
            assert_eq!(answer.json(), recorded, "{role:?}");
            assert_eq!((answer.header("cache-control"), answer.header("cache-tag")), (Some("no-store"), None));
        }
        for client in [&room.app.anyone, &room.app.with(Role::Editor), &room.app.with(Role::Delivery)] {
            for path in [
                room.entry(&then),
                format!("{}?{then}", content(&room.first)),
                format!("/v1/content/never/was?{then}"),
                format!("/v1/collections/news/entries?{then}"),
                format!("/v1/collections/news/entries/00000000-0000-7000-8000-000000000000?{then}"),
            ] {
                assert_eq!(client.get(&path).await.of(403).json()["code"], "history_closed", "{path}");
            }
        }
        // A refusal of somebody known leaves its record.
        let refusals = room.app.with(Role::Auditor).get("/manage/v1/refusals?page[size]=100").await.of(200).json();
        let told = refusals["data"].as_array().unwrap().iter().filter(|row| row["code"] == "history_closed").count();
        assert_eq!(told, 10);
        // Today it is gone.
        assert_eq!(room.app.anyone.get(&room.entry("")).await.of(410).json()["code"], "gone");
    }
}

#[tokio::test]
async fn open_history_is_read_by_all_and_kept_as_other_answers() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let owner = department(&app, "إدارة التقارير").await;
        let data = |title: &str| {
            json!({ "title": title, "kind": "annual", "summary": "خلاصة.", "fiscal_year": 2025, "period": "year",
                    "issued_on": "2026-01-01" })
        };
        let body = json!({ "collection": "reports", "department": owner["entry"], "data": data("تقرير أول") });
        let report = publish(&publisher, &create(&editor, &body).await).await;
        let then = app.cms.now();
        let recorded = app.anyone.get("/v1/collections/reports/entries").await.of(200).json();
        let changed = save(&editor, &report, &json!({ "data": data("تقرير آخر") })).await;
        publish(&publisher, &changed).await;
        let answer = app.anyone.get(&format!("/v1/collections/reports/entries?as_of={then}")).await.of(200);
        assert_eq!(answer.json(), recorded);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let paths = app.anyone.get(&format!("/v1/paths?as_of={then}")).await.of(200).json();
        // The department's own history is closed.
        assert_eq!(paths["data"].as_array().unwrap().len(), 1);
        app.anyone.get(&format!("{}?as_of={then}", content(&report))).await.of(200);
    }
}
