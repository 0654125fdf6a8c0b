//! How soon search knows what was published and forgets what was withdrawn, under 20 publishes a second, and how fast the
//! index is made anew: `cargo bench -p diwan-cms --all-features --bench freshness`, for other sizes with
//! `DIWAN_BENCH_ENTRIES=100000`.
//!
//! News items of 2 to 8 KB on SQLite with full sync. What is measured goes from the acknowledgement of the verb until the
//! index has taken it in; then a search must find it, or not find it any more. Hits that are no longer public are dropped
//! from answers before that, so a withdrawn page is gone at once for whoever searches.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "the figures are its output")]

#[path = "../publish/installation.rs"]
#[expect(dead_code, reason = "the benchmark of publishing needs more of it")]
mod installation;
#[path = "../lists/seed.rs"]
#[expect(dead_code, reason = "the benchmark of lists needs more of it")]
mod seed;
#[path = "../publish/text.rs"]
mod text;

use std::time::{Duration, Instant};

use diwan_cms::{
    Cms, CreateEntry, LocalizationState, PublishItem, RevisionInput, SearchInput, WithdrawItem, WithdrawMode,
};
use diwan_content::{Actor, Sequence};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use self::{
    installation::{Installation, Kind, Search, publisher},
    seed::{ARTICLE, Seed},
    text::Random,
};

const DEFAULT_ENTRIES: u128 = 20_000;
/// Entries that are made up at once, so that not all of them are in memory.
const BATCH: u128 = 2_000;
const SEED: u64 = 20_261_123;
/// Between two publishes: 20 a second.
const BEAT: Duration = Duration::from_millis(50);
const PUBLISHES: usize = 600;
/// After so many publishes an earlier one is withdrawn.
const WITHDRAWN_EVERY: usize = 5;
/// How often a measurement looks where the index is.
const LOOK: Duration = Duration::from_millis(2);

