//! What is not public is in no answer to those who may not see it, whatever they ask.

use std::{collections::BTreeSet, fs, path::Path};

use diwan_content::rights::Role;
use serde_json::{Value, json};

use crate::{
    desk::{content, create, department, news, place, publish, save, text, upload, withdraw},
    harness::{
        App, Backend,
        client::{Answer, Client},
        picture,
    },
    openapi::fill,
};

/// Words that stand where only some may look.
const SECRETS: [&str; 10] = [
    "canarydraft",
    "canarychange",
    "canaryprivate",
    "canarygone",
    "canaryredirect",
    "canaryvanished",
    "canarytrash",
    "canarytranslation",
    "canaryasset",
    "canarynote",
];

/// A ministry with something hidden in every place.
struct Ministry {
    app: App,
    /// Everything that has an id.
    ids: Vec<String>,
    /// Ids of what is hidden whole.
    hidden_ids: Vec<String>,
    paths: Vec<String>,
    /// Somebody of a department that owns nothing of this.
    stranger: Client,
}

impl Ministry {
    async fn on(backend: Backend) -> Self {
        let app = App::on(backend).await;
        let owner = department(&app, "إدارة الوثائق").await;
        let stranger = department(&app, "إدارة الجيران").await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let asset =
            upload(&editor, &owner, "canaryasset.gif&alternative_text[ar]=canaryasset", picture("canaryasset")).await;
        let draft = create(&editor, &with(news(&owner, "canarydraft"), "image", json!(asset))).await;

        let open = with(news(&owner, "خبر منشور"), "editor_notes", json!("canaryprivate"));
        let open = with(with(open, "related", json!([draft["entry"]])), "body", json!("نص [خبر](entry:DRAFT)"));
        let body = open.to_string().replace("DRAFT", &text(&draft["entry"]));
        let public = publish(&publisher, &create(&editor, &serde_json::from_str(&body).unwrap()).await).await;
        let change =
            json!({ "slug": "canarychange", "note": "canarynote", "data": news(&owner, "canarychange")["data"] });
        let changed = save(&editor, &public, &change).await;
        let translation = json!({ "data": { "title": "canarytranslation" } });
        editor.put_new(&place(&public).replace("/ar", "/en"), &translation).await.of(201);

        let mut paths =
            vec![text(&public["path"]), "/news/2026/canarydraft".to_owned(), "/news/2026/canarychange".to_owned()];
        let mut hidden_ids = vec![text(&draft["entry"]), asset];
        for (word, how) in [
            ("canarygone", json!({ "mode": "gone" })),
            ("canaryredirect", json!({ "mode": "redirect", "to": owner["entry"] })),
            ("canaryvanished", json!({ "mode": "vanished" })),
            ("canarytrash", json!({ "mode": "gone" })),
        ] {
            let mut body = news(&owner, word);
            body["slug"] = json!(word.replace("canary", "was-"));
            let was = publish(&publisher, &create(&editor, &body).await).await;
            withdraw(&publisher, &was, &how).await;
            hidden_ids.push(text(&was["entry"]));
            paths.push(text(&was["path"]));
            if word == "canarytrash" {
                publisher.post(&format!("/manage/v1/entries/{}/trash", text(&was["entry"])), &json!({})).await.of(200);
            }
        }
        app.settle().await;
        app.anyone.get(&content(&public)).await.of(200);
        let mut ids = hidden_ids.clone();
        ids.extend([text(&changed["entry"]), text(&owner["entry"])]);
        let stranger = app.with_on(Role::Reader, &text(&stranger["entry"])).await;
        Self { app, ids, hidden_ids, paths, stranger }
    }

    /// Every documented GET with every id, path and locale, and what else tells things apart.
    async fn questions(&self) -> Vec<String> {
        let mut questions = Vec::new();
        for document in ["/v1/openapi.json", "/manage/v1/openapi.json"] {
            questions.push(document.to_owned());
            let document = self.app.with(Role::Auditor).get(document).await.of(200).json();
            for (template, methods) in document["paths"].as_object().unwrap() {
                if methods.get("get").is_some() {
                    questions.extend(fill(template, |name, _, _| self.values(name)));
                }
            }
        }
        // Reports tell what was searched for, and this story searches for secrets.
        questions.retain(|path| !path.contains("/search/reports/"));
        for path in questions.clone() {
            match path.as_str() {
                "/v1/search" => questions.extend(SECRETS.map(|word| format!("/v1/search?q={word}"))),
                "/manage/v1/entries" => questions.extend(SECRETS.map(|word| format!("{path}?title={word}"))),
                "/v1/paths" => questions.push(format!("{path}?locale=en")),
                path if path.ends_with("/compare") => questions.push(format!("{path}?from=1&to=2")),
                path if path.ends_with("/entries") => {
                    questions.extend(
                        ["count=exact", "locale=en", "sort=editor_notes", "sort=-date,title"]
                            .map(|query| format!("{path}?{query}")),
                    );
                }
                path if path.contains("/entries/") && path.starts_with("/v1/") => {
                    questions.push(format!("{path}?locale=en&fallback=ar"));
                }
                _ => {}
            }
        }
        questions.extend(
            ["/docs", "/docs/management", "/docs/guide/reading", "/livez", "/readyz", "/metrics"].map(str::to_owned),
        );
        questions.extend(
            ["status=trashed", "status=draft", "status=withdrawn"].map(|query| format!("/manage/v1/entries?{query}")),
        );
        questions
    }

