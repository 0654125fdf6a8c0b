//! Talks to a running server as its users do.

use bytes::Bytes;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

/// Somebody who talks to the server: with a key, or anonymous.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    token: Option<String>,
}

/// One whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// Somebody anonymous, at `http://address`.
    pub(crate) fn new(base: impl Into<String>) -> Self {
        // A server that is killed must not be met again through an old connection.
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { http, base: base.into(), token: None }
    }

    /// The same with a key.
    pub(crate) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The address that it talks to.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// A request yet to be sent; `path` as it stands behind the address.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await.unwrap()
    }

    /// The same for a state that was seen: `version` is what `ETag` said, or `etag_of` a number.
    pub(crate) async fn post_at(&self, path: &str, version: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).header("if-match", version).json(body)).await.unwrap()
    }

    /// Saves the whole of something that does not exist yet.
    pub(crate) async fn put_new(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).header("if-none-match", "*").json(body)).await.unwrap()
    }

    /// Sends bytes of a type.
    pub(crate) async fn post_bytes(&self, path: &str, media_type: &str, bytes: Vec<u8>) -> Answer {
        send(self.request(Method::POST, path).header("content-type", media_type).body(bytes)).await.unwrap()
    }

    /// Saves the whole of something, as it was seen.
    pub(crate) async fn put_at(&self, path: &str, version: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).header("if-match", version).json(body)).await.unwrap()
    }

    /// Replaces bytes of a type, as they were seen.
    pub(crate) async fn put_bytes_at(&self, path: &str, version: &str, media_type: &str, bytes: Vec<u8>) -> Answer {
        let request = self.request(Method::PUT, path).header("if-match", version);
        send(request.header("content-type", media_type).body(bytes)).await.unwrap()
    }
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {self}"))
    }

    /// A header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// This answer, if it has the status that the story needs to go on.
    #[track_caller]
    pub(crate) fn of(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, String::from_utf8_lossy(&self.body))
    }
}

/// Sends a request and reads the whole answer; an error is one of the connection, never a status.
pub(crate) async fn send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Ok(Answer { status, headers, body: answer.bytes().await? })
}

/// How `If-Match` names a version.
pub(crate) fn etag_of(version: &Value) -> String {
    format!("\"{version}\"")
}
