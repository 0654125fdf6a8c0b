//! Times of phases, as rates and as shares of the raw commits of the same round.

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::phases::Phase;

/// Times by number of editors: one map per round.
#[derive(Default)]
pub(crate) struct Figures(BTreeMap<usize, Vec<BTreeMap<Phase, Duration>>>);

/// One line of the table.
pub(crate) struct Row {
    editors: usize,
    raw: f64,
    create: f64,
    publish_new: f64,
    create_and_publish: Pair,
    save: f64,
    publish_saved: f64,
    save_and_publish: Pair,
}

/// Both commits of one entry: how many entries a second, and what share of the raw commits of the same round.
struct Pair {
    rate: f64,
    share: Spread,
}

/// Over the rounds.
struct Spread {
    median: f64,
    least: f64,
    most: f64,
}

impl Figures {
    pub(crate) fn add(&mut self, editors: usize, took: Vec<(Phase, Duration)>) {
        self.0.entry(editors).or_default().push(took.into_iter().collect());
    }

    pub(crate) fn rows(&self, commits: usize) -> Vec<Row> {
        let row = |(editors, rounds): (&usize, &Vec<BTreeMap<Phase, Duration>>)| {
            let rate = |phase: Phase| {
                let total: Duration = rounds.iter().map(|round| round[&phase]).sum();
                (commits * rounds.len()) as f64 / total.as_secs_f64()
            };
            let pair = |first: Phase, second: Phase| {
                let total: Duration = rounds.iter().map(|round| round[&first] + round[&second]).sum();
                let shares = rounds
                    .iter()
                    .map(|round| round[&Phase::Raw].as_secs_f64() / (round[&first] + round[&second]).as_secs_f64());
                Pair {
                    rate: (commits * rounds.len()) as f64 / total.as_secs_f64(),
                    share: Spread::of(shares.collect()),
                }
            };
            Row {
                editors: *editors,
                raw: rate(Phase::Raw),
                create: rate(Phase::Create),
                publish_new: rate(Phase::PublishNew),
                create_and_publish: pair(Phase::Create, Phase::PublishNew),
                save: rate(Phase::Save),
                publish_saved: rate(Phase::PublishSaved),
                save_and_publish: pair(Phase::Save, Phase::PublishSaved),
            }
        };
        self.0.iter().map(row).collect()
    }
}

impl Row {
    pub(crate) const HEAD: &str = "\
| editors | raw commits/s | creates/s | publishes/s | create + publish/s | share of raw | saves/s | publishes/s | save + publish/s | share of raw |
|---|---|---|---|---|---|---|---|---|---|";
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { median: values[values.len() / 2], least: values[0], most: values[values.len() - 1] }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { editors, raw, create, publish_new, create_and_publish, save, publish_saved, save_and_publish } =
            self;
        write!(f, "| {editors} | {raw:.0} | {create:.0} | {publish_new:.0} | {create_and_publish} ")?;
        write!(f, "| {save:.0} | {publish_saved:.0} | {save_and_publish} |")
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rate, share: Spread { median, least, most } } = self;
        write!(f, "{rate:.0} | {median:.2} ({least:.2} to {most:.2})")
    }
}
