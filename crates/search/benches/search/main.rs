//! How fast generated entries of 2 to 8 KB are taken in and searched, and how large their index is:
//! `cargo bench -p diwan-search --bench search`, for other sizes with `DIWAN_BENCH_ENTRIES=100000`.
//!
//! Queries draw their words by the frequencies of the texts, so short ones find a large part of the entries. Every query
//! returns 20 hits with total and highlights; with all facets it also counts by collection, department, locale, month and tag.
//!
//! The second table has the processor time of one search (on Linux; elsewhere elapsed time) by the share of entries with the
//! word. A search with a slip finds no entry as typed and is answered with the corrected word.
#![expect(clippy::print_stdout, reason = "the figures are its output")]

mod processor;
mod text;

use std::{
    ops::RangeInclusive,
    sync::Arc,
    time::{Duration, Instant},
};

use diwan_content::{Access, Actor, DepartmentId, EntryId, Handle, Sequence, Timestamp};
use diwan_search::{
    Facet, Filled, IndexChange, IndexOptions, IndexStamp, SearchDocument, SearchIndex, SearchRequest, SuggestRequest,
};
use tempfile::TempDir;
use text::{Random, Text};
use uuid::Uuid;

const DEFAULT_ENTRIES: u128 = 20_000;
const BATCH: u128 = 500;
const QUERIES: usize = 500;
const CHANGES: usize = 50;
const CONNECTIONS: usize = 16;
const SEED: u64 = 2026;
const TAGS: usize = 60;
/// Words whose searches are timed for one share of entries.
const WORDS: usize = 100;
/// How often each of these searches is timed.
const ROUNDS: usize = 5;
/// Shares of entries with a word, in parts of a thousand.
const SHARES: [(&str, RangeInclusive<u128>); 2] = [("0.2 to 0.4 %", 2..=4), ("2 to 5 %", 20..=50)];

