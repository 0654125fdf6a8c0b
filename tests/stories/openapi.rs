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
        picture,
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
                let content = get["responses"]["200"]["content"].as_object().unwrap();
                let media_type = answer.header("content-type").unwrap().split(';').next().unwrap();
                let Some(described) = content.get(media_type).or_else(|| content.get("*/*")) else {
                    panic!("{path} is answered as {media_type}, documented are {:?}", content.keys());
                };
                if media_type.ends_with("json") {
                    conforms(&document, &described["schema"], &answer.json(), &path);
                }
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
}

/// Fields of every type differ in both directions: the second revision has the title alone.
#[tokio::test]
async fn comparisons_and_revisions_are_as_documented() {
    let ministry = Ministry::open().await;
    let [_, (document, auditor)] = ministry.documents().await;
    let schema = |path: &str| {
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"].clone()
    };
    let (comparison, revision) = (
        schema("/manage/v1/entries/{id}/{locale}/compare"),
        schema("/manage/v1/entries/{id}/{locale}/revisions/{number}"),
    );
    let publisher = ministry.app.with(Role::Publisher);
    for (handle, entries) in &ministry.entries {
        let collection = ministry.app.cms.registry().find_collection(handle).unwrap().clone();
        for entry in entries.iter().take(4) {
            let place = format!("/manage/v1/entries/{entry}/{}", collection.origin());
            let version = publisher.get(&place).await.of(200).header("etag").unwrap().to_owned();
            let body = json!({ "data": { collection.title_field.as_str(): "عنوان آخر" }, "note": "كل شيء غيره" });
            let head = publisher.put_at(&place, &version, &body).await.of(200).json()["head"].clone();
            for pair in [format!("from=1&to={head}"), format!("from={head}&to=1")] {
                let path = format!("{place}/compare?{pair}");
                let answer = auditor.get(&path).await.of(200).json();
                assert!(!answer["fields"].as_array().unwrap().is_empty(), "{path}: {answer}");
                conforms(&document, &comparison, &answer, &path);
            }
            let path = format!("{place}/revisions/{head}");
            conforms(&document, &revision, &auditor.get(&path).await.of(200).json(), &path);
        }
    }
}

/// A number out of bounds, a text that is longer, a word that is not listed: each is refused at its place.
#[tokio::test]
async fn documented_limits_of_parameters_are_those_that_hold() {
    let ministry = Ministry::open().await;
    for (document, client) in ministry.documents().await {
        for (template, methods) in document["paths"].as_object().unwrap() {
            let Some(get) = methods.get("get") else { continue };
            let path = ministry.fill(template).remove(0);
            let given = path.split_once('?').map_or("", |(_, query)| query);
            for parameter in get["parameters"].as_array().into_iter().flatten() {
                let name = text(&parameter["name"]);
                let is_given = given.split('&').any(|pair| pair.starts_with(&format!("{name}=")));
                if parameter["in"] != "query" || is_given {
                    continue;
                }
                let schema = parameter["schema"].get("items").unwrap_or(&parameter["schema"]);
                let (good, bad) = at_the_limits(schema);
                for (values, is_refused) in [(good, false), (bad, true)] {
                    for value in values {
                        let mark = if given.is_empty() { '?' } else { '&' };
                        let answer = client.get(&format!("{path}{mark}{name}={value}")).await;
                        let at = format!("/{name}");
                        let faults = if answer.status == 400 { answer.json()["faults"].clone() } else { json!([]) };
                        let told = faults.as_array().unwrap().iter().any(|fault| fault["pointer"] == at.as_str());
                        assert_eq!(told, is_refused, "{path}: {name}={value}: {answer}");
                    }
                }
            }
        }
    }
}

/// Values that a schema just takes, and values that it just does not.
fn at_the_limits(schema: &Value) -> (Vec<String>, Vec<String>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    if let Some(words) = schema["enum"].as_array() {
        good.extend(words.iter().map(text));
        bad.extend(["AAA", "xx", "ar-EG"].map(str::to_owned));
    }
    if let Some(max) = schema["maxLength"].as_u64() {
        bad.push("x".repeat(usize::try_from(max).unwrap() + 1));
    }
    if let Some(min) = schema["minimum"].as_f64() {
        good.push(format!("{min:.0}"));
        bad.push(format!("{:.0}", min - 1.0));
    }
    if let Some(max) = schema["maximum"].as_f64() {
        good.push(format!("{max:.0}"));
        bad.push(format!("{:.0}", max + 1.0));
    }
    if schema["format"] == "uuid" || schema["format"] == "date-time" {
        bad.push("x".to_owned());
    }
    (good, bad)
}

