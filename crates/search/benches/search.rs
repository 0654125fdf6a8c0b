//! How fast 10,000 generated entries are taken in and searched: `cargo bench -p diwan-search`.
//!
//! Words are as frequent as in real texts, queries draw them by the same frequencies, so short ones find thousands of
//! entries. Every query answers 20 hits with total, facets and highlights.
#![expect(clippy::print_stdout, reason = "the figures are its output")]

use std::time::{Duration, Instant};

use diwan_content::{Access, Actor, DepartmentId, EntryId, Handle, Sequence, Timestamp};
use diwan_search::{IndexChange, IndexOptions, SearchDocument, SearchIndex, SearchRequest};
use tempfile::TempDir;
use uuid::Uuid;

const ENTRIES: u128 = 10_000;
const WORDS: usize = 20_000;
const ENTRY_WORDS: usize = 400;
const QUERIES: usize = 500;
const CHANGES: usize = 50;
const SEED: u64 = 2026;

fn main() {
    let text = Text::new();
    let (_folder, index, took) = filled(&text);
    println!(
        "taking in {ENTRIES} entries of {ENTRY_WORDS} words: {:.0} a second\n",
        ENTRIES as f64 / took.as_secs_f64()
    );
    println!("| query | p50 ms | p95 ms | p99 ms |\n|---|---|---|---|");
    let mut random = Random(SEED + 1);
    for count in 1..=3 {
        let mut times = Vec::new();
        for _ in 0..QUERIES {
            let query = (0..count).map(|_| text.word(&mut random)).collect::<Vec<_>>().join(" ");
            times.push(time(|| index.search(&request(query)).expect("a search answers")));
        }
        println!("{}", row(&format!("{count} of all words"), times));
    }
    let mut times = Vec::new();
    for _ in 0..QUERIES {
        // Of the rarer half: what a citizen looks for by name.
        let query = text.words[WORDS / 2 + random.next() as usize % (WORDS / 2)].clone();
        times.push(time(|| index.search(&request(query)).expect("a search answers")));
    }
    println!("{}", row("1 rare word", times));
    let mut times = Vec::new();
    for sequence in 2..2 + CHANGES as i64 {
        let change = IndexChange::Put(entry(u128::from(random.next()) % ENTRIES, &text, &mut random));
        times.push(time(|| index.apply(vec![change], Sequence(sequence)).expect("a change is taken in")));
    }
    println!("{}", row("one published entry, until it is found", times));
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let begun = Instant::now();
    std::hint::black_box(work());
    begun.elapsed()
}

fn row(name: &str, mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!("| {name} | {:.2} | {:.2} | {:.2} |", at(0.5), at(0.95), at(0.99))
}

/// An index of all entries, and how long that took; the folder lives as long as it is held.
fn filled(text: &Text) -> (TempDir, SearchIndex, Duration) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let opened = SearchIndex::open(folder.path(), "bench", &IndexOptions::default()).expect("a new index opens");
    let mut random = Random(SEED);
    let changes = (0..ENTRIES).map(|number| IndexChange::Put(entry(number, text, &mut random))).collect();
    let took = time(|| {
        opened.index.apply(changes, Sequence(1)).expect("a new index is filled");
        opened.index.rest().expect("merges end");
    });
    (folder, opened.index, took)
}

fn entry(number: u128, text: &Text, random: &mut Random) -> SearchDocument {
    let words = |count: usize, random: &mut Random| (0..count).map(|_| text.word(random)).collect::<Vec<_>>().join(" ");
    let title = words(6, random);
    let body = words(ENTRY_WORDS, random);
    SearchDocument {
        entry: EntryId(Uuid::from_u128(number)),
        locale: "ar".parse().expect("a locale"),
        collection: collection(random.next() % 5),
        department: DepartmentId(Uuid::from_u128(u128::from(random.next() % 40))),
        path: None,
        title: title.clone(),
        texts: vec![(3, title), (1, body)],
        published_at: Timestamp::from_unix_ms(1_700_000_000_000).expect("a time"),
        public: Access::Public,
    }
}

fn collection(number: u64) -> Handle {
    format!("collection_{number}").parse().expect("a handle")
}

fn request(query: String) -> SearchRequest {
    SearchRequest {
        query,
        scope: Actor::anonymous().public_scope(),
        locale: None,
        collections: Vec::new(),
        departments: Vec::new(),
        size: 20,
        after: None,
        allowed_collections: (0..5).map(collection).collect(),
    }
}

/// Made-up Arabic words, the n-th of them about n times rarer than the first (Zipf's law).
struct Text {
    words: Vec<String>,
    /// Sums of the frequencies up to each word.
    sums: Vec<f64>,
}

impl Text {
    fn new() -> Self {
        let letters: Vec<char> = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةءأإ".chars().collect();
        let mut random = Random(SEED + 3);
        let (mut words, mut sums) = (Vec::with_capacity(WORDS), Vec::with_capacity(WORDS));
        let mut sum = 0.0;
        for rank in 1..=WORDS {
            let length = 3 + random.next() as usize % 5;
            let mut word: String = if random.next().is_multiple_of(3) { "ال".into() } else { String::new() };
            word.extend((0..length).map(|_| letters[random.next() as usize % letters.len()]));
            words.push(word);
            sum += 1.0 / rank as f64;
            sums.push(sum);
        }
        Self { words, sums }
    }

    fn word(&self, random: &mut Random) -> &str {
        let total = self.sums.last().copied().unwrap_or_default();
        let point = random.next() as f64 / u64::MAX as f64 * total;
        let rank = self.sums.partition_point(|sum| *sum < point);
        &self.words[rank.min(self.words.len() - 1)]
    }
}

/// The generator SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
