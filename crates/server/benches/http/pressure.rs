//! How long pages take while others ask for as much as one request can.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use crate::client::{Connection, get};

/// Clients that ask for expensive reads, and those that read pages meanwhile.
const HOSTILE: usize = 40;
const READERS: usize = 4;
const TIME: Duration = Duration::from_secs(5);
/// Conditions of one list.
const CONDITIONS: usize = 32;

/// A row with the times of page reads alone and beside hostile clients, and what those were answered.
pub(crate) async fn row(address: SocketAddr, pages: &[Vec<u8>]) -> String {
    let alone = times(address, pages).await;
    let requests = [conditions("contains"), get("/v1/search?page%5Bsize%5D=100&q=%D9%88%2A", "")];
    let (answered, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let begun = Instant::now();
    let hostile = async |number: usize| {
        let mut connection = Connection::open(address).await;
        while begun.elapsed() < TIME + Duration::from_secs(1) {
            let status = connection.ask(&requests[number % requests.len()]).await;
            if status == 200 { &answered } else { &refused }.fetch_add(1, Ordering::Relaxed);
        }
    };
    let all = futures_util::future::join_all((0..HOSTILE).map(hostile));
    let (_, beside) = tokio::join!(all, times(address, pages));
    let p95 = |times: &[Duration]| times[times.len() * 95 / 100].as_secs_f64() * 1_000.0;
    format!(
        "| {:.2} | {:.2} | {:.2} | {} | {} |",
        p95(&alone),
        p95(&beside),
        p95(&beside) / p95(&alone),
        answered.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed)
    )
}

/// How long each read of a page took, sorted.
async fn times(address: SocketAddr, pages: &[Vec<u8>]) -> Vec<Duration> {
    let begun = Instant::now();
    let reader = async |number: usize| {
        let (mut connection, mut times) = (Connection::open(address).await, Vec::new());
        for page in pages.iter().cycle().skip(number) {
            if begun.elapsed() >= TIME {
                break;
            }
            let asked = Instant::now();
            assert_eq!(connection.ask(page).await, 200);
            times.push(asked.elapsed());
        }
        times
    };
    let mut times = futures_util::future::join_all((0..READERS).map(reader)).await.concat();
    times.sort_unstable();
    times
}

/// A list with as many conditions over a reference as there may be, none of which an index serves.
fn conditions(operator: &str) -> Vec<u8> {
    let condition =
        |place: usize| format!("filter%5Bor%5D%5B{place}%5D%5Btopics%5D%5Btitle%5D%5B{operator}%5D=a{place}");
    let conditions: Vec<String> = (0..CONDITIONS).map(condition).collect();
    get(&format!("/v1/collections/news/entries?sort=-title&{}", conditions.join("&")), "")
}