fn main() {
    let entries = std::env::var("DIWAN_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok());
    tokio::runtime::Runtime::new().unwrap().block_on(measure(entries.unwrap_or(DEFAULT_ENTRIES)));
}

async fn measure(entries: u128) {
    let Some(installation) = Installation::open(Kind::Sqlite, Search::Resting).await else { return };
    let mut random = Random::new(SEED);
    fill(&installation, entries, &mut random).await;
    let cms = &installation.cms;
    let begun = Instant::now();
    cms.reindex().await.unwrap();
    println!("{entries} entries: index made anew at {:.0} a second", entries as f64 / begun.elapsed().as_secs_f64());

    let follower = cms.start_followers(None).unwrap();
    let drafts = drafts(&installation, &mut random).await;
    installation_caught_up(cms).await;
    let (mut published, mut withdrawn) = (Vec::new(), Vec::new());
    let mut earlier: Vec<(usize, LocalizationState)> = Vec::new();
    let mut beat = tokio::time::interval(BEAT);
    let begun = Instant::now();
    for (number, draft) in drafts.into_iter().enumerate() {
        beat.tick().await;
        let item = publication_of(&draft);
        let done = cms.publish_one(&publisher(), item).await.unwrap();
        published.push(taken_in(cms, done.sequence.unwrap(), number, 1));
        earlier.push((number, done.value));
        if number % WITHDRAWN_EVERY == WITHDRAWN_EVERY - 1 {
            let (number, state) = earlier.remove(0);
            let LocalizationState { entry, locale, version, .. } = state;
            let item = WithdrawItem { entry, locale, version, mode: WithdrawMode::Gone, with_children: false };
            let done = cms.withdraw(&publisher(), item).await.unwrap();
            withdrawn.push(taken_in(cms, done.sequence.unwrap(), number, 0));
        }
    }
    let rate = PUBLISHES as f64 / begun.elapsed().as_secs_f64();
    println!("{rate:.1} publishes a second\n\n| change | p50 ms | p95 ms | p99 ms | most ms |\n|---|---|---|---|---|");
    println!("{}", row("published, until it is found", published).await);
    println!("{}", row("withdrawn, until the index forgets it", withdrawn).await);
    follower.stop().await;
    installation.close().await;
}

/// Published news items, written straight into the store.
async fn fill(installation: &Installation, entries: u128, random: &mut Random) {
    let registry = installation.cms.registry();
    for first in (0..entries).step_by(usize::try_from(BATCH).unwrap()) {
        let seeds = (first..entries.min(first + BATCH)).map(|number| Seed {
            id: ARTICLE + number,
            department: installation.departments[number as usize % installation.departments.len()],
            date: format!("{}-{:02}-{:02}", 2000 + number % 25, 1 + number % 12, 1 + number % 28),
            data: news(random, 2_000 + (number * 7_919 % 6_000) as usize, None),
        });
        seed::publish(&installation.raw, registry, "news", &seeds.collect::<Vec<_>>()).await;
    }
}

/// What is going to be published, each with a word of its own.
async fn drafts(installation: &Installation, random: &mut Random) -> Vec<LocalizationState> {
    let mut drafts = Vec::new();
    for number in 0..PUBLISHES {
        let data = news(random, 2_000 + number * 7_919 % 6_000, Some(number));
        let department = Some(installation.departments[number % installation.departments.len()]);
        let revision = RevisionInput { data, ..RevisionInput::default() };
        let input = CreateEntry { collection: "news".to_owned(), department, revision, ..CreateEntry::default() };
        drafts.push(installation.cms.create_entry(&publisher(), input).await.unwrap().value);
    }
    drafts
}

fn news(random: &mut Random, bytes: usize, number: Option<usize>) -> Value {
    let own = number.map(own_word).unwrap_or_default();
    json!({
        "title": random.words(6),
        "kind": "news",
        "summary": random.words(20),
        "body": format!("{} {own}", random.markdown(bytes)),
        "tags": [random.words(1)],
    })
}

fn own_word(number: usize) -> String {
    // No digits, at which words are parted.
    format!("zq{number:04}")
        .bytes()
        .map(|byte| char::from(if byte.is_ascii_digit() { byte - b'0' + b'a' } else { byte }))
        .collect()
}

async fn installation_caught_up(cms: &Cms) {
    let last = cms.last_sequence().await.unwrap();
    while cms.search_mark() != Some(last) {
        tokio::time::sleep(LOOK).await;
    }
}

fn publication_of(draft: &LocalizationState) -> PublishItem {
    let LocalizationState { entry, locale, version, head, hash, .. } = draft.clone();
    PublishItem { entry, locale, revision: head, hash, version }
}

/// How long from now until the index has taken in an event, and a search answers accordingly.
fn taken_in(cms: &Cms, sequence: Sequence, number: usize, hits: u64) -> JoinHandle<Duration> {
    let (cms, begun) = (cms.clone(), Instant::now());
    tokio::spawn(async move {
        while cms.search_mark() < Some(sequence) {
            tokio::time::sleep(LOOK).await;
        }
        // In quotes it is wanted as spelt; what is relaxed found something else.
        let query = format!("\"{}\"", own_word(number));
        let input = SearchInput { query, facets: Some(vec!["none".to_owned()]), ..SearchInput::default() };
        let page = cms.search(Actor::anonymous().public_scope(), input).await.unwrap();
        let exact = if page.relaxed { 0 } else { page.total };
        assert_eq!(exact, hits, "{}", own_word(number));
        begun.elapsed()
    })
}

async fn row(name: &str, tasks: Vec<JoinHandle<Duration>>) -> String {
    let mut times = Vec::new();
    for task in tasks {
        times.push(task.await.unwrap());
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!("| {name} | {:.0} | {:.0} | {:.0} | {:.0} |", at(0.5), at(0.95), at(0.99), at(1.0))
}
