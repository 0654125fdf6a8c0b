//! An acknowledged write survives: a kill at each step to the disk, kills at any moment, and (by the order of its calls) a
//! power loss.

mod child;
mod ledger;
mod powerloss;
mod strace;

use std::{env, time::Duration};

use diwan_content::IdSource as _;
use diwan_server::TimeOrderedIds;

use self::{
    child::ChildServer,
    ledger::{Ledger, Page, Writers},
    strace::Strace,
};
use crate::harness::{Keys, note, settle, skipped};

/// More steps than an upload, a save and a publish take.
const MAX_STEPS: usize = 300;
/// How long strace holds each call before it happens; the kill must arrive within.
const HELD_MS: u64 = 25;

#[test]
fn a_server_in_a_process_of_its_own() {
    child::serve_if_asked();
}

/// strace counts calls per thread, and a publish goes through several. So it only holds each call for a moment, and the
/// story counts over all threads and kills while the N-th is held.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_any_step_to_the_disk_loses_nothing() {
    if let Err(reason) = strace::is_possible() {
        return skipped(&reason);
    }
    let data = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::default();
    let mut server = ChildServer::start(data.path()).await;
    let keys = Keys::make_beside(data.path()).await;
    let writers = Writers::prepare(&server.client, &keys).await;
    let hold = format!("inject={}:delay_enter={}", strace::DISK_CALLS, HELD_MS * 1_000);
    for step in 1..=MAX_STEPS {
        let trace = format!("trace={}", strace::DISK_CALLS);
        let strace = Strace::attach(server.id(), &["-e", &trace, "-e", &hold]).unwrap();
        let mut page = Page::new(&format!("step-{step}"));
        let reached = tokio::select! {
            () = strace.calls_begun(step) => true,
            written = writers.write(&server.client, &mut page) => {
                written.unwrap();
                // The index writes behind the acknowledgement.
                tokio::select! {
                    () = strace.calls_begun(step) => true,
                    () = settle(&server.client) => false,
                }
            }
        };
        server.kill();
        strace.end();
        ledger.pages.push(page);
        server = ChildServer::start(data.path()).await;
        ledger.check(&server, &keys).await;
        if !reached {
            assert!(step > 5, "hardly any step was counted: {step}");
            return note(&format!("killed at each of {} steps to the disk", step - 1));
        }
    }
    panic!("the publish did not end within {MAX_STEPS} steps");
}

/// 5 rounds, or DIWAN_TEST_KILL_ROUNDS; the same moments again with DIWAN_TEST_KILL_SEED.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_killed_at_any_moment_under_load_loses_nothing() {
    let rounds: u32 = env::var("DIWAN_TEST_KILL_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap());
    let fresh = || u64::from_le_bytes(*TimeOrderedIds.next_id().as_bytes().last_chunk().unwrap());
    let seed: u64 = env::var("DIWAN_TEST_KILL_SEED").map_or_else(|_| fresh(), |seed| seed.parse().unwrap());
    note(&format!("{rounds} kills with DIWAN_TEST_KILL_SEED={seed}"));
    let mut random = SplitMix(seed);

    let data = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::default();
    let mut server = ChildServer::start(data.path()).await;
    let keys = Keys::make_beside(data.path()).await;
    let writers = Writers::prepare(&server.client, &keys).await;
    for round in 1..=rounds {
        let load: Vec<_> =
            (0..4).map(|writer| writers.clone().write_until_killed(&server.client, round, writer)).collect();
        let lives = Duration::from_millis(50 + random.next() % 1_500);
        let load = tokio::spawn(futures_util::future::join_all(load));
        tokio::time::sleep(lives).await;
        server.kill();
        ledger.pages.extend(load.await.unwrap().into_iter().flatten());
        server = ChildServer::start(data.path()).await;
        ledger.check(&server, &keys).await;
    }
    assert!(ledger.pages.iter().any(Page::is_acknowledged_public), "no write was acknowledged in any round");
}

/// Numbers from a seed: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