#[tokio::test]
async fn what_is_as_long_as_documented_is_taken_and_what_is_longer_is_not() {
    let ministry = Ministry::open().await;
    let [_, (document, _)] = ministry.documents().await;
    let (editor, owner) = (ministry.app.with(Role::Editor), ministry.entries["departments"][0].clone());
    let max = |place: &str| usize::try_from(document.pointer(place).unwrap().as_u64().unwrap()).unwrap();
    let of_body = |body: &str, member: &str| max(&format!("/components/schemas/{body}/properties/{member}/maxLength"));
    for member in ["slug", "note"] {
        let longest = of_body("CreateEntry", member);
        for (length, status) in [(longest, 201), (longest + 1, 422)] {
            let mut body = json!({ "collection": "news", "department": owner, "data": { "title": "خبر من الوزارة" } });
            body[member] = json!("س".repeat(length));
            let answer = editor.post("/manage/v1/entries", &body).await.of(status);
            if status == 422 {
                let fault = answer.json()["faults"][0].clone();
                assert_eq!((&fault["pointer"], &fault["code"]), (&json!(format!("/{member}")), &json!("too_long")));
            }
        }
    }
    let upload = |name: usize| format!("/manage/v1/assets?department={owner}&name={}.gif", "x".repeat(name - 4));
    let parameters = document["paths"]["/manage/v1/assets"]["post"]["parameters"].as_array().unwrap();
    let name = parameters.iter().find(|parameter| parameter["name"] == "name").unwrap();
    let longest = usize::try_from(name["schema"]["maxLength"].as_u64().unwrap()).unwrap();
    let made = editor.post_bytes(&upload(longest), "image/gif", picture("a")).await.of(201).json();
    editor.post_bytes(&upload(longest + 1), "image/gif", picture("b")).await.of(400);
    let place = format!("/manage/v1/assets/{}", text(&made["id"]));
    let longest = of_body("SaveAsset", "name");
    for (length, status) in [(longest + 1, 422), (longest, 200)] {
        let version = editor.get(&place).await.of(200).header("etag").unwrap().to_owned();
        editor.put_at(&place, &version, &json!({ "name": "x".repeat(length) })).await.of(status);
    }
}

/// Generators name types by titles where there are any, and stop at an array of nobody knows what.
#[test]
fn components_have_no_titles_and_arrays_say_what_they_hold() {
    let (delivery, management) = openapi_documents(&embedded_registry().unwrap());
    for document in [&delivery, &management] {
        for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
            let mut wrong = Vec::new();
            titles_and_open_arrays(schema, name, &mut wrong);
            assert_eq!(wrong, Vec::<String>::new());
        }
    }
}

fn titles_and_open_arrays(schema: &Value, place: &str, found: &mut Vec<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| titles_and_open_arrays(item, place, found)),
        Value::Object(members) => {
            let is_open = members.get("type") == Some(&json!("array")) && !members.contains_key("items");
            if is_open || members.get("title").is_some_and(Value::is_string) {
                found.push(place.to_owned());
            }
            for (word, inner) in members.iter().filter(|(word, _)| !["enum", "example"].contains(&word.as_str())) {
                titles_and_open_arrays(inner, &format!("{place}/{word}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
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
    /// The hash of the public bytes, by asset.
    assets: BTreeMap<String, String>,
    keys: Vec<String>,
    /// The query of a question about an entry.
    explained: String,
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
        let mut assets = BTreeMap::new();
        for id in public.map(|asset| text(&asset["id"])) {
            let answer = app.anyone.get(&format!("/v1/assets/{id}")).await.of(200);
            assets.insert(id.to_owned(), answer.header("etag").unwrap().trim_matches('"').to_owned());
        }
        let wanted = json!({ "grants": [{ "role": "reader" }] });
        let made = app.with(Role::SystemAdmin).post("/manage/v1/keys", &wanted).await.of(201).json();
        let keys = vec![text(&made["key"]["id"]).to_owned()];
        let explained = format!("?action=save&locale=ar&entry={}", entries["departments"][0]);
        Self { app, entries, paths, assets, keys, explained }
    }

    /// Each document with somebody who may read everything that it describes.
    async fn documents(&self) -> [(Value, Client); 2] {
        let auditor = self.app.with(Role::Auditor);
        let delivery = self.app.anyone.get("/v1/openapi.json").await.of(200).json();
        let management = auditor.get("/manage/v1/openapi.json").await.of(200).json();
        [(delivery, self.app.anyone.clone()), (management, auditor)]
    }

    /// Requests for a documented path that must be answered well.
    fn fill(&self, template: &str) -> Vec<String> {
        let mut filled = fill(template, |name, before, after| self.values(name, before, after));
        let query = match template {
            "/v1/search" | "/v1/search/suggest" => "?q=الموازنه",
            "/manage/v1/entries/{id}/{locale}/compare" => "?from=1&to=1",
            "/manage/v1/explain" => &self.explained,
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
                let registry = self.app.cms.registry();
                let seen = if before.starts_with("/manage/") { registry.clone() } else { registry.delivered() };
                seen.blueprints().map(|blueprint| blueprint.handle.to_string()).collect()
            }
            "collection" | "handle" => self.entries.keys().cloned().collect(),
            "locale" => vec!["ar".to_owned()],
            "number" => vec!["1".to_owned()],
            "id" if before.ends_with("/assets/") => self.assets.keys().cloned().collect(),
            "hash" => vec![self.assets[before.split('/').nth(3).unwrap()].clone()],
            "id" if before.ends_with("/keys/") => self.keys.clone(),
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
