//! Search follows the event log: what an event names is looked up as it is public now and put into the index or taken out.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use diwan_content::{
    Blueprint, Collection, EntryId, Event, EventKind, Locale, SearchText, Sequence, facet_values, search_texts,
};
use diwan_search::{Attachment, IndexChange, IndexState, SearchDocument, SearchIndex};
use diwan_store::{Live, Queries};
use serde_json::{Map, Value};

use super::{
    Stop,
    attachments::attachments_of,
    making::Making,
    runner::{Follower, Pace, Step},
};
use crate::{
    cms::{Cms, blueprint_of},
    conforming::stored_presented,
    error::CmsError,
};

/// Events that one commit of the index takes in.
const BATCH_EVENTS: u32 = 1_000;
/// How often the files of the index are looked at.
const INSPECT: Duration = Duration::from_secs(2);
/// Bytes of text of the changes that one commit takes in; the last one may exceed it.
const BATCH_BYTES: usize = 4_000_000;
/// Steps without work after which the index releases the memory that it needs for writing.
const REST_AFTER_STEPS: u32 = 10;

/// Keeps the index in step. Its mark is in the index.
pub(super) struct Search {
    index: Arc<SearchIndex>,
    making: Making,
    inspected: Instant,
    steps_without_work: u32,
}

impl Search {
    pub(super) fn new(index: Arc<SearchIndex>) -> Self {
        Self { making: Making::new(index.clone()), index, inspected: Instant::now(), steps_without_work: 0 }
    }

    /// Takes one step in the making of the next index, if there is to be one, and brings the one that answers a batch further.
    async fn advance(&mut self, cms: &Cms, stop: &Stop) -> Result<Step, CmsError> {
        if self.index.state() == IndexState::Unchecked {
            cms.check(&self.index).await?;
        }
        let made = self.making.step(cms, stop).await?;
        let followed = cms.follow(&self.index).await?;
        Ok(made.max(followed))
    }
}

impl Follower for Search {
    const NAME: &'static str = "search";
    const PACE: Pace = Pace {
        gather: Some(Duration::from_millis(50)),
        poll: Duration::from_millis(500),
        pause_after_failure: Duration::from_secs(1),
    };

    async fn step(&mut self, cms: &Cms, stop: &mut Stop) -> Result<Step, CmsError> {
        if self.index.is_suspect() || self.inspected.elapsed() >= INSPECT {
            inspect(&self.index).await;
            self.inspected = Instant::now();
        }
        let stepped = self.advance(cms, stop).await;
        let answers = matches!(self.index.state(), IndexState::Outdated | IndexState::Ready);
        match &stepped {
            // Also where a step went well that leads to no index: the next one begins after a failed one.
            _ if answers => cms.note_search_failure(None),
            Ok(_) => {}
            Err(error) => cms.note_search_failure(Some(with_causes(error))),
        }
        match stepped {
            Ok(Step::Nothing) => self.steps_without_work += 1,
            Ok(Step::Done | Step::More) | Err(_) => self.steps_without_work = 0,
        }
        if self.steps_without_work == REST_AFTER_STEPS {
            rest(&self.index).await;
        }
        stepped
    }

    async fn wait_for_other_work(&mut self) {
        self.making.filled().await;
    }

    async fn end(self) {
        self.making.end().await;
    }
}

impl Cms {
    /// Makes the index anew and brings it up to the end of the log; for commands that run without a server.
    ///
    /// # Errors
    /// When database or index fail.
    pub async fn reindex(&self) -> Result<(), CmsError> {
        let index = self.index()?.clone();
        if index.state() == IndexState::Unchecked {
            self.check(&index).await?;
        }
        self.make_anew(&index).await?;
        while self.follow(&index).await? != Step::Nothing {}
        Ok(())
    }

    /// Brings the index that answers a batch further.
    async fn follow(&self, index: &Arc<SearchIndex>) -> Result<Step, CmsError> {
        let Some(mark) = index.mark() else { return Ok(Step::Nothing) };
        let Some((changes, last, step)) = self.changes_after(mark, BATCH_EVENTS).await? else {
            return Ok(Step::Nothing);
        };
        let index = index.clone();
        blocking(move || index.apply(changes, last)).await?;
        Ok(step)
    }

