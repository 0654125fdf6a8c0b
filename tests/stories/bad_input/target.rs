//! What bad requests are aimed at, and how they are sent.

use std::time::Duration;

use diwan_content::rights::Role;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{
    desk::{content, create, department, news, place, publish, text, upload},
    harness::{App, Backend, client::Client, picture},
};

/// Longer than any answer may take, on a machine that does much else.
const DEADLINE: Duration = Duration::from_secs(60);

/// A request, byte for byte.
#[derive(Clone)]
pub(super) struct Sent {
    method: &'static str,
    target: String,
    headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
}

/// Something public that all requests are aimed at.
pub(super) struct Target {
    pub(super) app: App,
    pub(super) address: String,
    keys: Vec<(Role, String)>,
    pub(super) department: Value,
    pub(super) item: Value,
    pub(super) asset: String,
}

/// A request and how it must be refused: status, code, pointers of its faults.
pub(super) type Case = (Sent, u16, &'static str, Vec<&'static str>);

impl Sent {
    pub(super) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self { method, target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    pub(super) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        let bytes = self.body.len();
        self.with("content-type", media_type).with("content-length", bytes.to_string())
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        if self.headers.iter().all(|(name, _)| *name != "host") {
            head.push_str("host: x\r\n");
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut bytes = format!("{head}connection: close\r\n\r\n").into_bytes();
        bytes.extend(&self.body);
        bytes
    }
}

impl Target {
    pub(super) async fn on(backend: Backend) -> Self {
        let app = App::on(backend).await;
        let department = department(&app, "إدارة الوثائق").await;
        let asset = upload(&app.with(Role::Editor), &department, "x.gif", picture("x")).await;
        let mut body = news(&department, "افتتاح قاعة المطالعة");
        body["data"]["image"] = json!(asset);
        let item = create(&app.with(Role::Editor), &body).await;
        let item = publish(&app.with(Role::Publisher), &item).await;
        let keys = [Role::Reader, Role::Editor, Role::Publisher, Role::SystemAdmin]
            .map(|role| (role, bearer_of(&app.with(role))))
            .into();
        let address = address_of(&app.anyone);
        Self { app, address, keys, department, item, asset }
    }

    /// A request with a key.
    pub(super) fn by(&self, role: Role, sent: Sent) -> Sent {
        let (_, key) = self.keys.iter().find(|(known, _)| *known == role).unwrap();
        sent.with("authorization", key.clone())
    }

    /// A save of the item as it is.
    pub(super) fn save(&self) -> Sent {
        self.by(Role::Editor, Sent::new("PUT", place(&self.item)).with("if-match", "\"2\""))
    }

    pub(super) fn save_data(&self, data: Value) -> Sent {
        self.save().json(&json!({ "data": data }))
    }

    pub(super) fn create(&self, body: &Value) -> Sent {
        self.by(Role::Editor, Sent::new("POST", "/manage/v1/entries")).json(body)
    }

    pub(super) fn publish(&self, body: &Value) -> Sent {
        let path = format!("{}/publish", place(&self.item));
        self.by(Role::Publisher, Sent::new("POST", path).with("if-match", "\"2\"")).json(body)
    }

    pub(super) fn withdraw(&self, body: &Value) -> Sent {
        let path = format!("{}/withdraw", place(&self.item));
        self.by(Role::Publisher, Sent::new("POST", path).with("if-match", "\"2\"")).json(body)
    }

    pub(super) fn upload(&self, name: &str) -> Sent {
        let path = format!("/manage/v1/assets?name={name}&department={}", text(&self.department["entry"]));
        self.by(Role::Editor, Sent::new("POST", path))
    }

    /// Sends each request and checks how it is refused; then everything reads as before.
    pub(super) async fn refuses(&self, cases: Vec<Case>) {
        let before = self.state().await;
        for (sent, status, code, pointers) in cases {
            let what = format!("{} {}", sent.method, sent.target.chars().take(120).collect::<String>());
            let answer = exchange(&self.address, &sent.bytes()).await;
            let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
            assert!(head.contains("content-type: application/problem+json"), "{what}: {head}");
            let body: Value = serde_json::from_str(body).unwrap();
            let told: Vec<&str> =
                body["faults"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
            assert_eq!(
                (&body["status"], &body["code"], told),
                (&json!(status), &json!(code), pointers),
                "{what}: {body}"
            );
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {head}");
            // Nobody asked for English: sentences are Arabic, and what must be Latin in them is isolated.
            let faults = body["faults"].as_array().unwrap().iter().map(|fault| &fault["text"]);
            for sentence in faults.chain([&body["title"], &body["detail"]]).map(text) {
                let isolated = sentence.split('\u{2068}').skip(1).filter_map(|part| part.split_once('\u{2069}'));
                let outside = sentence.split('\u{2068}').take(1).chain(isolated.map(|(_, after)| after));
                let outside: String = outside.collect();
                assert!(!outside.contains(|c: char| c.is_ascii_alphabetic()), "{what}: {sentence}");
            }
        }
        assert_eq!(self.state().await, before, "something was lost or changed");
    }

    /// What readers, editors and auditors see of everything there is.
    async fn state(&self) -> Vec<Value> {
        let mut state = Vec::new();
        let asset = format!("/v1/assets/{}", self.asset);
        assert_eq!(self.app.anyone.get(&asset).await.of(200).body, picture("x"));
        for path in [&content(&self.item), "/v1/collections/news/entries", "/v1/paths"] {
            state.push(self.app.anyone.get(path).await.of(200).json());
        }
        let entry = place(&self.item);
        for path in
            [&entry, &format!("{entry}/revisions"), "/manage/v1/entries", "/manage/v1/assets", "/manage/v1/events"]
        {
            state.push(self.app.with(Role::Auditor).get(path).await.of(200).json());
        }
        state
    }
}

pub(super) fn bearer_of(client: &Client) -> String {
    let request = client.request(Method::GET, "/").build().unwrap();
    request.headers()["authorization"].to_str().unwrap().to_owned()
}

fn address_of(client: &Client) -> String {
    let request = client.request(Method::GET, "/").build().unwrap();
    request.url().authority().to_owned()
}

/// Sends bytes and reads all that comes back until the server closes.
pub(super) async fn exchange(address: &str, bytes: &[u8]) -> String {
    let work = async {
        let socket = TcpStream::connect(address).await.unwrap();
        let (mut from, mut to) = socket.into_split();
        // The server may answer and close before it has read everything.
        let write = async { drop(to.write_all(bytes).await) };
        let mut answer = Vec::new();
        let read = async { drop(from.read_to_end(&mut answer).await) };
        tokio::join!(write, read);
        String::from_utf8(answer).unwrap()
    };
    timeout(DEADLINE, work).await.unwrap()
}