    fn values(&self, name: &str) -> Vec<String> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        match name {
            "path" => self.paths.iter().map(|path| path.trim_start_matches('/').to_owned()).collect(),
            "collection" | "handle" => words(&["departments", "news"]),
            "id" => self.ids.clone(),
            "locale" => words(&["ar", "en"]),
            "number" => words(&["1", "2"]),
            "hash" => vec!["0".repeat(64)],
            _ => panic!("a parameter {name} that nobody knows"),
        }
    }
}

#[tokio::test]
async fn hidden_words_are_in_no_answer_to_those_who_may_not_see_them() {
    for backend in Backend::available() {
        let ministry = Ministry::on(backend).await;
        let questions = ministry.questions().await;
        let delivery = ministry.app.with(Role::Delivery);
        for (who, client) in
            [("anybody", &ministry.app.anyone), ("a delivery key", &delivery), ("a stranger", &ministry.stranger)]
        {
            for question in &questions {
                let answer = client.get(question).await;
                let headers: String =
                    answer.headers.values().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
                let body = without_echo(question, &String::from_utf8_lossy(&answer.body));
                for word in SECRETS {
                    let asked = question.contains(word) && answer.status == 400;
                    assert!(
                        asked || !body.contains(word) && !headers.contains(word),
                        "{who} reads {word} at {question}: {answer}"
                    );
                }
                let told = ministry.hidden_ids.iter().find(|id| body.contains(*id));
                assert_eq!(told, None, "{who} learns of an id at {question}: {answer}");
                assert!(answer.status < 500, "{question}: {answer}");
            }
        }
    }
}

/// Else the story above would prove nothing.
#[tokio::test]
async fn hidden_words_are_told_to_an_auditor() {
    let ministry = Ministry::on(Backend::Sqlite).await;
    let auditor = ministry.app.with(Role::Auditor);
    let mut missing: BTreeSet<&str> = SECRETS.into();
    for question in ministry.questions().await {
        let answer = auditor.get(&question).await;
        missing.retain(|word| !String::from_utf8_lossy(&answer.body).contains(word));
    }
    assert_eq!(missing, BTreeSet::new());
}

/// Not even what kinds of content there are, with their private fields.
#[tokio::test]
async fn a_delivery_key_has_no_business_in_management() {
    let ministry = Ministry::on(Backend::Sqlite).await;
    let delivery = ministry.app.with(Role::Delivery);
    for question in ministry.questions().await.iter().filter(|question| question.starts_with("/manage")) {
        assert_eq!(delivery.get(question).await.of(403).json()["code"], "forbidden", "{question}");
        ministry.app.anyone.get(question).await.of(401);
    }
}

/// A collection with `access: key` is in no document of those who may not read it, by no name of it.
#[tokio::test]
async fn documents_show_each_caller_what_it_may_read() {
    let schemas = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for folder in ["blueprints", "fieldsets", "collections"] {
        fs::create_dir(schemas.path().join(folder)).unwrap();
        for file in fs::read_dir(own.join(folder)).unwrap().map(Result::unwrap) {
            let mut text = fs::read_to_string(file.path()).unwrap();
            if file.path().ends_with("collections/tenders.yaml") {
                text = text.replace("access: public", "access: key");
            }
            fs::write(schemas.path().join(folder).join(file.file_name()), text).unwrap();
        }
    }
    let app = App::with_settings(&[("DIWAN_SCHEMAS", schemas.path().to_str().unwrap())]).await;
    let document = async |client: Client| client.get("/v1/openapi.json").await.of(200);
    let open = document(app.anyone.clone()).await;
    let keyed = document(app.with(Role::Delivery)).await;
    let admin = document(app.with(Role::SystemAdmin)).await;
    let holds = |answer: &Answer| String::from_utf8_lossy(&answer.body).to_lowercase().contains("tenders");
    assert_eq!((holds(&open), holds(&keyed), holds(&admin)), (false, true, false));
    assert_eq!(keyed.header("cache-control"), Some("private, max-age=60"));
    assert_eq!(open.header("vary"), Some("Authorization"));
    app.anyone.get("/v1/openapi.json").await.of(200);
}

