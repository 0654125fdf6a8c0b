//! The OpenAPI documents are what was reviewed, name every route there is, and tell the truth about answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use diwan_content::rights::Role;
use diwan_server::{embedded_registry, openapi_documents};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    desk::text,
    harness::{
        App,
        client::{Client, send},
    },
};

/// Made anew by `DIWAN_UPDATE_OPENAPI=1 cargo test --workspace --all-features --test stories openapi`.
#[test]
fn the_documents_are_those_that_were_reviewed() {
    let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/openapi");
    for (name, document) in [("delivery.json", delivery), ("management.json", management)] {
        let path = folder.join(name);
        let document = format!("{document:#}\n");
        if std::env::var_os("DIWAN_UPDATE_OPENAPI").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &document).unwrap();
        }
        let reviewed = fs::read_to_string(&path).unwrap();
        let differs = reviewed.lines().zip(document.lines()).position(|(then, now)| then != now);
        assert!(reviewed == document, "{name} differs from line {differs:?} on; see the comment above this test");
    }
}

#[tokio::test]
async fn documents_name_every_method_of_every_path() {
    let ministry = Ministry::open().await;
    for (document, _) in ministry.documents().await {
        for (template, methods) in document["paths"].as_object().unwrap() {
            let documented: BTreeSet<String> =
                methods.as_object().unwrap().keys().map(|method| method.to_ascii_uppercase()).collect();
            let path = ministry.fill(template).pop().unwrap_or_else(|| panic!("nothing to try at {template}"));
            let options = send(ministry.app.anyone.request(Method::OPTIONS, &path)).await.unwrap().of(204);
            let allowed = options.header("allow").unwrap().split(", ").map(str::to_owned);
            let real: BTreeSet<String> = allowed.filter(|method| method != "HEAD" && method != "OPTIONS").collect();
            assert_eq!(real, documented, "{template}");
        }
    }
}

#[tokio::test]
async fn answers_of_the_sample_ministry_are_as_documented() {
    let ministry = Ministry::open().await;
    for (document, client) in ministry.documents().await {
        for (template, methods) in document["paths"].as_object().unwrap() {
            let Some(get) = methods.get("get") else { continue };
            for path in ministry.fill(template) {
                let answer = client.get(&path).await;
                assert_eq!(answer.status, 200, "{path}: {answer}");
                let Some(schema) = get.pointer("/responses/200/content/application~1json/schema") else { continue };
                conforms(&document, schema, &answer.json(), &path);
            }
            let path = ministry.fill(template).remove(0);
            let refused = client.get(&format!("{}?nobody=knows", path.split('?').next().unwrap())).await.of(400);
            let problem = get.pointer("/responses/default/content/application~1problem+json/schema").unwrap();
            conforms(&document, problem, &refused.json(), template);
        }
    }
}

/// So that the story above would notice a member that nobody described.
#[test]
fn every_described_answer_is_closed() {
    let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
    for document in [&delivery, &management] {
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let mut open = Vec::new();
            open_objects(schema, name, &mut open);
            assert_eq!(open, Vec::<String>::new());
        }
    }
}

