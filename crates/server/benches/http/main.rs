//! Reads over HTTP beside a bare poem handler that answers the same bytes from memory, by the same client, in the same run,
//! turn by turn: `cargo bench -p diwan-server --bench http`.
//!
//! Client and servers share the processors of one machine, so rates are lower than they would be over a network; the
//! ratio is what to look at.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "the figures are its output")]

mod bare;
mod client;
mod pressure;
mod site;
#[path = "../../../cms/benches/publish/text.rs"]
mod text;

use std::{net::SocketAddr, time::Duration};

use self::{
    bare::Bare,
    client::{Asked, ask_for, one_answer},
    site::Site,
};

/// Each round runs both servers once in every case; enough of them to see how much the machine wavers.
const ROUNDS: usize = 7;
const TURN: Duration = Duration::from_millis(400);
const CONNECTIONS: [usize; 2] = [1, 16];

/// One kind of read.
struct Case {
    name: &'static str,
    /// Asked one after the other, over and over.
    requests: Vec<Vec<u8>>,
    status: u16,
}

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let site = Site::start().await;
    println!("{} entries of about 4 KB, answers of the bare handler of the same length\n", site::ENTRIES);
    println!(
        "| read | connections | answer bytes | requests/s | bare poem handler/s | share |\n|---|---|---|---|---|---|"
    );
    for case in site.cases().await {
        let sample = one_answer(site.address(), &case.requests[0]).await;
        assert_eq!(sample.status, case.status, "{}: {}", case.name, String::from_utf8_lossy(&sample.body));
        let bytes = sample.body.len();
        let bare = Bare::start(sample).await;
        for connections in CONNECTIONS {
            println!("{}", row(&case, connections, bytes, site.address(), bare.address).await);
        }
        bare.stop();
    }
    println!(
        "\n| page p95 ms | beside 40 hostile clients | ratio | their answers | their refusals |\n|---|---|---|---|---|"
    );
    println!("{}", pressure::row(site.address(), &site.cases().await[0].requests).await);
    site.stop().await;
}

async fn row(case: &Case, connections: usize, bytes: usize, ours: SocketAddr, bare: SocketAddr) -> String {
    let asked = Asked { requests: case.requests.clone(), status: case.status, connections };
    // Fills caches; not counted.
    ask_for(ours, &asked, TURN).await;
    ask_for(bare, &asked, TURN).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((ask_for(ours, &asked, TURN).await, ask_for(bare, &asked, TURN).await));
    }
    let mean = |rates: Vec<f64>| rates.iter().sum::<f64>() / rates.len() as f64;
    let (our_rate, bare_rate) =
        (mean(rounds.iter().map(|r| r.0).collect()), mean(rounds.iter().map(|r| r.1).collect()));
    let mut shares: Vec<f64> = rounds.iter().map(|(ours, bare)| ours / bare).collect();
    shares.sort_by(f64::total_cmp);
    let (median, least, most) = (shares[shares.len() / 2], shares[0], shares[shares.len() - 1]);
    format!(
        "| {} | {connections} | {bytes} | {our_rate:.0} | {bare_rate:.0} | {median:.2} ({least:.2} to {most:.2}) |",
        case.name
    )
}