fn main() {
    let entries = std::env::var("DIWAN_BENCH_ENTRIES").ok().and_then(|text| text.parse().ok());
    let entries: u128 = entries.unwrap_or(DEFAULT_ENTRIES);
    let text = Text::new(SEED);
    let (_folder, index) = filled(&text, entries);
    println!("| query | p50 ms | p95 ms | p99 ms | hits at the median |\n|---|---|---|---|---|");
    let mut random = Random(SEED + 1);
    let mut queries = Vec::new();
    for _ in 0..QUERIES {
        queries.push((1..=3).map(|count| words(&text, count, &mut random)).collect::<Vec<String>>());
    }
    // What a citizen looks for by name.
    let rare = (0..QUERIES).map(|_| text.words[text.words.len() / 2 + random.below(text.words.len() / 2)].clone());
    let rare: Vec<String> = rare.collect();
    for facets in [Counted::Nothing, Counted::AllFacets] {
        let all: Vec<&str> = queries.iter().flatten().map(String::as_str).collect();
        println!("{}", searched(&index, "1 to 3 words", facets, &all));
        for count in 0..3 {
            let some: Vec<&str> = queries.iter().map(|of| of[count].as_str()).collect();
            println!("{}", searched(&index, &format!("- {} of them", count + 1), facets, &some));
        }
        println!("{}", searched(&index, "1 rare word", facets, &rare.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    println!(
        "\n| search, 20 hits | ms of processor time | searches a second of it | hits at the median |\n|---|---|---|---|"
    );
    for (share, thousandths) in SHARES {
        let words = words_in(&index, &text, entries, &thousandths);
        let slips: Vec<String> = words.iter().filter_map(|word| with_slip(word)).collect();
        for facets in [Counted::Nothing, Counted::AllFacets] {
            println!("{}", costs(&index, &format!("a word in {share} of entries"), facets, &words));
        }
        let pairs: Vec<String> = words.windows(2).map(|pair| pair.join(" ")).collect();
        println!("{}", costs(&index, &format!("two words in {share} each"), Counted::Nothing, &pairs));
        println!("{}", costs(&index, &format!("a word with a slip, in {share}"), Counted::Nothing, &slips));
    }
    println!("\n{}", suggested(&index, &text, &mut random));
    for facets in [Counted::Nothing, Counted::AllFacets] {
        println!("{}", throughput(&index, &text, facets));
    }
    let mut times = Vec::new();
    for sequence in 2..2 + CHANGES as i64 {
        let change = IndexChange::Put(entry(u128::from(random.next()) % entries, &text, &mut random));
        times.push(time(|| index.apply(vec![change], Sequence(sequence)).expect("a change is taken in")));
    }
    println!("{}", row("one published entry, until it is found", times));
}

/// What is counted beside the total.
#[derive(Clone, Copy)]
enum Counted {
    Nothing,
    AllFacets,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Nothing => "with highlights",
            Self::AllFacets => "with highlights and all facets",
        }
    }
}

/// Words as frequent as in the texts.
fn words(text: &Text, count: usize, random: &mut Random) -> String {
    (0..count).map(|_| text.word(random)).collect::<Vec<_>>().join(" ")
}

fn searched(index: &SearchIndex, name: &str, facets: Counted, queries: &[&str]) -> String {
    let (mut times, mut totals) = (Vec::new(), Vec::new());
    for query in queries {
        let request = request((*query).to_owned(), facets);
        let begun = Instant::now();
        let answer = index.search(&request).expect("a search answers");
        times.push(begun.elapsed());
        totals.push(answer.total);
    }
    totals.sort_unstable();
    format!("{} {} |", row(&format!("{name}, {}", facets.name()), times), totals[totals.len() / 2])
}

/// Words in a share of the entries, in parts of a thousand.
fn words_in(index: &SearchIndex, text: &Text, entries: u128, thousandths: &RangeInclusive<u128>) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.words.iter().filter(|word| word.chars().count() >= 4) {
        let request = SearchRequest { size: 0, ..request(word.clone(), Counted::Nothing) };
        let answer = index.search(&request).expect("a search answers");
        if !answer.relaxed && thousandths.contains(&(u128::from(answer.total) * 1_000 / entries)) {
            found.push(word.clone());
        }
        if found.len() == WORDS {
            break;
        }
    }
    found
}

/// The word with its last two letters swapped.
fn with_slip(word: &str) -> Option<String> {
    let mut letters: Vec<char> = word.chars().collect();
    let last = letters.len().checked_sub(2)?;
    letters.swap(last, last + 1);
    Some(letters.into_iter().collect()).filter(|slip| slip != word)
}

/// The mean processor time of one search, after a round that is not counted.
fn costs(index: &SearchIndex, name: &str, facets: Counted, queries: &[String]) -> String {
    let requests: Vec<SearchRequest> = queries.iter().map(|query| request(query.clone(), facets)).collect();
    let round = || -> Vec<u64> {
        requests.iter().map(|request| index.search(request).expect("a search answers").total).collect()
    };
    let mut totals = round();
    totals.sort_unstable();
    let begun = processor::time();
    for _ in 0..ROUNDS {
        std::hint::black_box(round());
    }
    let searches = (ROUNDS * requests.len()).max(1);
    let mean = processor::time().saturating_sub(begun).as_secs_f64() * 1_000.0 / searches as f64;
    let hits = totals.get(totals.len() / 2).copied().unwrap_or_default();
    format!("| {name}, {} | {mean:.2} | {:.0} | {hits} |", facets.name(), 1_000.0 / mean)
}

/// Titles as one types the first letters of a word.
fn suggested(index: &SearchIndex, text: &Text, random: &mut Random) -> String {
    let mut times = Vec::new();
    for number in 0..QUERIES {
        let beginning: String = text.word(random).chars().take(1 + number % 5).collect();
        let request = SuggestRequest {
            beginning,
            scope: Actor::anonymous().public_scope(),
            locale: None,
            departments: Vec::new(),
            collections: (0..5).map(collection).collect(),
            size: 10,
        };
        times.push(time(|| index.suggest(&request).expect("titles are suggested")));
    }
    row("suggestions for 1 to 5 letters", times)
}

