//! The server over real sockets: deadlines, limits, shutdown, and what every answer has.

use diwan_cms::{CreateKey, ProcessRole, WriteContext};
use diwan_content::{
    DepartmentId,
    rights::{Grant, Role},
};
use diwan_server::{
    RunningServer, Surroundings,
    config::{Config, Sources},
    embedded_registry, open_installation, start,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A server on a free port over an empty installation, with a publisher's key.
struct Served {
    server: RunningServer,
    key: String,
    _folder: TempDir,
}

/// Starts one with some settings of its environment.
async fn serve(settings: &[(&str, &str)]) -> Served {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut environment: Vec<(String, String)> =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment.push(("DIWAN_LISTEN".to_owned(), "127.0.0.1:0".to_owned()));
    environment.push(("DIWAN_DATA".to_owned(), folder.path().display().to_string()));
    let config = Config::load(&Sources { file: None, environment, flags: Vec::new() }).expect("sound settings");
    let surroundings = Surroundings { durable: false, ..Surroundings::default() };
    let registry = embedded_registry().expect("shipped schemas are sound");
    let cms =
        open_installation(&config, registry, &surroundings, ProcessRole::Holder).await.expect("an empty folder opens");
    let grants = vec![Grant::new(Role::Publisher, DepartmentId::MINISTRY)];
    let input = CreateKey { label: None, grants, on_behalf_of: None, expires_at: None };
    let key = cms.create_key(&WriteContext::system(), input).await.expect("the system makes keys").value.token;
    let server = start(&config, cms, &surroundings).await.expect("a free port");
    Served { server, key, _folder: folder }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.server.address).await.expect("the server listens")
    }

    /// Sends a whole request on a connection of its own and reads all that comes back.
    async fn ask(&self, request: &str) -> String {
        let mut socket = self.connect().await;
        socket.write_all(request.as_bytes()).await.expect("the server reads");
        read_all(&mut socket).await
    }

    /// The head of a publish with a body of so many bytes, but for its last line.
    fn publish_head(&self, bytes: usize) -> String {
        let key = &self.key;
        format!(
            "POST /manage/v1/publish HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Content-Length: {bytes}\r\nConnection: close\r\n"
        )
    }

    async fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nConnection: close\r\n\r\n")).await
    }
}

async fn read_all(socket: &mut TcpStream) -> String {
    let mut text = String::new();
    // A connection that is reset ends like one that is closed.
    let _ = socket.read_to_string(&mut text).await;
    text
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("no answer")
}

#[tokio::test]
async fn a_head_that_never_ends_and_an_idle_connection_are_closed() {
    let served = serve(&[("DIWAN_HTTP_HEADER_TIMEOUT_MS", "200")]).await;
    let mut slow = served.connect().await;
    slow.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("the server reads");
    let mut idle = served.connect().await;
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the server reads");
    assert_eq!(status(&read_all(&mut idle).await), "200");
    assert_ne!(status(&read_all(&mut slow).await), "200");
    served.server.shutdown().await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_sooner() {
    let served = serve(&[("DIWAN_HTTP_FIRST_BYTE_TIMEOUT_MS", "200")]).await;
    let mut silent = served.connect().await;
    assert_eq!(read_all(&mut silent).await, "");
    served.server.shutdown().await;
}

#[tokio::test]
async fn a_line_feed_alone_in_a_head_is_refused() {
    let served = serve(&[]).await;
    let good = "GET /livez HTTP/1.1\r\nHost: x\r\n";
    for (request, wanted) in [
        ("GET /livez HTTP/1.1\nHost: x\n\n".to_owned(), &["400"][..]),
        (format!("{good}X-A: 1\nConnection: close\r\n\r\n"), &["400"]),
        (format!("{good}\r\n{good}X-A: 1\nConnection: close\r\n\r\n"), &["200", "400"]),
        (format!("{good}\r\n{good}Connection: close\r\n\r\n"), &["200", "200"]),
    ] {
        let answer = served.ask(&request).await;
        let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|part| &part[..3]).collect();
        assert_eq!(statuses, wanted, "{request:?}: {answer}");
    }
    // Where a body ends that comes in chunks is not known beforehand, so nothing follows it.
    let chunks = "POST /v1/search/clicks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\n}\r\n0\r\n\r\n";
    let answer = served.ask(chunks).await;
    assert_eq!(status(&answer), "422");
    assert!(answer.contains("connection: close"), "{answer}");
    served.server.shutdown().await;
}

