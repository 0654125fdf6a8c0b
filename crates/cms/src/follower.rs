//! Search follows the event log: what an event names is looked up as it is public now and put into the index or taken out.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use diwan_content::{
    Blueprint, Collection, EntryId, Event, EventKind, Handle, Locale, SearchText, facet_values, search_texts,
};
use diwan_search::{IndexChange, IndexState, SearchDocument, SearchIndex};
use diwan_store::{Live, Queries};
use serde_json::{Map, Value};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};

use crate::{cms::Cms, error::CmsError, publishing::blueprint_of, rebuild::stored_presented};

/// Events that one commit of the index takes in.
const BATCH_EVENTS: u32 = 1_000;
/// Entries that are read at once while the index is filled from the start, and how many such batches may wait.
const BATCH_ENTRIES: u32 = 250;
const FILL_QUEUE_BATCHES: usize = 2;
/// How long the follower waits for a wake-up before it looks by itself: other processes may write too.
const POLL: Duration = Duration::from_millis(500);
/// How long it gathers what comes quickly one after the other before it commits.
const GATHER: Duration = Duration::from_millis(50);
/// How long it waits after a failure.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(1);
/// How often what was gathered in memory is written.
const FLUSH: Duration = Duration::from_secs(5);
/// After so many quiet polls the index gives back what it needs for writing.
const REST_AFTER_POLLS: u32 = 10;

/// The task that keeps the index in step.
#[derive(Debug)]
pub struct Follower {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Follower {
    /// Lets the batch at hand finish and ends.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(error = &error as &dyn std::error::Error, "the follower of the log ended badly");
        }
    }
}

impl Cms {
    /// Starts the task that keeps the index in step with the log.
    ///
    /// # Errors
    /// In a process without an index.
    pub fn start_following(&self) -> Result<Follower, CmsError> {
        let index = self.index()?.clone();
        let (stop, mut stopped) = watch::channel(false);
        let cms = self.clone();
        let task = tokio::spawn(async move {
            let mut wake = cms.store().watch();
            let mut quiet_polls = 0;
            let mut flush = tokio::time::interval(FLUSH);
            while !*stopped.borrow() {
                match cms.follow(&index, &stopped).await {
                    Ok(true) => quiet_polls = 0,
                    Ok(false) => quiet_polls += 1,
                    Err(error) => {
                        tracing::error!(error = &error as &dyn std::error::Error, "search cannot follow the log");
                        let _ = tokio::time::timeout(PAUSE_AFTER_FAILURE, stopped.wait_for(|stop| *stop)).await;
                        continue;
                    }
                }
                if quiet_polls == REST_AFTER_POLLS {
                    rest(&index).await;
                }
                tokio::select! {
                    _ = wake.changed() => tokio::time::sleep(GATHER).await,
                    () = tokio::time::sleep(POLL) => {}
                    _ = flush.tick() => cms.flush_quietly().await,
                    _ = stopped.changed() => {}
                }
            }
        });
        Ok(Follower { stop, task })
    }

    /// Makes the index anew and brings it up to the end of the log; for commands that run without a server.
    ///
    /// # Errors
    /// When database or index fail.
    pub async fn reindex(&self) -> Result<(), CmsError> {
        let index = self.index()?.clone();
        let (_go_on, stopped) = watch::channel(false);
        if index.state() == IndexState::Unchecked {
            self.check(&index).await?;
        }
        self.fill(&index, &stopped).await?;
        while self.follow(&index, &stopped).await? {}
        Ok(())
    }

    /// Takes in one batch; whether there was anything to take in.
    async fn follow(&self, index: &Arc<SearchIndex>, stopped: &watch::Receiver<bool>) -> Result<bool, CmsError> {
        if index.state() == IndexState::Unchecked {
            self.check(index).await?;
        }
        let Some(mark) = index.mark() else {
            self.fill(index, stopped).await?;
            return Ok(true);
        };
        let snapshot = self.store().snapshot().await?;
        let events = snapshot.events_after(mark, BATCH_EVENTS).await?;
        let Some(last) = events.last() else { return Ok(false) };
        let last = last.sequence;
        let (changes, words_changed) = self.changes_of(&snapshot, &events).await?;
        drop(snapshot);
        if words_changed {
            self.reload_search_words().await?;
        }
        let index = index.clone();
        blocking(move || index.apply(changes, last)).await?;
        Ok(true)
    }

    /// Looks at the index's files before anything is answered from them. An index of a later state of this database (an
    /// older backup was restored) is thrown away.
    async fn check(&self, index: &Arc<SearchIndex>) -> Result<(), CmsError> {
        let checked = index.clone();
        if let Some(why) = blocking(move || checked.check()).await? {
            let answers = index.state() == IndexState::Outdated;
            tracing::warn!(why, answers_meanwhile = answers, "the search index is made anew");
        }
        self.reload_search_words().await?;
        let last = self.last_sequence().await?;
        if index.mark().is_some_and(|mark| mark > last) {
            tracing::warn!("the search index is ahead of the database and is made anew");
            let ahead = index.clone();
            blocking(move || ahead.discard()).await?;
        }
        Ok(())
    }

