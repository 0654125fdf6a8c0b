//! The usual measures of ranked answers.

use std::{collections::BTreeMap, fmt};

/// Means over all judged queries; a query without a hit counts 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// How many queries.
    pub queries: usize,
    /// Mean of 1 over the rank of the first relevant document, among the first 10.
    pub mrr_10: f64,
    /// Normalised discounted cumulative gain of the first 10: grades over log₂ of the rank + 1, against the best order
    /// (Järvelin and Kekäläinen 2002).
    pub ndcg_10: f64,
    /// Share of the relevant documents among the first 10.
    pub recall_10: f64,
    /// Share of the relevant documents among the first 100.
    pub recall_100: f64,
}

impl Scores {
    /// The scores of one query: what was found, best first, and the grade of each relevant document.
    pub fn of(found: &[String], relevant: &BTreeMap<String, u32>) -> Self {
        let grade = |id: &String| relevant.get(id).copied().unwrap_or(0);
        let top = &found[..found.len().min(10)];
        let first = top.iter().position(|id| grade(id) > 0);
        let recall = |found: &[String]| ratio(found.iter().filter(|id| grade(id) > 0).count(), relevant.len());
        let mut best: Vec<u32> = relevant.values().copied().collect();
        best.sort_unstable_by(|one, other| other.cmp(one));
        let ideal = gain(best.into_iter().take(10));
        Self {
            queries: 1,
            mrr_10: first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
            ndcg_10: if ideal > 0.0 { gain(top.iter().map(grade)) / ideal } else { 0.0 },
            recall_10: recall(top),
            recall_100: recall(&found[..found.len().min(100)]),
        }
    }

    /// The means of all.
    pub fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
        Self {
            queries: all.len(),
            mrr_10: mean(|scores| scores.mrr_10),
            ndcg_10: mean(|scores| scores.ndcg_10),
            recall_10: mean(|scores| scores.recall_10),
            recall_100: mean(|scores| scores.recall_100),
        }
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { queries, mrr_10, ndcg_10, recall_10, recall_100 } = self;
        write!(
            f,
            "{queries} queries  MRR@10 {mrr_10:.4}  nDCG@10 {ndcg_10:.4}  recall@10 {recall_10:.4}  recall@100 {recall_100:.4}"
        )
    }
}

fn gain(grades: impl Iterator<Item = u32>) -> f64 {
    grades.enumerate().map(|(rank, grade)| f64::from(grade) / (rank as f64 + 2.0).log2()).sum()
}

fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &str) -> Vec<String> {
        ids.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn scores_are_those_of_the_books() {
        let relevant = BTreeMap::from([("a".to_owned(), 2), ("b".to_owned(), 1)]);
        let scores = Scores::of(&ids("x a y b"), &relevant);
        let gained = 2.0 / 3_f64.log2() + 1.0 / 5_f64.log2();
        let ideal = 2.0 + 1.0 / 3_f64.log2();
        assert_eq!((scores.mrr_10, scores.recall_10, scores.recall_100), (0.5, 1.0, 1.0));
        assert!((scores.ndcg_10 - gained / ideal).abs() < 1e-12);
        let far: Vec<String> = (0..10).map(|number| number.to_string()).chain(ids("a")).collect();
        let scores = Scores::of(&far, &relevant);
        assert_eq!((scores.mrr_10, scores.ndcg_10, scores.recall_10, scores.recall_100), (0.0, 0.0, 0.0, 0.5));
        let mean = Scores::mean(&[Scores::of(&ids("a b"), &relevant), Scores::of(&[], &relevant)]);
        assert_eq!(mean.to_string(), "2 queries  MRR@10 0.5000  nDCG@10 0.5000  recall@10 0.5000  recall@100 0.5000");
    }
}