#[tokio::test]
async fn each_route_takes_no_more_than_it_needs() {
    let served = serve(&[]).await;
    let key = &served.key;
    let publish = "/manage/v1/entries/00000000-0000-0000-0000-000000000000/ar/publish";
    let trash = "/manage/v1/entries/00000000-0000-0000-0000-000000000000/trash";
    for (path, bytes) in [("/v1/search/clicks", 13_025), (publish, 65_537), (trash, 1_025)] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nConnection: close\r\n"
        );
        // Announced: refused before a byte of it was sent.
        let answer = served.ask(&format!("{head}Content-Length: {bytes}\r\n\r\n")).await;
        assert_eq!(status(&answer), "413", "{path}: {answer}");
        assert!(answer.contains(&format!("\"max_bytes\":{}", bytes - 1)), "{answer}");
        // Sent without a length: refused at the first byte that is too much.
        let body = format!("{bytes:x}\r\n{}", " ".repeat(bytes));
        let answer = served.ask(&format!("{head}Transfer-Encoding: chunked\r\n\r\n{body}")).await;
        assert_eq!(status(&answer), "413", "{path}: {answer}");
    }
    served.server.shutdown().await;
}

#[tokio::test]
async fn bodies_beyond_the_memory_for_them_are_refused_until_there_is_room() {
    let served = serve(&[("DIWAN_HTTP_MAX_BODY_BYTES", "1024"), ("DIWAN_HTTP_BODY_MEMORY_BYTES", "1024")]).await;
    let mut first = served.connect().await;
    let head = served.publish_head(1_000);
    first.write_all(format!("{head}\r\n{}", " ".repeat(990)).as_bytes()).await.expect("the server reads");
    let small = format!("{}\r\n{}", served.publish_head(100), " ".repeat(100));
    let refused = loop {
        // The first body is on its way.
        let answer = served.ask(&small).await;
        if status(&answer) != "400" {
            break answer;
        }
    };
    assert_eq!(status(&refused), "503");
    assert!(refused.contains("retry-after: ") && refused.contains("\"code\":\"overloaded\""), "{refused}");
    assert_eq!(status(&served.get("/v1/paths").await), "200");
    first.write_all(" ".repeat(10).as_bytes()).await.expect("the server reads");
    assert_eq!(status(&read_all(&mut first).await), "400");
    assert_eq!(status(&served.ask(&small).await), "400");
    served.server.shutdown().await;
}

#[tokio::test]
async fn uploads_beyond_the_memory_for_bodies_are_refused_until_one_ends() {
    // A key gets a quarter, which is room for one and for small bodies.
    let limits = [("DIWAN_HTTP_MAX_BODY_BYTES", "1024"), ("DIWAN_HTTP_BODY_MEMORY_BYTES", "1900000")];
    let served = serve(&limits).await;
    // With an idempotency key the upload is read before its department is found to be unknown.
    let head = format!(
        "POST /manage/v1/assets?name=note.txt&department=00000000-0000-7000-8000-000000000000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: text/plain\r\n\
         Idempotency-Key: note\r\nContent-Length: 5\r\nConnection: close\r\n",
        served.key
    );
    let mut first = served.connect().await;
    first.write_all(format!("{head}Expect: 100-continue\r\n\r\n").as_bytes()).await.expect("the server reads");
    let mut going_on = [0; 25];
    first.read_exact(&mut going_on).await.expect("the upload is waited for");
    let refused = served.ask(&format!("{head}\r\nhello")).await;
    assert_eq!(status(&refused), "503", "{refused}");
    assert!(refused.contains("retry-after: ") && refused.contains("\"code\":\"overloaded\""), "{refused}");
    // Small bodies still fit.
    assert_eq!(status(&served.ask(&format!("{}\r\n{{}}", served.publish_head(2))).await), "422");
    first.write_all(b"hello").await.expect("the server reads");
    assert_eq!(status(&read_all(&mut first).await), "422");
    assert_eq!(status(&served.ask(&format!("{head}\r\nhello")).await), "422");
    served.server.shutdown().await;
}

/// Answers of a path until it is refused as too often asked, but no more than a client could get in a minute.
async fn ask_too_often(served: &Served, path: &str) -> Option<String> {
    for _ in 0..60 {
        let answer = served.get(path).await;
        if status(&answer) == "429" {
            return Some(answer);
        }
    }
    None
}