    /// Makes the index anew of all that is public. What changes meanwhile is followed afterwards: its events come after the
    /// one that the filling began at.
    async fn fill(&self, index: &Arc<SearchIndex>, stopped: &watch::Receiver<bool>) -> Result<(), CmsError> {
        let began = self.last_sequence().await?;
        let (batches, mut taken) = mpsc::channel::<Vec<SearchDocument>>(FILL_QUEUE_BATCHES);
        let filled = index.clone();
        let filling = tokio::spawn(blocking(move || {
            let filling = filled.start_filling()?;
            while let Some(documents) = taken.blocking_recv() {
                filling.put(&documents)?;
            }
            Ok(filling)
        }));
        let mut documents = 0;
        for collection in self.registry().collections().filter(|collection| collection.search.enabled) {
            let mut after: Option<(EntryId, Locale)> = None;
            while let Some(batch) = self.live_batch(&collection.handle, &mut after).await? {
                if *stopped.borrow() {
                    return Ok(());
                }
                documents += batch.len();
                // Refused only by a filling that failed; its error comes below.
                if batches.send(batch).await.is_err() {
                    break;
                }
            }
        }
        drop(batches);
        let filling = filling.await.map_err(|error| CmsError::internal(error.to_string()))??;
        blocking(move || filling.finish(began)).await?;
        tracing::info!(documents, "the search index was made anew");
        Ok(())
    }

    /// The next documents of a collection, in the order of their identities; `None` at the end.
    async fn live_batch(
        &self,
        collection: &Handle,
        after: &mut Option<(EntryId, Locale)>,
    ) -> Result<Option<Vec<SearchDocument>>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let from = after.as_ref().map(|(entry, locale)| (*entry, locale));
        let lives = snapshot.live_in_collection(collection, from, BATCH_ENTRIES).await?;
        drop(snapshot);
        let Some(end) = lives.last() else { return Ok(None) };
        *after = Some((end.entry, end.locale.clone()));
        let cms = self.clone();
        let convert = move || lives.iter().map(|live| cms.search_document(live)).collect::<Result<Vec<_>, _>>();
        let documents = tokio::task::spawn_blocking(convert).await;
        documents.map_err(|error| CmsError::internal(error.to_string()))?.map(Some)
    }

    /// What the events mean for the index, by what is public now, and whether what the ministry says of search may have
    /// changed.
    async fn changes_of(&self, queries: &Queries, events: &[Event]) -> Result<(Vec<IndexChange>, bool), CmsError> {
        let mut places: BTreeSet<(EntryId, Locale)> = BTreeSet::new();
        for event in events {
            match event.kind {
                EventKind::Published | EventKind::Represented | EventKind::Withdrawn | EventKind::Imported => {
                    if let (Some(entry), Some(locale)) = (event.subject.entry, &event.subject.locale) {
                        places.insert((entry, locale.clone()));
                    }
                }
                EventKind::Transferred => {
                    let entry = event.subject.entry.into_iter().collect::<Vec<_>>();
                    let targets = queries.live_localizations(&entry).await?;
                    places.extend(targets.into_iter().map(|target| (target.entry, target.locale)));
                }
                EventKind::EntryCreated
                | EventKind::LocalizationCreated
                | EventKind::RevisionSaved
                | EventKind::RevisionRestored
                | EventKind::Trashed
                | EventKind::Untrashed
                | EventKind::AssetUploaded
                | EventKind::AssetSaved
                | EventKind::DepartmentCreated
                | EventKind::KeyCreated
                | EventKind::KeyRevoked => {}
            }
        }
        let (mut changes, mut words_changed) = (Vec::with_capacity(places.len()), false);
        for (entry, locale) in places {
            let live = queries.find_live(entry, &locale).await?;
            words_changed |= live.as_ref().is_none_or(|live| self.has_search_role(&live.collection));
            let searched = live.filter(|live| {
                self.registry().find_collection(live.collection.as_str()).is_some_and(|found| found.search.enabled)
            });
            changes.push(match searched {
                Some(live) => IndexChange::Put(self.search_document(&live)?),
                None => IndexChange::Remove { entry, locale },
            });
        }
        Ok((changes, words_changed))
    }

    fn search_document(&self, live: &Live) -> Result<SearchDocument, CmsError> {
        let collection = self.collection(live.collection.as_str())?;
        let blueprint = blueprint_of(self.registry(), live.blueprint.as_str())?;
        let presented = stored_presented(live)?;
        Ok(SearchDocument {
            entry: live.entry,
            locale: live.locale.clone(),
            collection: live.collection.clone(),
            department: live.department,
            path: live.path.clone(),
            title: live.title.clone(),
            texts: indexed_texts(&collection, blueprint, &presented),
            published_at: live.published_at,
            day: live.date.unwrap_or_else(|| live.published_at.day()),
            values: facet_values(&collection, blueprint, &presented),
            public: collection.access,
        })
    }

    /// Writes what may be lost and was therefore gathered in memory.
    async fn flush_quietly(&self) {
        if let Err(error) = self.flush_key_uses().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to write when keys were last used");
        }
        if let Err(error) = self.flush_refusals().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to write what was refused");
        }
        if let Err(error) = self.flush_search_log().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "failed to write what was searched for");
        }
    }
}

async fn rest(index: &Arc<SearchIndex>) {
    let index = index.clone();
    if let Err(error) = blocking(move || index.rest()).await {
        tracing::error!(error = &error as &dyn std::error::Error, "the index cannot rest");
    }
}

/// What is searched of a presented text, the title first, then by weight.
pub(crate) fn indexed_texts(
    collection: &Collection,
    blueprint: &Blueprint,
    presented: &Map<String, Value>,
) -> Vec<(u8, String)> {
    let mut texts: Vec<SearchText> = search_texts(blueprint, presented);
    texts.sort_by_key(|text| (text.field != collection.title_field, std::cmp::Reverse(text.weight)));
    texts.into_iter().map(|text| (text.weight, text.text)).collect()
}

/// Runs what blocks where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, diwan_search::SearchError> + Send + 'static,
) -> Result<T, CmsError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => Ok(done?),
        Err(error) => Err(CmsError::internal(error.to_string())),
    }
}
