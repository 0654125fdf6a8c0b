//! The index made anew: all that is public is taken in beside the index that answers, then what changed meanwhile, and the
//! new one takes the other's place. What is published meanwhile is found all the same, where an older index answers.

use std::sync::Arc;

use diwan_content::{EntryId, Handle, Locale, Sequence};
use diwan_search::{Filled, IndexState, SearchDocument, SearchError, SearchIndex};
use diwan_store::Live;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use super::{Stop, attachments::attachments_of, runner::Step, search::blocking};
use crate::{cms::Cms, error::CmsError};

/// Bounds of a batch: entries of the first one, most entries, and about how many bytes of text the later ones have.
const BATCH_ENTRIES_FIRST: u32 = 20;
const BATCH_ENTRIES_MAX: u32 = 250;
const BATCH_BYTES: usize = 2_000_000;
/// Batches that may wait.
const QUEUE_BATCHES: usize = 1;
/// Events that the new index takes in at once; few, since the index that answers waits for them.
const BATCH_EVENTS: u32 = 100;

/// The next index in the making, if there is to be one.
pub(crate) struct Making {
    index: Arc<SearchIndex>,
    phase: Phase,
}

enum Phase {
    /// No index is made.
    Idle,
    /// What is public is taken in by a task, which ends without an index when it is told to stop.
    Filling(JoinHandle<Result<Option<Arc<Filled>>, CmsError>>),
    /// The task has ended, so.
    Ended(Result<Option<Arc<Filled>>, CmsError>),
    /// It takes in what changed since it was begun.
    CatchingUp(Arc<Filled>),
}

impl Making {
    /// None is made yet.
    pub(crate) fn new(index: Arc<SearchIndex>) -> Self {
        Self { index, phase: Phase::Idle }
    }

    /// Begins to make an index where one is needed, or goes on without waiting for what runs beside.
    pub(crate) async fn step(&mut self, cms: &Cms, stop: &Stop) -> Result<Step, CmsError> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => {
                let needed = match self.index.state() {
                    IndexState::Building | IndexState::Outdated => true,
                    IndexState::Unchecked | IndexState::Ready => false,
                };
                if needed {
                    self.phase = self.start(cms, stop);
                }
                Ok(Step::Nothing)
            }
            Phase::Filling(task) => {
                self.phase = Phase::Filling(task);
                Ok(Step::Nothing)
            }
            Phase::Ended(filled) => {
                self.phase = filled?.map_or(Phase::Idle, Phase::CatchingUp);
                Ok(Step::More)
            }
            Phase::CatchingUp(filled) => match cms.catch_up(&filled).await? {
                Step::More => {
                    self.phase = Phase::CatchingUp(filled);
                    Ok(Step::More)
                }
                Step::Nothing | Step::Done => {
                    take_place(filled).await?;
                    Ok(Step::Done)
                }
            },
        }
    }

    /// Waits for the end of the task that takes everything in; for ever where there is none.
    pub(crate) async fn filled(&mut self) {
        match &mut self.phase {
            Phase::Filling(task) => {
                let ended = task.await.unwrap_or_else(|error| Err(CmsError::internal(error.to_string())));
                self.phase = Phase::Ended(ended);
            }
            Phase::Idle | Phase::Ended(_) | Phase::CatchingUp(_) => std::future::pending().await,
        }
    }

    /// Waits for the end of what was told to stop.
    pub(crate) async fn end(self) {
        if let Phase::Filling(task) = self.phase {
            // What it made is made anew at the next start.
            let _ = task.await;
        }
    }

    fn start(&self, cms: &Cms, stop: &Stop) -> Phase {
        let (cms, index, stop) = (cms.clone(), self.index.clone(), stop.clone());
        Phase::Filling(tokio::spawn(async move { cms.fill(&index, &stop).await }))
    }
}

impl Cms {
    /// Makes the index anew, up to the end of the log.
    pub(crate) async fn make_anew(&self, index: &Arc<SearchIndex>) -> Result<(), CmsError> {
        let (_go_on, stopped) = watch::channel(false);
        let Some(filled) = self.fill(index, &stopped).await? else { return Ok(()) };
        while self.catch_up(&filled).await? == Step::More {}
        take_place(filled).await
    }

