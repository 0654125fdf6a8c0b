//! A client that does no more than it must: requests are prepared, connections kept, answers only delimited.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What is asked, by how many at once, and what is to be answered.
pub(crate) struct Asked {
    pub(crate) requests: Vec<Vec<u8>>,
    pub(crate) status: u16,
    pub(crate) connections: usize,
}

/// One whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) etag: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// A connection that is kept.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// Where the head of an answer ends, its status, and how long the body is.
struct Head {
    end: usize,
    status: u16,
    length: usize,
}

/// A request for a path and query that stand as they go over the wire, with further header lines.
pub(crate) fn get(target: &str, headers: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: bench\r\nAccept: application/json\r\n{headers}\r\n").into_bytes()
}

/// How many answers a second all connections together get.
pub(crate) async fn ask_for(address: SocketAddr, asked: &Asked, time: Duration) -> f64 {
    let requests = Arc::new(asked.requests.clone());
    let mut connections = Vec::new();
    for _ in 0..asked.connections {
        connections.push(Connection::open(address).await);
    }
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for (number, mut connection) in connections.into_iter().enumerate() {
        let (requests, status) = (requests.clone(), asked.status);
        tasks.push(tokio::spawn(async move {
            let mut done = 0;
            // Each connection begins elsewhere, so that they do not ask for the same at the same time.
            let mut next = number * requests.len() / 16;
            while begun.elapsed() < time {
                assert_eq!(connection.ask(&requests[next % requests.len()]).await, status);
                next += 1;
                done += 1;
            }
            done
        }));
    }
    let mut done = 0;
    for task in tasks {
        done += task.await.unwrap();
    }
    f64::from(done) / begun.elapsed().as_secs_f64()
}

/// One answer with what a server must know to give it too.
pub(crate) async fn one_answer(address: SocketAddr, request: &[u8]) -> Answer {
    let mut connection = Connection::open(address).await;
    connection.stream.write_all(request).await.unwrap();
    let Head { end, status, length } = connection.head().await;
    let head = String::from_utf8(connection.buffer[..end].to_vec()).unwrap();
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")));
        line.map(|line| line[name.len() + 1..].trim().to_owned())
    };
    let (content_type, etag) = (header("content-type"), header("etag"));
    connection.fill(end + length).await;
    Answer { status, content_type, etag, body: connection.buffer[end..end + length].to_vec() }
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(65_536) }
    }

    /// Asks and reads the answer to its end; answers the status.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.unwrap();
        let Head { end, status, length } = self.head().await;
        self.fill(end + length).await;
        self.buffer.clear();
        status
    }

    async fn head(&mut self) -> Head {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                return Head::parse(&self.buffer[..end + 4]);
            }
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "the connection was closed");
        }
    }

    async fn fill(&mut self, length: usize) {
        while self.buffer.len() < length {
            assert_ne!(self.stream.read_buf(&mut self.buffer).await.unwrap(), 0, "the connection was closed");
        }
    }
}

impl Head {
    fn parse(head: &[u8]) -> Self {
        let text = std::str::from_utf8(head).unwrap();
        let status: u16 = text[9..12].parse().unwrap();
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
        });
        assert!(length.is_some() || status == 304, "an answer has no length");
        Self { end: head.len(), status, length: if status == 304 { 0 } else { length.unwrap() } }
    }
}