fn open_objects(schema: &Value, place: &str, found: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| open_objects(item, place, found)),
        Value::Object(members) => {
            if members.contains_key("properties") && !members.contains_key("additionalProperties") {
                found.push(place.to_owned());
            }
            members.iter().for_each(|(word, inner)| open_objects(inner, &format!("{place}/{word}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn what_is_served_is_what_is_printed() {
    let ministry = Ministry::open().await;
    let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
    let served: Vec<Value> = ministry.documents().await.into_iter().map(|(document, _)| document).collect();
    assert_eq!(served, [delivery, management]);
    for page in ["/docs", "/docs/management"] {
        let page = ministry.app.anyone.get(page).await.of(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        // It works without the internet: nothing is loaded from elsewhere.
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("http"), "{policy}");
    }
}

/// All paths of a template; `values` gives those of a parameter by its name, what stands before it, and what follows.
pub(crate) fn fill(template: &str, values: impl Fn(&str, &str, &str) -> Vec<String>) -> Vec<String> {
    let (mut whole, mut open) = (Vec::new(), vec![template.to_owned()]);
    while let Some(path) = open.pop() {
        let Some((before, rest)) = path.split_once('{') else {
            whole.push(path);
            continue;
        };
        let (name, after) = rest.split_once('}').unwrap();
        open.extend(values(name, before, after).into_iter().map(|value| format!("{before}{value}{after}")));
    }
    whole
}

/// A server over the sample ministry, and what there is to ask for.
struct Ministry {
    app: App,
    /// Published entries by collection.
    entries: BTreeMap<String, Vec<String>>,
    paths: Vec<String>,
    assets: Vec<String>,
}

impl Ministry {
    async fn open() -> Self {
        let app = App::start().await;
        app.cms.load_demo().await.unwrap();
        app.settle().await;
        let (mut entries, mut paths) = (BTreeMap::new(), Vec::new());
        for collection in app.anyone.get("/v1/collections").await.of(200).json()["data"].as_array().unwrap() {
            let handle = text(&collection["handle"]);
            let of_collection: &mut Vec<String> = entries.entry(handle.to_owned()).or_default();
            let list = app.anyone.get(&format!("/v1/collections/{handle}/entries?page[size]=100")).await.of(200).json();
            of_collection.extend(list["data"].as_array().unwrap().iter().map(|entry| text(&entry["id"]).to_owned()));
        }
        for locale in ["ar", "en"] {
            let page = app.anyone.get(&format!("/v1/paths?locale={locale}&page[size]=100")).await.of(200).json();
            let found = page["data"].as_array().unwrap().iter();
            paths.extend(found.map(|path| text(&path["path"]).trim_start_matches('/').to_owned()));
        }
        let listed = app.with(Role::Auditor).get("/manage/v1/assets?page[size]=100").await.of(200).json();
        let public = listed["data"].as_array().unwrap().iter().filter(|asset| asset["public"] == true);
        let assets = public.map(|asset| text(&asset["id"])).collect();
        Self { app, entries, paths, assets }
    }

    /// Each document with somebody who may read everything that it describes.
    async fn documents(&self) -> [(Value, Client); 2] {
        let delivery = self.app.anyone.get("/v1/openapi.json").await.of(200).json();
        let management = self.app.anyone.get("/manage/v1/openapi.json").await.of(200).json();
        [(delivery, self.app.anyone.clone()), (management, self.app.with(Role::Auditor))]
    }

    /// Requests for a documented path that must be answered well.
    fn fill(&self, template: &str) -> Vec<String> {
        let mut filled = fill(template, |name, before, after| self.values(name, before, after));
        let query = match template {
            "/v1/search" | "/v1/search/suggest" => "?q=الموازنه",
            "/manage/v1/entries/{id}/{locale}/compare" => "?from=1&to=1",
            _ => "",
        };
        filled.iter_mut().for_each(|path| path.push_str(query));
        filled
    }

    fn values(&self, name: &str, before: &str, after: &str) -> Vec<String> {
        let all_of = |collection: &str| self.entries.get(collection).cloned().unwrap_or_default();
        match name {
            "path" => self.paths.clone(),
            "collection" if before.ends_with("/navigations/") => vec!["main_menu".to_owned()],
            "collection" if before.ends_with("/globals/") => vec!["ministry".to_owned()],
            "collection" if after == "/tree" => vec!["pages".to_owned()],
            "handle" if before.ends_with("/blueprints/") => {
                self.app.cms.registry().blueprints().map(|blueprint| blueprint.handle.to_string()).collect()
            }
            "collection" | "handle" => self.entries.keys().cloned().collect(),
            "locale" => vec!["ar".to_owned()],
            "number" => vec!["1".to_owned()],
            "id" if before.ends_with("/assets/") => self.assets.clone(),
            "id" if before.starts_with("/manage/") => all_of("departments"),
            "id" => all_of(before.split('/').nth(3).unwrap()),
            _ => panic!("{before} has a parameter {name} that nobody knows"),
        }
    }
}

#[track_caller]
fn conforms(document: &Value, schema: &Value, answer: &Value, path: &str) {
    let mut whole = as_json_schema(schema);
    whole["components"] = as_json_schema(&document["components"]);
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&whole).unwrap_or_else(|error| panic!("{path}: {error}"));
    let errors: Vec<String> =
        validator.iter_errors(answer).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{path}: {errors:#?}");
}

/// OpenAPI 3.0 tells null by a word of its own; all else that the documents use is JSON Schema.
fn as_json_schema(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(as_json_schema).collect(),
        Value::Object(members) => {
            let words =
                members.iter().filter(|(word, _)| !["nullable", "discriminator", "example"].contains(&word.as_str()));
            let kept: Map<String, Value> = words.map(|(word, value)| (word.clone(), as_json_schema(value))).collect();
            match members.get("nullable") {
                Some(Value::Bool(true)) => json!({ "anyOf": [kept, { "type": "null" }] }),
                Some(_) | None => kept.into(),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => schema.clone(),
    }
}