    /// An index of all that is public. What changes meanwhile is followed afterwards: its events come after the one that the
    /// filling began at.
    async fn fill(&self, index: &Arc<SearchIndex>, stopped: &Stop) -> Result<Option<Arc<Filled>>, CmsError> {
        let began = self.last_sequence().await?;
        let (batches, mut taken) = mpsc::channel::<Vec<SearchDocument>>(QUEUE_BATCHES);
        let filled = index.clone();
        let filling = tokio::spawn(blocking(move || {
            let filling = filled.start_filling()?;
            while let Some(documents) = taken.blocking_recv() {
                filling.put(&documents)?;
            }
            Ok(filling)
        }));
        let fed = self.feed(&batches, stopped).await;
        drop(batches);
        // Waited for in any case, so that nothing writes any more when this ends.
        let filling = filling.await.map_err(|error| CmsError::internal(error.to_string()))??;
        let Some(documents) = fed? else { return Ok(None) };
        let filled = blocking(move || filling.settle(began)).await?;
        tracing::info!(documents, "the search index was made anew");
        Ok(Some(Arc::new(filled)))
    }

    /// Sends all that is public; answers how much that was, or `None` when it was told to stop.
    async fn feed(
        &self,
        batches: &mpsc::Sender<Vec<SearchDocument>>,
        stopped: &Stop,
    ) -> Result<Option<usize>, CmsError> {
        let mut documents = 0;
        for collection in self.registry().collections().filter(|collection| collection.search.enabled) {
            let mut after: Option<(EntryId, Locale)> = None;
            let mut size = BATCH_ENTRIES_FIRST;
            while let Some(batch) = self.live_batch(&collection.handle, &mut after, size).await? {
                size = next_batch_size(&batch);
                if *stopped.borrow() {
                    return Ok(None);
                }
                documents += batch.len();
                // Refused only by a filling that failed, whose error is told there.
                if batches.send(batch).await.is_err() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(documents))
    }

    /// The next documents of a collection, in the order of their identities; `None` at the end.
    async fn live_batch(
        &self,
        collection: &Handle,
        after: &mut Option<(EntryId, Locale)>,
        size: u32,
    ) -> Result<Option<Vec<SearchDocument>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
        let mut lives = snapshot.live_in_collection(collection, from, size).await?;
        self.bring_to_today(&snapshot, &mut lives).await?;
        let mut attachments = attachments_of(&snapshot, lives.iter().map(|live| live.entry)).await?;
        drop(snapshot);
        let Some(end) = lives.last() else { return Ok(None) };
        *after = Some((end.entry, end.locale.clone()));
        let cms = self.clone();
        let convert = move || {
            let mut attached = |live: &Live| attachments.remove(&(live.entry, live.locale.clone())).unwrap_or_default();
            lives.iter().map(|live| cms.search_document(live, attached(live))).collect::<Result<Vec<_>, _>>()
        };
        let documents = tokio::task::spawn_blocking(convert).await;
        documents.map_err(|error| CmsError::internal(error.to_string()))?.map(Some)
    }

    /// Takes in what changed, a batch of it.
    async fn catch_up(&self, filled: &Arc<Filled>) -> Result<Step, CmsError> {
        let mark = filled.mark().unwrap_or(Sequence(0));
        let Some((changes, last, step)) = self.changes_after(mark, BATCH_EVENTS).await? else {
            return Ok(Step::Nothing);
        };
        let filled = filled.clone();
        blocking(move || filled.apply(changes, last)).await?;
        Ok(step)
    }
}

/// How many entries of the same size have as much text as one batch may have.
fn next_batch_size(batch: &[SearchDocument]) -> u32 {
    let bytes: usize = batch.iter().map(SearchDocument::text_bytes).sum();
    let fitting = batch.len().saturating_mul(BATCH_BYTES) / bytes.max(1);
    u32::try_from(fitting).unwrap_or(u32::MAX).clamp(1, BATCH_ENTRIES_MAX)
}

/// It is as far as the log: it answers from now on.
async fn take_place(filled: Arc<Filled>) -> Result<(), CmsError> {
    // Nobody else holds it between two batches.
    let Some(filled) = Arc::into_inner(filled) else { return Err(SearchError::NotReady.into()) };
    blocking(move || filled.finish()).await
}
