//! The text of documents that something public refers to: read one after the other by a process of its own, outside of every
//! request, and kept by the hash of the bytes.
//!
//! What came of it is an event of the log, so that search of every replica takes in the entries anew. Several replicas may read
//! the same file; both keep the same, and nothing needs to be agreed between them.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use diwan_assets::{MediaType, ReaderCommand, TEXT_VERSION, TextFailure, has_text, read_text};
use diwan_content::{ContentHash, EntryId, Event, EventKind, EventSubject, Permit, Sequence, rights::Action};
use diwan_store::{BlobText, TextOutcome, UnreadBlob, UnreadFilter, WriteTx};

use super::{
    Stop,
    runner::{Follower, Pace, Step},
};
use crate::{cms::Cms, error::CmsError, frame::retry};

/// Events that are looked at at once, and blobs that are looked up at once.
const BATCH_EVENTS: u32 = 200;
const BATCH_BLOBS: u32 = 50;
/// How often everything public is looked through once more, for what failed in between.
const LOOK_AGAIN: Duration = Duration::from_secs(600);
/// A file that took too long is tried so often: the machine may have been busy.
const ATTEMPTS_MAX: u32 = 3;

/// The media types of files that have text, as they are stored.
static TYPES_WITH_TEXT: LazyLock<Vec<String>> = LazyLock::new(|| {
    MediaType::ALL.into_iter().filter(|known| has_text(*known)).flat_map(MediaType::stored_names).collect()
});

/// How far everything public was looked through.
enum Place {
    /// Behind this blob, in the order of their hashes; the log is followed from this event on afterwards.
    Looking { after: Option<ContentHash>, began: Sequence },
    /// All of it, up to this event.
    Following { mark: Sequence, looked_at: Instant },
}

/// Has documents read. What came of them is kept by the hash of their bytes, so that it needs no mark: everything public is
/// looked through at the start.
pub(super) struct Texts {
    command: ReaderCommand,
    place: Option<Place>,
}

impl Texts {
    pub(super) fn new(command: ReaderCommand) -> Self {
        Self { command, place: None }
    }
}

impl Follower for Texts {
    const NAME: &'static str = "texts of documents";
    const PACE: Pace = Pace {
        gather: Some(Duration::ZERO),
        poll: Duration::from_secs(2),
        pause_after_failure: Duration::from_secs(5),
    };

    /// Abandons the current file when it is told to stop; the next start reads it again.
    async fn step(&mut self, cms: &Cms, stop: &mut Stop) -> Result<Step, CmsError> {
        let more = cms.read_texts(&self.command, &mut self.place, stop).await?;
        Ok(if more { Step::More } else { Step::Nothing })
    }
}

impl Cms {
    /// Has one batch read; whether there may be more.
    async fn read_texts(
        &self,
        command: &ReaderCommand,
        place: &mut Option<Place>,
        stopped: &mut Stop,
    ) -> Result<bool, CmsError> {
        let snapshot = self.store().snapshot().await?;
        let types: Vec<&str> = TYPES_WITH_TEXT.iter().map(String::as_str).collect();
        let filter = UnreadFilter {
            media_types: &types,
            version: TEXT_VERSION,
            retried: TextFailure::TimedOut.as_str(),
            attempts_max: ATTEMPTS_MAX,
        };
        match place.take() {
            Some(Place::Following { mark, looked_at }) if looked_at.elapsed() < LOOK_AGAIN => {
                let events = snapshot.events_after(mark, BATCH_EVENTS).await?;
                let last = events.last().map_or(mark, |event| event.sequence);
                let entries = published_by(&events);
                // An entry refers to a few files.
                let unread = match entries.is_empty() {
                    true => Vec::new(),
                    false => snapshot.unread_blobs(filter, Some(&entries), None, u32::MAX).await?,
                };
                drop(snapshot);
                *place = Some(Place::Following { mark: last, looked_at });
                for blob in unread {
                    self.read_blob(command, blob, stopped).await?;
                }
                Ok(!events.is_empty())
            }
            Some(Place::Looking { after, began }) => {
                let unread = snapshot.unread_blobs(filter, None, after.as_ref(), BATCH_BLOBS).await?;
                drop(snapshot);
                *place = Some(Place::Looking { after, began });
                if unread.is_empty() {
                    *place = Some(Place::Following { mark: began, looked_at: Instant::now() });
                }
                for blob in unread {
                    // What fails for a reason of ours is left for the next time.
                    *place = Some(Place::Looking { after: Some(blob.hash), began });
                    self.read_blob(command, blob, stopped).await?;
                }
                Ok(true)
            }
            Some(Place::Following { .. }) | None => {
                *place = Some(Place::Looking { after: None, began: snapshot.last_sequence().await? });
                Ok(true)
            }
        }
    }

    /// Has one file read and keeps what comes of it.
    async fn read_blob(&self, command: &ReaderCommand, unread: UnreadBlob, stopped: &mut Stop) -> Result<(), CmsError> {
        let UnreadBlob { hash, media_type, attempts } = unread;
        let Some(media_type) = MediaType::parse(&media_type) else { return Ok(()) };
        let blob = self.open_blob(&hash, None).await?;
        let read = tokio::select! {
            read = read_text(command, media_type, blob) => read?,
            _ = stopped.wait_for(|stop| *stop) => return Ok(()),
        };
        let outcome = match read {
            Ok(text) => TextOutcome::Text(text),
            Err(failure) => {
                tracing::info!(blob = %hash, reason = failure.as_str(), "a document has no text");
                TextOutcome::Failure(failure.as_str().to_owned())
            }
        };
        self.keep_text(BlobText { hash, version: TEXT_VERSION, outcome, attempts: attempts + 1 }).await
    }

    async fn keep_text(&self, text: BlobText) -> Result<(), CmsError> {
        let permit = self.permit_system(Action::SaveAsset).await?;
        retry(|| async {
            let mut tx = self.store().begin(self.now()).await?;
            let outcome = put_text(&mut tx, &permit, &text).await;
            tx.end(outcome).await.map(|committed| committed.value)
        })
        .await
    }
}

async fn put_text(tx: &mut WriteTx, permit: &Permit, text: &BlobText) -> Result<(), CmsError> {
    tx.put_text(permit, text).await?;
    let subject = EventSubject { content_hash: Some(text.hash), ..EventSubject::default() };
    tx.record(permit, EventKind::TextRead, subject);
    Ok(())
}

/// Entries that may refer to something new.
fn published_by(events: &[Event]) -> Vec<EntryId> {
    let mut entries = Vec::new();
    for event in events {
        match event.kind {
            EventKind::Published | EventKind::Represented | EventKind::Imported => entries.extend(event.subject.entry),
            EventKind::EntryCreated
            | EventKind::LocalizationCreated
            | EventKind::RevisionSaved
            | EventKind::RevisionRestored
            | EventKind::Withdrawn
            | EventKind::Trashed
            | EventKind::Untrashed
            | EventKind::Transferred
            | EventKind::AssetUploaded
            | EventKind::AssetSaved
            | EventKind::TextRead
            | EventKind::DepartmentCreated
            | EventKind::KeyCreated
            | EventKind::KeyChanged
            | EventKind::KeyRevoked
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
            | EventKind::AssetDeleted => {}
        }
    }
    entries.sort_unstable();
    entries.dedup();
    entries
}