/// Searches a second from several threads at once.
fn throughput(index: &SearchIndex, text: &Text, facets: Counted) -> String {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..CONNECTIONS {
            scope.spawn(move || {
                let mut random = Random(SEED + 10 + thread as u64);
                for count in 0..QUERIES / CONNECTIONS {
                    let words = words(text, 1 + count % 3, &mut random);
                    index.search(&request(words, facets)).expect("a search answers");
                }
            });
        }
    });
    let searches = QUERIES / CONNECTIONS * CONNECTIONS;
    format!(
        "\n{CONNECTIONS} threads at once, {}: {:.0} searches a second\n",
        facets.name(),
        searches as f64 / begun.elapsed().as_secs_f64()
    )
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

/// An index of all entries; the folder lives as long as it is held.
fn filled(text: &Text, entries: u128) -> (TempDir, Arc<SearchIndex>) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let stamp = IndexStamp { database: "bench".into(), registry: "bench".into(), texts: Vec::new() };
    let index = SearchIndex::open(folder.path(), stamp, &IndexOptions::default()).expect("a new index opens");
    let index = Arc::new(index);
    index.check().expect("a new folder is empty");
    let mut random = Random(SEED);
    let (mut took, mut bytes) = (Duration::ZERO, 0);
    let filling = index.start_filling().expect("a new index is made");
    for first in (0..entries).step_by(BATCH as usize) {
        let last = entries.min(first + BATCH);
        let documents: Vec<SearchDocument> = (first..last).map(|number| entry(number, text, &mut random)).collect();
        bytes += documents.iter().flat_map(|document| &document.texts).map(|(_, text)| text.len()).sum::<usize>();
        took += time(|| filling.put(&documents).expect("documents are taken in"));
    }
    took += time(|| filling.settle(Sequence(1)).and_then(Filled::finish).expect("a new index is finished"));
    let stats = index.stats();
    println!(
        "taking in {entries} entries of {:.1} MB of text: {:.0} a second; index of {} segments: {:.2} of the text\n",
        bytes as f64 / 1e6,
        entries as f64 / took.as_secs_f64(),
        stats.segments,
        stats.size_bytes as f64 / bytes as f64
    );
    (folder, index)
}

fn entry(number: u128, text: &Text, random: &mut Random) -> SearchDocument {
    let title = (0..6).map(|_| text.word(random)).collect::<Vec<_>>().join(" ");
    let bytes = 2_000 + random.below(6_000);
    let body = text.of_bytes(bytes, random);
    let tags = "tags".parse::<Handle>().expect("a handle");
    let published_at = Timestamp::from_unix_ms(1_500_000_000_000 + random.below(250_000_000) as i64 * 1_000);
    let published_at = published_at.expect("a time");
    SearchDocument {
        entry: EntryId(Uuid::from_u128(number)),
        locale: "ar".parse().expect("a locale"),
        collection: collection(random.below(5)),
        department: DepartmentId(Uuid::from_u128(random.below(40) as u128)),
        path: None,
        title: title.clone(),
        kind: String::new(),
        texts: vec![(3, title), (1, body)],
        attachments: Vec::new(),
        published_at,
        day: published_at.day(),
        values: (0..3).map(|_| (tags.clone(), text.words[random.below(TAGS)].clone())).collect(),
        public: Access::Public,
    }
}

fn collection(number: usize) -> Handle {
    format!("collection_{number}").parse().expect("a handle")
}

fn request(query: String, facets: Counted) -> SearchRequest {
    let tags: Handle = "tags".parse().expect("a handle");
    let facets = match facets {
        Counted::Nothing => Vec::new(),
        Counted::AllFacets => {
            vec![Facet::Collection, Facet::Department, Facet::Locale, Facet::Month, Facet::Field(tags.clone())]
        }
    };
    SearchRequest {
        facet_fields: vec![tags],
        facets,
        size: 20,
        ..SearchRequest::of(query, Actor::anonymous().public_scope(), (0..5).map(collection).collect())
    }
}