#[tokio::test]
async fn plain_pages_are_free_and_all_else_is_paid_for() {
    let served = serve(&[("DIWAN_READS_CLIENT_UNITS_PER_SECOND", "1")]).await;
    let entry = "/v1/collections/news/entries/00000000-0000-0000-0000-000000000000";
    for path in [
        "/v1/collections/news/entries",
        "/v1/collections/news/entries?page[size]=100&include=category",
        "/v1/collections/pages/tree",
        "/v1/paths",
        "/v1/content/about?include=featured",
        "/v1/content?include=featured",
        "/v1/search?q=x",
        &format!("{entry}?include=category"),
    ] {
        let refused = ask_too_often(&served, path).await.unwrap_or_else(|| panic!("{path} is free"));
        assert!(refused.contains("retry-after: ") && refused.contains("\"code\":\"too_many_requests\""), "{refused}");
    }
    for path in ["/v1/content/about", "/v1/content", entry, "/v1/globals/contact", "/v1/collections", "/docs", "/livez"]
    {
        assert!(ask_too_often(&served, path).await.is_none(), "{path} is paid for");
    }
    served.server.shutdown().await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_told_so() {
    let served = serve(&[("DIWAN_HTTP_BODY_TIMEOUT_MS", "200")]).await;
    let head = served.publish_head(5);
    let answer = served.ask(&format!("{head}\r\n{{")).await;
    assert_eq!(status(&answer), "408");
    assert!(answer.contains("\"code\":\"request_timeout\""), "{answer}");
    // Without a key the body is not waited for at all.
    let answer = served.ask(&format!("{}\r\n{{", head.replace("Authorization", "X-Authorization"))).await;
    assert_eq!(status(&answer), "401");
    assert!(answer.contains("www-authenticate: Bearer"), "{answer}");
    served.server.shutdown().await;
}

#[tokio::test]
async fn metrics_may_have_an_address_of_their_own() {
    let served = serve(&[("DIWAN_METRICS_LISTEN", "127.0.0.1:0")]).await;
    assert_eq!(status(&served.get("/metrics").await), "404");
    let mut socket = TcpStream::connect(served.server.metrics_address.expect("an address")).await.expect("it listens");
    socket.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("the server reads");
    assert!(
        read_all(&mut socket)
            .await
            .contains("diwan_http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"} 1")
    );
    // Who operates sees health there too, and all of it.
    for (path, wanted) in [("/livez", "\"status\":\"live\""), ("/readyz", "\"last_sequence\":")] {
        let mut socket =
            TcpStream::connect(served.server.metrics_address.expect("an address")).await.expect("it listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("the server reads");
        let answer = read_all(&mut socket).await;
        assert!(status(&answer) == "200" && answer.contains(wanted), "{path}: {answer}");
    }
    assert!(!served.get("/readyz").await.contains("sequence"));
    served.server.shutdown().await;
}

#[tokio::test]
async fn an_idle_connection_makes_room_for_a_newcomer() {
    for limit in ["DIWAN_HTTP_MAX_CONNECTIONS", "DIWAN_HTTP_MAX_CONNECTIONS_PER_ADDRESS"] {
        let served = serve(&[(limit, "1")]).await;
        let mut first = served.connect().await;
        first.write_all(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("the server reads");
        let mut beginning = [0; 12];
        first.read_exact(&mut beginning).await.expect("the first is answered");
        assert_eq!(status(&served.get("/livez").await), "200");
        assert!(read_all(&mut first).await.ends_with('}'), "the first was closed after its answer");
        served.server.shutdown().await;
    }
}

#[tokio::test]
async fn a_full_server_refuses_with_503_and_still_tells_whether_it_lives() {
    // A client that stalls keeps its place in this test for as long as it likes.
    let served = serve(&[("DIWAN_HTTP_MAX_CONNECTIONS", "1"), ("DIWAN_HTTP_FIRST_BYTE_TIMEOUT_MS", "3600000")]).await;
    let mut first = served.connect().await;
    let head = format!("{}Expect: 100-continue\r\n\r\n", served.publish_head(2));
    first.write_all(head.as_bytes()).await.expect("the server reads");
    let mut going_on = [0; 25];
    first.read_exact(&mut going_on).await.expect("the handler runs");
    let refused = served.get("/v1/paths").await;
    assert_eq!(status(&refused), "503");
    for part in ["retry-after: ", "connection: close", "\"code\":\"overloaded\""] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert_eq!((status(&served.get("/livez").await), status(&served.get("/readyz").await)), ("200", "200"));
    first.write_all(b"{}").await.expect("the server still reads");
    assert_eq!(status(&read_all(&mut first).await), "422");
    // The client may see the end of its connection a moment before its place is free.
    while status(&served.get("/v1/paths").await) == "503" {}
    assert_eq!(status(&served.get("/v1/paths").await), "200");
    served.server.shutdown().await;
}

#[tokio::test]
async fn a_request_that_runs_at_shutdown_is_answered() {
    let served = serve(&[]).await;
    let mut socket = served.connect().await;
    let head = served.publish_head(2);
    socket.write_all(format!("{head}Expect: 100-continue\r\n\r\n").as_bytes()).await.expect("the server reads");
    // The server says so when the handler begins to read the body.
    let mut going_on = [0; 25];
    socket.read_exact(&mut going_on).await.expect("the handler runs");
    assert_eq!(&going_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    let address = served.server.address;
    let finish = async {
        socket.write_all(b"{}").await.expect("the server still reads");
        read_all(&mut socket).await
    };
    let ((), answer) = tokio::join!(served.server.shutdown(), finish);
    assert_eq!(status(&answer), "422");
    assert!(answer.contains("\"pointer\":\"/items\""), "{answer}");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let served = serve(&[]).await;
    for (request, wanted, code) in [
        ("GET /nowhere", "404", "not_found"),
        ("DELETE /v1/paths", "405", "method_not_allowed"),
        ("GET /v1/paths?x=1", "400", "bad_parameters"),
        ("GET /v1/content/%2e%2e%2fetc/passwd", "404", "not_found"),
        ("GET /v1/assets/not-an-id", "404", "not_found"),
        ("POST /manage/v1/entries", "401", "unauthorized"),
    ] {
        let answer = served
            .ask(&format!("{request} HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\nConnection: close\r\n\r\n"))
            .await;
        assert_eq!(status(&answer), wanted, "{request}: {answer}");
        assert!(answer.contains("content-type: application/problem+json"), "{request}: {answer}");
        assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{request}: {answer}");
        assert!(
            answer.contains("x-content-type-options: nosniff") && answer.contains("x-request-id: "),
            "{request}: {answer}"
        );
    }
    assert!(
        served
            .ask("DELETE /v1/paths HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .await
            .contains("allow: GET, HEAD, OPTIONS")
    );
    served.server.shutdown().await;
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let served = serve(&[]).await;
    let answer = served.get("/v1/collections").await;
    let tag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").to_owned();
    let again = served
        .ask(&format!("GET /v1/collections HTTP/1.1\r\nHost: x\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n"))
        .await;
    assert_eq!(status(&again), "304");
    assert!(again.ends_with("\r\n\r\n"), "{again}");
    let head = served.ask("HEAD /v1/collections HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let length =
        |answer: &str| answer.lines().find_map(|line| line.strip_prefix("content-length: ").map(str::to_owned));
    assert_eq!((length(&head), head.ends_with("\r\n\r\n")), (length(&answer), true));
    served.server.shutdown().await;
}

#[tokio::test]
async fn preflights_are_answered_by_the_rules_of_each_api() {
    let served = serve(&[("DIWAN_CORS_MANAGEMENT_ORIGINS", "https://admin.example.org")]).await;
    let ask = async |path: &str, origin: &str| {
        let request = format!(
            "OPTIONS {path} HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: PUT\r\nConnection: close\r\n\r\n"
        );
        served.ask(&request).await
    };
    assert!(ask("/v1/search", "https://any.example").await.contains("access-control-allow-origin: *"));
    let place = "/manage/v1/entries/00000000-0000-0000-0000-000000000000/ar";
    let known = ask(place, "https://admin.example.org").await;
    assert!(
        known.contains("access-control-allow-origin: https://admin.example.org")
            && known.contains("access-control-allow-methods: GET, HEAD, PUT, OPTIONS"),
        "{known}"
    );
    let unknown = ask(place, "https://evil.example.org").await;
    assert!(!unknown.contains("access-control-allow-"), "{unknown}");
    served.server.shutdown().await;
}