    /// What some events after a mark mean for the index, the last of them, and whether there may be more; `None` if there
    /// are no events.
    pub(crate) async fn changes_after(
        &self,
        mark: Sequence,
        events_max: u32,
    ) -> Result<Option<(Vec<IndexChange>, Sequence, Step)>, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let events = snapshot.events_after(mark, events_max).await?;
        let mut changes = Changes::default();
        let mut last = None;
        for event in &events {
            if changes.bytes >= BATCH_BYTES {
                break;
            }
            self.add_changes(&snapshot, event, &mut changes).await?;
            last = Some(event.sequence);
        }
        drop(snapshot);
        let Some(last) = last else { return Ok(None) };
        let all = events.len() < events_max as usize && events.last().is_some_and(|event| event.sequence == last);
        if changes.words_changed {
            self.reload_search_words().await?;
        }
        Ok(Some((changes.changes, last, if all { Step::Done } else { Step::More })))
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

    /// Adds what an event means for the index, by what is public now.
    async fn add_changes(&self, queries: &Queries, event: &Event, changes: &mut Changes) -> Result<(), CmsError> {
        let places = places_of(queries, event).await?;
        for (entry, locale) in places {
            if !changes.places.insert((entry, locale.clone())) {
                continue;
            }
            let mut live = queries.find_live(entry, &locale).await?;
            self.bring_to_today(queries, live.as_mut_slice()).await?;
            changes.words_changed |= live.as_ref().is_none_or(|live| self.has_search_role(&live.collection));
            let searched = live.filter(|live| {
                self.registry().find_collection(live.collection.as_str()).is_some_and(|found| found.search.enabled)
            });
            changes.changes.push(match searched {
                Some(live) => {
                    let attached = attachments_of(queries, [live.entry]).await?.remove(&(entry, locale));
                    let document = self.search_document(&live, attached.unwrap_or_default())?;
                    changes.bytes += document.text_bytes();
                    IndexChange::Put(document)
                }
                None => IndexChange::Remove { entry, locale },
            });
        }
        Ok(())
    }

    pub(crate) fn search_document(
        &self,
        live: &Live,
        attachments: Vec<Attachment>,
    ) -> Result<SearchDocument, CmsError> {
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
            kind: format!("{}\n{}", blueprint.label.ar, blueprint.label.en),
            texts: indexed_texts(&collection, blueprint, &presented),
            attachments,
            published_at: live.published_at,
            day: live.date.unwrap_or_else(|| live.published_at.day()),
            values: facet_values(&collection, blueprint, &presented),
            public: collection.access,
        })
    }
}

/// An error in words, with its causes.
fn with_causes(error: &CmsError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The localizations whose documents an event may change.
async fn places_of(queries: &Queries, event: &Event) -> Result<BTreeSet<(EntryId, Locale)>, CmsError> {
    let mut places: BTreeSet<(EntryId, Locale)> = BTreeSet::new();
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
        EventKind::TextRead => {
            if let Some(hash) = &event.subject.content_hash {
                places.extend(queries.places_of_blob(hash).await?);
            }
        }
        // Hits name it.
        EventKind::AssetSaved => {
            if let Some(asset) = event.subject.asset {
                places.extend(queries.places_of_asset(asset).await?);
            }
        }
        EventKind::EntryCreated
        | EventKind::LocalizationCreated
        | EventKind::RevisionSaved
        | EventKind::RevisionRestored
        | EventKind::Trashed
        | EventKind::Untrashed
        | EventKind::AssetUploaded
        | EventKind::DepartmentCreated
        | EventKind::KeyCreated
        | EventKind::KeyChanged
        | EventKind::KeyRevoked
        // The public sees the old bytes until the next publish.
        | EventKind::AssetReplaced
        | EventKind::UserCreated
        | EventKind::UserSaved
        | EventKind::UserSuspended
        | EventKind::UserResumed
        | EventKind::RoleGranted
        | EventKind::RoleTaken
        | EventKind::PasswordSet
        | EventKind::SecondFactorSet
        | EventKind::SecondFactorTaken
        // Nothing public shows it.
        | EventKind::AssetDeleted => {}
    }
    Ok(places)
}

/// What some events mean for the index.
#[derive(Default)]
struct Changes {
    places: BTreeSet<(EntryId, Locale)>,
    changes: Vec<IndexChange>,
    /// Bytes of text in them.
    bytes: usize,
    /// What the ministry says of search may have changed.
    words_changed: bool,
}

/// Has an index that was damaged or deleted rebuilt.
async fn inspect(index: &Arc<SearchIndex>) {
    let inspected = index.clone();
    match blocking(move || inspected.inspect()).await {
        Ok(None) => {}
        Ok(Some(why)) => tracing::warn!(why, "the search index is damaged and will be rebuilt"),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the files of the index cannot be looked at");
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
