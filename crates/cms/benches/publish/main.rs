//! What create, save and publish cost beside raw commits of one 4 KB row, on the same database, disk and settings, in the
//! same run, turn by turn: `cargo bench -p diwan-cms --all-features --bench publish`.
//!
//! SQLite lies in the target folder, so keep that on a real disk. PostgreSQL is measured where `DIWAN_BENCH_POSTGRES` names
//! a server (the URL of a role that may make databases) that writes with fsync; what is not set is said to be skipped.
//! With `-- sqlite` or `-- postgres` behind the command only that one is measured.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "the figures are its output")]

mod figures;
mod installation;
mod phases;
mod text;

use std::time::Duration;

use self::{
    figures::{Figures, Row},
    installation::{Installation, Kind, Search},
    phases::{Desk, Phase},
};

/// Each round runs every phase of every setting once; enough of them to see how much the machine wavers.
const ROUNDS: usize = 15;
/// Commits of one phase, whatever the number of editors.
const COMMITS: usize = 48;
const EDITORS: [usize; 2] = [1, 8];
const SEED: u64 = 20_261_123;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        if !wanted.is_empty() && !wanted.contains(&format!("{kind:?}").to_lowercase()) {
            continue;
        }
        for search in [Search::Resting, Search::Following] {
            runtime.block_on(measure(kind, search));
        }
    }
}

async fn measure(kind: Kind, search: Search) {
    let Some(installation) = Installation::open(kind, search).await else { return };
    println!("\n{}", installation.describe().await);
    let mut desks: Vec<Desk> = EDITORS.iter().map(|editors| Desk::new(*editors, COMMITS, SEED)).collect();
    for desk in &mut desks {
        // Fills caches and prepares statements; not counted.
        round(&installation, desk).await;
    }
    let mut figures = Figures::default();
    for _ in 0..ROUNDS {
        for desk in &mut desks {
            let took = round(&installation, desk).await;
            figures.add(desk.editors(), took);
        }
    }
    println!("{}", Row::HEAD);
    for row in figures.rows(COMMITS) {
        println!("{row}");
    }
    installation.close().await;
}

/// All phases, one after the other: how long each took.
async fn round(installation: &Installation, desk: &mut Desk) -> Vec<(Phase, Duration)> {
    let mut took = Vec::new();
    for phase in Phase::ALL {
        installation.wait_for_search().await;
        took.push((phase, desk.run(installation, phase).await));
    }
    took
}
