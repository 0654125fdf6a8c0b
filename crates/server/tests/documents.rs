//! What the APIs really answer follows their OpenAPI documents.

use std::time::{Duration, Instant};

use diwan_cms::{CreateKey, ProcessRole, WriteContext};
use diwan_content::{
    DepartmentId,
    rights::{Grant, Role},
};
use diwan_server::{
    RunningServer, Surroundings,
    config::{Config, Sources},
    embedded_registry, open_installation, openapi_documents, start,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A server over the sample ministry.
struct Ministry {
    server: RunningServer,
    key: String,
    _folder: TempDir,
}

impl Ministry {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let environment = vec![
            ("DIWAN_LISTEN".to_owned(), "127.0.0.1:0".to_owned()),
            ("DIWAN_DATA".to_owned(), folder.path().display().to_string()),
        ];
        let config = Config::load(&Sources { file: None, environment, flags: Vec::new() }).expect("sound settings");
        let surroundings = Surroundings { durable: false, ..Surroundings::default() };
        let registry = embedded_registry().expect("shipped schemas are sound");
        let cms = open_installation(&config, registry, &surroundings, ProcessRole::Holder).await.expect("it opens");
        cms.load_demo().await.expect("the samples load");
        let grants = [Role::Publisher, Role::Auditor].map(|role| Grant::new(role, DepartmentId::MINISTRY)).into();
        let input = CreateKey { label: None, grants, on_behalf_of: None, expires_at: None };
        let key = cms.create_key(&WriteContext::system(), input).await.expect("a key").value.token;
        let server = start(&config, cms, &surroundings).await.expect("a free port");
        let ministry = Self { server, key, _folder: folder };
        ministry.settle().await;
        ministry
    }

    /// Waits until search has taken in everything.
    async fn settle(&self) {
        let begun_at = Instant::now();
        while self.get("/readyz").await["search"]["state"] != "current" {
            assert!(begun_at.elapsed() < Duration::from_secs(60), "search does not catch up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> Value {
        let mut socket = TcpStream::connect(self.server.address).await.expect("the server listens");
        let key =
            if path.starts_with("/manage") { format!("Authorization: Bearer {}\r\n", self.key) } else { String::new() };
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{key}Connection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("the server reads");
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("the server answers");
        let (_, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {answer}"))
    }
}

/// OpenAPI 3.0 tells null by a word of its own; everything else that is used here is JSON Schema.
fn as_json_schema(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(as_json_schema).collect(),
        Value::Object(members) => {
            let mut kept: serde_json::Map<String, Value> =
                members.iter().map(|(name, member)| (name.clone(), as_json_schema(member))).collect();
            kept.remove("example");
            kept.remove("discriminator");
            if kept.get("nullable") == Some(&Value::Bool(true)) {
                kept.remove("nullable");
                json!({ "anyOf": [kept, { "type": "null" }] })
            } else {
                Value::Object(kept)
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn check(document: &Value, schema: &str, answer: &Value) {
    let mut whole = as_json_schema(&json!({ "components": document["components"] }));
    whole["$ref"] = format!("#/components/schemas/{schema}").into();
    let validator = jsonschema::validator_for(&whole).unwrap_or_else(|error| panic!("{schema}: {error}"));
    let errors: Vec<String> =
        validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{schema}: {errors:#?}\n{answer:#}");
}

#[tokio::test]
async fn answers_follow_the_documents() {
    let ministry = Ministry::open().await;
    let (delivery, management) = openapi_documents(&embedded_registry().expect("shipped schemas are sound"));
    for (path, schema) in [
        ("/v1/collections/departments/entries?page[size]=100&count=exact", "DepartmentsEntryList"),
        ("/v1/collections/news/entries?page[size]=100", "NewsEntryList"),
        ("/v1/collections/services/entries?page[size]=100", "ServicesEntryList"),
        ("/v1/collections/reports/entries?page[size]=100", "ReportsEntryList"),
        ("/v1/collections/pages/entries?page[size]=100", "PagesEntryList"),
        ("/v1/collections/pages/tree", "Tree"),
        ("/v1/collections", "CollectionList"),
        ("/v1/paths", "PathList"),
        ("/v1/content", "AtPath"),
        ("/v1/content/nothing", "Problem"),
        ("/v1/search?q=%D8%A7%D9%84%D9%85%D9%88%D8%A7%D8%B2%D9%86%D9%87", "SearchAnswer"),
    ] {
        check(&delivery, schema, &ministry.get(path).await);
    }
    let list = ministry.get("/manage/v1/entries?collection=departments&page[size]=1").await;
    let place = format!("/manage/v1/entries/{}", list["data"][0]["entry"].as_str().expect("an entry"));
    check(&management, "LocalizationList", &list);
    for (path, schema) in [
        (place.clone(), "ManagedEntry"),
        (format!("{place}/ar"), "ManagedLocalization"),
        (format!("{place}/ar/revisions"), "RevisionList"),
        (format!("{place}/ar/revisions/1"), "RevisionContent"),
        (format!("{place}/ar/compare?from=1&to=1"), "Comparison"),
        ("/manage/v1/assets".to_owned(), "AssetList"),
        ("/manage/v1/departments".to_owned(), "DepartmentList"),
        ("/manage/v1/blueprints/news".to_owned(), "Blueprint"),
        ("/manage/v1/events".to_owned(), "EventList"),
        ("/manage/v1/refusals".to_owned(), "RefusalList"),
        ("/manage/v1/entries?x=1".to_owned(), "Problem"),
    ] {
        check(&management, schema, &ministry.get(&path).await);
    }
    ministry.server.shutdown().await;
}
