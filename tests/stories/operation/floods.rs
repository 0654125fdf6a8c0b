//! Many connections that mean no good: others are served, and memory stays bounded.

use std::{fs, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use super::program::{Program, run};
use crate::harness::{client::send, eventually};

/// Connections of one flood: as many as a test can open with the usual limit of descriptors.
const CONNECTIONS: usize = 450;
/// Nearly the largest body.
const BODY_BYTES: usize = 8 * 1024 * 1024 - 1;
/// What the process may take of memory meanwhile.
const MAX_ANONYMOUS_KB: u64 = 300_000;

/// Begins a request and sends as much of it as the server takes; the connection stays open.
async fn attack(address: String, head: String, body_bytes: usize) -> Option<TcpStream> {
    let mut socket = TcpStream::connect(&address).await.ok()?;
    socket.write_all(head.as_bytes()).await.ok()?;
    let piece = [b'x'; 64 * 1024];
    let mut left = body_bytes;
    while left > 0 {
        let count = left.min(piece.len());
        socket.write_all(&piece[..count]).await.ok()?;
        left -= count;
    }
    Some(socket)
}

/// Memory of a process that belongs to it alone, in KB.
fn anonymous_kb(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn bodies_that_never_end_take_bounded_memory_and_nobody_else_waits() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let limits = [("DIWAN_HTTP_MAX_CONNECTIONS_PER_ADDRESS", "1024")];
    let server = Program::serve_with(data, &[], &limits, None).await;
    let made = run(&["--data", data, "key", "create", "--role", "publisher"], &[]);
    let key = made.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let head = |path: &str, more: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{more}\r\n\r\n")
    };
    let length = format!("Content-Length: {}", BODY_BYTES + 1);
    let attacks = [
        (head("/v1/search/clicks", &length), BODY_BYTES),
        (head("/v1/search/clicks", "Content-Length: 1024"), 1_023),
        (head("/manage/v1/entries", &length), BODY_BYTES),
        (head("/manage/v1/entries", &format!("Authorization: Bearer {key}\r\n{length}")), BODY_BYTES),
        (format!("GET /v1/paths HTTP/1.1\r\nHost: x\r\nX-Long: {}", "x".repeat(30_000)), 0),
    ];
    let flood: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let (head, bytes) = attacks[number % attacks.len()].clone();
            tokio::spawn(attack(server.address.clone(), head, bytes))
        })
        .collect();
    let mut held = Vec::new();
    for attack in flood {
        held.extend(attack.await.unwrap());
    }
    for _ in 0..20 {
        server.client.get("/v1/paths").await.of(200);
        server.client.get("/livez").await.of(200);
    }
    let taken = anonymous_kb(server.id());
    assert!(taken < MAX_ANONYMOUS_KB, "{taken} kB with {} connections held", held.len());
    drop(held);
    server.stop().await;
}

/// Sends a body byte by byte for as long as the server takes it.
async fn trickle(mut socket: TcpStream) {
    let mut pace = tokio::time::interval(TRICKLE);
    while socket.write_all(b"x").await.is_ok() {
        pace.tick().await;
    }
}

/// Between two bytes of a body: much less than a client of a full server may keep it waiting in the story below.
const TRICKLE: Duration = Duration::from_millis(20);

#[tokio::test]
async fn bodies_that_trickle_make_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let limits = [
        ("DIWAN_HTTP_MAX_CONNECTIONS", "20"),
        ("DIWAN_HTTP_FIRST_BYTE_TIMEOUT_MS", "500"),
        ("DIWAN_HTTP_BODY_TIMEOUT_MS", "3600000"),
    ];
    let server = Program::serve_with(data, &[], &limits, None).await;
    let made = run(&["--data", data, "key", "create", "--role", "publisher"], &[]);
    let key = made.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let head = format!(
        "POST /manage/v1/entries HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {BODY_BYTES}\r\n\r\n"
    );
    let mut flood = JoinSet::new();
    for _ in 0..20 {
        let socket = attack(server.address.clone(), head.clone(), 1).await.unwrap();
        flood.spawn(trickle(socket));
    }
    for path in ["/v1/paths", "/v1/collections", "/v1/openapi.json"] {
        eventually(async || match send(server.client.request(reqwest::Method::GET, path)).await {
            Ok(answer) if answer.status == 200 => Ok(()),
            Ok(answer) => Err(answer.to_string()),
            Err(error) => Err(error.to_string()),
        })
        .await;
    }
    flood.shutdown().await;
    server.stop().await;
}

#[tokio::test]
async fn connections_that_are_kept_starve_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Program::serve_with(
        folder.path().to_str().unwrap(),
        &[],
        &[("DIWAN_HTTP_MAX_CONNECTIONS", "50"), ("DIWAN_HTTP_HEADER_TIMEOUT_MS", "3600000")],
        None,
    )
    .await;
    let mut kept = Vec::new();
    for number in 0..100 {
        let mut socket = TcpStream::connect(&server.address).await.unwrap();
        // Half of them ask again and again, half say nothing but a few letters.
        let request = if number % 2 == 0 { "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n" } else { "GET /liv" };
        socket.write_all(request.as_bytes()).await.unwrap();
        if number % 2 == 0 {
            socket.read_exact(&mut [0; 12]).await.unwrap();
        }
        kept.push(socket);
    }
    for path in ["/v1/paths", "/livez", "/readyz"] {
        server.client.get(path).await.of(200);
    }
    let metrics = run(&["--data", folder.path().to_str().unwrap(), "key", "create", "--role", "system_admin"], &[]);
    let key = metrics.output.lines().find_map(|line| line.strip_prefix("key: ")).unwrap();
    let metrics = server.client.with_token(key).get("/metrics").await.of(200);
    let metrics = String::from_utf8(metrics.body.to_vec()).unwrap();
    let count = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim().parse::<u64>().unwrap()
    };
    assert!(count("diwan_http_connections ") <= 50, "{metrics}");
    assert!(count("diwan_http_connections_evicted_total ") >= 50, "{metrics}");
    server.stop().await;
}

#[tokio::test]
async fn a_proxy_that_is_not_named_is_noticed_and_one_that_is_names_its_clients() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let forwarded = async |server: &Program| {
        let request = server.client.request(reqwest::Method::GET, "/v1/paths");
        send(request.header("x-forwarded-for", "203.0.113.9")).await.unwrap().of(200);
    };
    let server = Program::serve_with(data, &[], &[], None).await;
    forwarded(&server).await;
    server.says("http.trusted_proxies does not name it").await;
    server.stop().await;

    let trusted = [("DIWAN_HTTP_TRUSTED_PROXIES", "127.0.0.0/8, ::1")];
    let notes = [run(&["--data", data, "check"], &[]), run(&["--data", data, "check"], &trusted)];
    assert_eq!(notes.map(|check| check.output.contains("http.trusted_proxies is not set")), [true, false]);
    let server = Program::serve_with(data, &[], &trusted, None).await;
    forwarded(&server).await;
    // Nothing in the log names the client.
    let log = server.stopped_log().await;
    assert!(!log.contains("does not name it") && !log.contains("203.0.113.9"), "{log}");
}
