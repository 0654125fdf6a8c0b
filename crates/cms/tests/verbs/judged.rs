//! How well the sample ministry is found: queries of citizens with the pages that answer them, and a score that may only rise.

use std::collections::BTreeMap;

use diwan_cms::{Scores, SearchHit, SearchInput};

use crate::{bed::Bed, support::public};

const JUDGED: &str = include_str!("../../../../tests/fixtures/search/ministry.tsv");
/// MRR@10 and nDCG@10. After search has become better, `DIWAN_UPDATE_SCORE=1` on this test writes the new ones.
const SCORE_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/search/score.txt");
const SCORE: &str = include_str!("../../../../tests/fixtures/search/score.txt");

pub(crate) async fn the_sample_ministry_is_found_no_worse_than_before(bed: &Bed) {
    bed.cms.load_demo().await.unwrap();
    bed.cms.reindex().await.unwrap();
    let mut all = Vec::new();
    let mut missed = Vec::new();
    for line in JUDGED.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (query, judged) = line.split_once('\t').unwrap_or_else(|| panic!("no tab: {line}"));
        let relevant: BTreeMap<String, u32> = judged
            .split(' ')
            .map(|page| page.rsplit_once('=').unwrap())
            .map(|(page, grade)| (page.to_owned(), grade.parse().unwrap()))
            .collect();
        let input = SearchInput {
            query: query.to_owned(),
            locale: "ar".parse().ok(),
            size: Some(100),
            ..SearchInput::default()
        };
        let page = bed.cms.search(public(), input).await.unwrap();
        let found: Vec<String> = page.hits.iter().map(name).collect();
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
}

/// The collection and the last part of the path: what the judgements call a page. Without a path the title, in one word.
fn name(hit: &SearchHit) -> String {
    let path = hit.path.as_ref().map_or_else(|| hit.title.replace(' ', "-"), ToString::to_string);
    let slug = path.rsplit('/').next().unwrap_or_default();
    format!("{}/{slug}", hit.collection)
}