/// Whether a draft is meant by a public page is nobody's business, and yet its publish drops that page from caches.
#[tokio::test]
async fn tags_of_caches_name_nothing_and_stay_the_same_everywhere() {
    for backend in Backend::available() {
        let app = App::on(backend).await;
        let owner = department(&app, "إدارة الوثائق").await;
        let (editor, publisher) = (app.with(Role::Editor), app.with(Role::Publisher));
        let draft = create(&editor, &news(&owner, "خبر لم ينشر")).await;
        let open = with(news(&owner, "خبر منشور"), "related", json!([draft["entry"]]));
        let public = publish(&publisher, &create(&editor, &open).await).await;
        let tags = async |app: &App| -> BTreeSet<String> {
            let answer = app.anyone.get(&content(&public)).await.of(200);
            answer.header("cache-tag").unwrap().split(',').map(str::to_owned).collect()
        };
        let sent = tags(&app).await;
        assert!(sent.iter().all(|tag| tag.len() == 16 && tag.bytes().all(|b| b.is_ascii_hexdigit())), "{sent:?}");
        let of_draft = format!("/manage/v1/entries/{}/cache_tags", text(&draft["entry"]));
        app.with(Role::Delivery).get(&of_draft).await.of(403);
        let told = app.with(Role::Reader).get(&of_draft).await.of(200).json()["data"].clone();
        let named =
            |name: &str| told.as_array().unwrap().iter().find(|tag| tag["name"] == name).unwrap()["tag"].clone();
        assert!(sent.contains(&text(&named(&format!("entry:{}", text(&draft["entry"]))))), "{sent:?} {told}");
        let general = app.with(Role::Reader).get("/manage/v1/cache_tags").await.of(200).json();
        assert!(general["data"].as_array().unwrap().iter().any(|tag| tag["tag"] == named("wide")));

        let app = app.restart().await;
        assert_eq!(tags(&app).await, sent);
        let folder = tempfile::tempdir().unwrap();
        app.cms.backup(&folder.path().join("backup")).await.unwrap();
        let restored = App::on_backup(&folder.path().join("backup"), backend).await;
        assert_eq!(tags(&restored).await, sent);
    }
}

#[tokio::test]
async fn what_is_withdrawn_cannot_be_told_from_what_never_was() {
    for backend in Backend::available() {
        let ministry = Ministry::on(backend).await;
        let anyone = &ministry.app.anyone;
        let [draft, asset, _gone, redirect, vanished, trashed] = ministry.hidden_ids.as_slice() else { panic!() };
        let never = "00000000-0000-7000-8000-000000000000";
        for id in [draft, asset, vanished, trashed] {
            for place in ["/v1/collections/news/entries", "/v1/assets"] {
                answered_alike(anyone, &format!("{place}/{id}"), &format!("{place}/{never}")).await;
            }
        }
        for slug in ["was-vanished", "was-trash", "canarydraft"] {
            answered_alike(anyone, &format!("/v1/content/news/2026/{slug}"), "/v1/content/news/2026/never-was").await;
        }
        anyone.get("/v1/content/news/2026/was-gone").await.of(410);
        let moved = anyone.get(&format!("/v1/collections/news/entries/{redirect}")).await.of(410).json();
        assert_eq!(moved["code"], "moved");
    }
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body["data"][field] = value;
    body
}

/// Two addresses are answered by the same 404, but for what was asked.
async fn answered_alike(client: &Client, hidden: &str, never: &str) {
    let (first, second) = (client.get(hidden).await.of(404), client.get(never).await.of(404));
    let bare = |asked: &str, answer: &Answer| {
        let body = without_echo(asked, &String::from_utf8_lossy(&answer.body));
        let mut problem: Value = serde_json::from_str(&body).unwrap();
        problem.as_object_mut().unwrap().shift_remove("request_id");
        problem
    };
    assert_eq!(bare(hidden, &first), bare(never, &second), "{hidden}");
    assert_eq!(first.header("cache-control"), second.header("cache-control"), "{hidden}");
}

/// An answer without the id or path that it repeats from the address.
fn without_echo(asked: &str, body: &str) -> String {
    let problem: Value = serde_json::from_str(body).unwrap_or_default();
    let repeated = ["id", "path", "handle"].map(|name| problem["params"][name].as_str().unwrap_or_default());
    let of_address = repeated.into_iter().filter(|text| !text.is_empty() && asked.contains(text));
    of_address.fold(body.to_owned(), |body, text| body.replace(text, ""))
}
