//! What editors and publishers do again and again, and names for what is another one at each run.

use diwan_content::rights::Role;
use reqwest::Method;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::harness::{
    App, Backend,
    client::{Answer, Client, etag_of, send},
};

/// A ministry's department with a news item that nobody published.
pub(crate) struct Scene {
    pub(crate) app: App,
    pub(crate) names: Names,
    pub(crate) department: Value,
    pub(crate) item: Value,
}

impl Scene {
    pub(crate) async fn on(backend: Backend) -> Self {
        let app = App::on(backend).await;
        let department = department(&app, "إدارة الوثائق").await;
        let item = create(&app.with(Role::Editor), &news(&department, "افتتاح قاعة المطالعة الكبرى")).await;
        let mut names = Names::default();
        names.call(&department["entry"], "department");
        names.call(&item["entry"], "item");
        Self { app, names, department, item }
    }
}

/// A department of a title, with its page public; answers its localization.
pub(crate) async fn department(app: &App, title: &str) -> Value {
    let body = json!({ "collection": "departments", "data": { "title": title, "order": 7 } });
    let made = create(&app.with(Role::SystemAdmin), &body).await;
    publish(&app.with(Role::Publisher), &made).await
}

/// A body for a news item of a department, whole enough to be published.
pub(crate) fn news(department: &Value, title: &str) -> Value {
    let data = json!({ "title": title, "kind": "news", "summary": "خلاصة.", "body": "نص." });
    json!({ "collection": "news", "department": department["entry"], "date": "2026-03-01", "data": data })
}

/// Makes an entry; answers its first localization.
pub(crate) async fn create(client: &Client, body: &Value) -> Value {
    client.post("/manage/v1/entries", body).await.of(201).json()
}

/// Saves a localization as it was seen; answers it as it is now.
pub(crate) async fn save(client: &Client, seen: &Value, body: &Value) -> Value {
    client.put_at(&place(seen), &etag_of(&seen["version"]), body).await.of(200).json()
}

/// Publishes the head of a localization as it was seen.
pub(crate) async fn publish(client: &Client, seen: &Value) -> Value {
    let body = json!({ "revision": seen["head"], "hash": seen["hash"] });
    client.post_at(&format!("{}/publish", place(seen)), &etag_of(&seen["version"]), &body).await.of(200).json()
}

/// Withdraws a localization as it was seen.
pub(crate) async fn withdraw(client: &Client, seen: &Value, body: &Value) -> Value {
    client.post_at(&format!("{}/withdraw", place(seen)), &etag_of(&seen["version"]), body).await.of(200).json()
}

/// Uploads a picture of a department; answers its id.
pub(crate) async fn upload(client: &Client, department: &Value, name: &str, bytes: Vec<u8>) -> String {
    let path = format!("/manage/v1/assets?name={name}&department={}", text(&department["entry"]));
    text(&client.post_bytes(&path, "image/gif", bytes).await.of(201).json()["id"])
}

/// Where the management API has a localization.
pub(crate) fn place(localization: &Value) -> String {
    format!("/manage/v1/entries/{}/{}", text(&localization["entry"]), text(&localization["locale"]))
}

/// Where the delivery API has what lives at its path.
pub(crate) fn content(localization: &Value) -> String {
    format!("/v1/content{}", text(&localization["path"]))
}

/// A GET with headers.
pub(crate) async fn get_with(client: &Client, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::GET, path);
    send(headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))).await.unwrap()
}

/// A text out of an answer.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Names for ids, so that whole answers can be compared.
#[derive(Default)]
pub(crate) struct Names(Vec<(String, &'static str)>);

impl Names {
    /// Gives an id a name.
    pub(crate) fn call(&mut self, id: &Value, name: &'static str) {
        self.0.push((text(id), name));
    }

    /// An answer with names for known ids, and with words for other ids, hashes and times.
    pub(crate) fn plain(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.plain_text(text).into(),
            Value::Array(items) => items.iter().map(|item| self.plain(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, member)| (name.clone(), self.plain(member))).collect::<Map<_, _>>().into()
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn plain_text(&self, text: &str) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, (id, name)| text.replace(id, name));
        let is_time = known.len() > 19 && known.is_ascii() && known[10..].starts_with('T') && known.ends_with('Z');
        match known.as_str() {
            id if id.parse::<Uuid>().is_ok() => "an id".to_owned(),
            key if key.strip_prefix("key:").is_some_and(|id| id.parse::<Uuid>().is_ok()) => "a key".to_owned(),
            hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => "a hash".to_owned(),
            _ if is_time => "a time".to_owned(),
            _ => known,
        }
    }
}
