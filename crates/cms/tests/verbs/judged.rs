//! How well the sample ministry is found: queries of citizens with the pages that answer them, and a score that may only rise.

use std::collections::BTreeMap;

use diwan_cms::{Scores, SearchHit, SearchInput};

use crate::{bed::Bed, support::public};

const JUDGED: &str = include_str!("../../../../tests/fixtures/search/ministry.tsv");
/// MRR@10 and nDCG@10. After search has become better, `DIWAN_UPDATE_SCORE=1` on this test writes the new ones.
const SCORE_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/search/score.txt");
/// Share of the everyday queries that have a page of theirs among the first three hits, in the same way.
const EVERYDAY: &str = include_str!("../../../../tests/fixtures/search/everyday.tsv");
const EVERYDAY_SCORE_FILE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/search/everyday-score.txt");
const EVERYDAY_SCORE: &str = include_str!("../../../../tests/fixtures/search/everyday-score.txt");
const SCORE: &str = include_str!("../../../../tests/fixtures/search/score.txt");

pub(crate) async fn the_sample_ministry_is_found_no_worse_than_before(bed: &Bed) {
    bed.cms.load_demo().await.unwrap();
    bed.cms.reindex().await.unwrap();
    let mut all = Vec::new();
    let mut missed = Vec::new();
    for (query, relevant) in judged(JUDGED) {
        let found = found(bed, query).await;
        let scores = Scores::of(&found, &relevant);
        if scores.ndcg_10 < 0.8 {
            missed.push(format!("{:.2} {query}: {}", scores.ndcg_10, found[..found.len().min(4)].join(" ")));
        }
        all.push(scores);
    }
    let Scores { queries, mrr_10, ndcg_10, recall_10: _, recall_100: _ } = Scores::mean(&all);
    let told = format!("{queries} queries, MRR@10 {mrr_10:.4}, nDCG@10 {ndcg_10:.4}; worst:\n{}", missed.join("\n"));
    let numbers: Vec<f64> = SCORE.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [mrr_floor, ndcg_floor] = numbers[..] else { panic!("tests/fixtures/search/score.txt must hold two numbers") };
    let rounded = |score: f64| (score * 10_000.0).round() / 10_000.0;
    assert!(
        rounded(mrr_10) >= mrr_floor && rounded(ndcg_10) >= ndcg_floor,
        "search has become worse than tests/fixtures/search/score.txt says ({SCORE}): {told}"
    );
    if std::env::var_os("DIWAN_UPDATE_SCORE").is_some() {
        std::fs::write(SCORE_FILE, format!("{mrr_10:.4} {ndcg_10:.4}\n")).unwrap();
    }
    everyday_queries_are_answered_no_worse_than_before(bed).await;
}

async fn everyday_queries_are_answered_no_worse_than_before(bed: &Bed) {
    let (mut right, mut all, mut missed) = (0_usize, 0_usize, Vec::new());
    for (query, relevant) in judged(EVERYDAY) {
        let found = found(bed, query).await;
        let first = &found[..found.len().min(3)];
        let is_right = first.iter().any(|page| relevant.contains_key(page));
        (right, all) = (right + usize::from(is_right), all + 1);
        if !is_right {
            missed.push(format!("{query}: {}", first.join(" ")));
        }
    }
    let share = (right as f64 / all as f64 * 10_000.0).round() / 10_000.0;
    let told = format!("{right} of {all} everyday queries ({share}); the others:\n{}", missed.join("\n"));
    let floor: f64 = EVERYDAY_SCORE.trim().parse().unwrap();
    assert!(share >= floor, "worse than tests/fixtures/search/everyday-score.txt says ({floor}): {told}");
    if std::env::var_os("DIWAN_UPDATE_SCORE").is_some() {
        std::fs::write(EVERYDAY_SCORE_FILE, format!("{share:.4}\n")).unwrap();
    }
}

/// Queries with the grades of the pages that answer them.
fn judged(table: &str) -> impl Iterator<Item = (&str, BTreeMap<String, u32>)> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (query, judged) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        let pages = judged.split(' ').map(|page| page.rsplit_once('=').unwrap());
        (query, pages.map(|(page, grade)| (page.to_owned(), grade.parse().unwrap())).collect())
    })
}

/// The pages that a query finds, best first.
async fn found(bed: &Bed, query: &str) -> Vec<String> {
    let input =
        SearchInput { query: query.to_owned(), locale: "ar".parse().ok(), size: Some(100), ..SearchInput::default() };
    bed.cms.search(public(), input).await.unwrap().hits.iter().map(name).collect()
}

/// The collection and the last part of the path: what the judgements call a page. Without a path the title, in one word.
fn name(hit: &SearchHit) -> String {
    let path = hit.path.as_ref().map_or_else(|| hit.title.replace(' ', "-"), ToString::to_string);
    let slug = path.rsplit('/').next().unwrap_or_default();
    format!("{}/{slug}", hit.collection)
}
