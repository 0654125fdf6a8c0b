//! Runs of keys merged into one order, with as few keys fetched as the page needs.

use std::collections::VecDeque;

use diwan_content::Span;
use diwan_store::{ListKey, Queries};

use crate::error::CmsError;

/// The keys of several runs, in the order of what stands behind their prefixes. Each run is read ahead a little: together
/// they fetch a small multiple of what is taken.
pub(super) struct Merge<'a> {
    queries: &'a Queries,
    list: String,
    runs: Vec<Run>,
    /// Keys that one run is read ahead.
    chunk: u32,
    last: Option<Vec<u8>>,
    /// Keys fetched until now.
    pub(super) looked_at: u64,
}

struct Run {
    /// What was not read yet; `None` when nothing is left.
    open: Option<Span>,
    ahead: VecDeque<ListKey>,
    prefix_bytes: usize,
}

impl<'a> Merge<'a> {
    /// The runs from behind a position on. About `wanted` keys will be taken.
    pub(super) fn new(queries: &'a Queries, list: String, spans: &[Span], behind: Option<&[u8]>, wanted: u32) -> Self {
        let run = |span: &Span| Run {
            open: Some(behind.map_or_else(|| span.clone(), |position| span.behind(position))),
            ahead: VecDeque::new(),
            prefix_bytes: span.prefix_bytes,
        };
        let count = u32::try_from(spans.len()).unwrap_or(u32::MAX).max(1);
        let chunk = if count == 1 { wanted } else { (wanted.saturating_mul(2) / count + 2).min(wanted) };
        Self { queries, list, runs: spans.iter().map(run).collect(), chunk: chunk.max(1), last: None, looked_at: 0 }
    }

    /// The next key without its prefix, and its entry. One that stands in several runs comes once.
    pub(super) async fn next(&mut self) -> Result<Option<ListKey>, CmsError> {
        loop {
            self.read_ahead().await?;
            let first = self
                .runs
                .iter_mut()
                .filter(|run| !run.ahead.is_empty())
                .min_by(|a, b| a.ahead[0].0[a.prefix_bytes..].cmp(&b.ahead[0].0[b.prefix_bytes..]));
            let Some(run) = first else { return Ok(None) };
            let Some((mut key, entry)) = run.ahead.pop_front() else { return Ok(None) };
            let position = key.split_off(run.prefix_bytes);
            if self.last.as_ref() != Some(&position) {
                self.last = Some(position.clone());
                return Ok(Some((position, entry)));
            }
        }
    }

    /// At most so many more.
    pub(super) async fn take(&mut self, count: usize) -> Result<Vec<ListKey>, CmsError> {
        let mut taken = Vec::new();
        while taken.len() < count
            && let Some(next) = self.next().await?
        {
            taken.push(next);
        }
        Ok(taken)
    }

    /// Reads on in every run of which nothing is read ahead.
    async fn read_ahead(&mut self) -> Result<(), CmsError> {
        let (mut places, mut spans) = (Vec::new(), Vec::new());
        for (place, run) in self.runs.iter().enumerate() {
            if let Some(open) = run.open.as_ref().filter(|_| run.ahead.is_empty()) {
                places.push(place);
                spans.push(open.clone());
            }
        }
        if spans.is_empty() {
            return Ok(());
        }
        let found = self.queries.scan_keys(&self.list, &spans, self.chunk).await?;
        for (place, keys) in places.into_iter().zip(found) {
            self.looked_at += keys.len() as u64;
            let run = &mut self.runs[place];
            run.open = match keys.last() {
                Some((last, _)) if keys.len() == self.chunk as usize => {
                    run.open.as_ref().map(|open| open.behind(&last[run.prefix_bytes..]))
                }
                Some(_) | None => None,
            };
            run.ahead.extend(keys);
        }
        Ok(())
    }
}
