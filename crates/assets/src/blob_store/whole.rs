//! Whether the bytes of a blob are those that its name says.
//!
//! A disk may give back other bytes than it was given, and somebody may have changed a file. A blob is checked when it is
//! read for the first time, and again when its file has changed; what was found is remembered. All who wait for a blob
//! share one check, which ends whether they wait or not. Large blobs are checked only by [`BlobStore::verify`], since the
//! first byte would have to wait for the last one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::StreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStoreExt};
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};

use super::{BlobStore, failed, within};
use crate::{AssetsError, BlobHash};

/// Blobs up to this size are checked before their first byte is answered.
const CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Blobs that are remembered at a time.
const REMEMBERED_MAX: usize = 10_000;
/// Checks that read and hash at once; the others wait.
const CHECKS_AT_ONCE: usize = 2;
/// Chunks that are hashed at once; a chunk of the local store has 8 KiB.
const HASHED_CHUNKS: usize = 128;

/// What is known of blobs that were read, and the checks that run.
#[derive(Clone, Debug)]
pub(super) struct Checks {
    known: Arc<Mutex<Known>>,
    places: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Known {
    findings: HashMap<BlobHash, Finding>,
    /// The blobs of the findings, the oldest finding first.
    order: VecDeque<BlobHash>,
    running: HashMap<(BlobHash, Stamp), watch::Receiver<Option<Outcome>>>,
}

/// Whether a blob is whole, or why nobody knows.
type Outcome = Result<bool, Arc<AssetsError>>;

#[derive(Clone, Debug)]
struct Finding {
    stamp: Stamp,
    is_whole: bool,
}

/// By what a changed file is recognised.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Stamp {
    size_bytes: u64,
    modified_us: i64,
    tag: Option<String>,
}

/// A check that runs, until it has an outcome or is dropped.
struct Running {
    checks: Checks,
    blob: (BlobHash, Stamp),
    tell: watch::Sender<Option<Outcome>>,
}

impl BlobStore {
    /// Reads a blob to its end and compares it with its name.
    ///
    /// # Errors
    /// [`AssetsError::NotFound`], [`AssetsError::Damaged`]; any other when the store fails.
    pub async fn verify(&self, hash: &BlobHash) -> Result<(), AssetsError> {
        let meta = self.meta(hash).await?;
        self.check(hash, Stamp::of(&meta)).await
    }

    /// Size of a blob that is not known to be damaged.
    pub(super) async fn require_whole(&self, hash: &BlobHash) -> Result<u64, AssetsError> {
        let meta = self.meta(hash).await?;
        let stamp = Stamp::of(&meta);
        match self.checks.find(hash, &stamp) {
            Some(true) => {}
            Some(false) => return Err(damaged(hash)),
            None if meta.size > CHECKED_BYTES_MAX => {}
            None => self.check(hash, stamp).await?,
        }
        Ok(meta.size)
    }

    /// Whether there is a blob of that size that is not known to be damaged.
    pub(super) async fn holds(&self, hash: &BlobHash, size_bytes: u64) -> Result<bool, AssetsError> {
        match self.require_whole(hash).await {
            Ok(found) => Ok(found == size_bytes),
            Err(AssetsError::NotFound { .. } | AssetsError::Damaged { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn check(&self, hash: &BlobHash, stamp: Stamp) -> Result<(), AssetsError> {
        let (store, own) = (self.clone(), *hash);
        let outcome = self.checks.run(*hash, stamp, async move { store.is_whole(&own).await });
        match outcome.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(damaged(hash)),
            Err(error) => Err(match &*error {
                AssetsError::NotFound { .. } => {
                    AssetsError::NotFound { operation: "read", thing: format!("blob {hash}") }
                }
                AssetsError::NoSpace { .. }
                | AssetsError::Damaged { .. }
                | AssetsError::ReadOnly { .. }
                | AssetsError::OutOfRange { .. }
                | AssetsError::Unavailable { .. } => failed("read", hash, error),
            }),
        }
    }

    async fn is_whole(&self, hash: &BlobHash) -> Result<bool, AssetsError> {
        let mut hasher = Sha256::new();
        let mut pieces = self.get_unchecked(hash, None).await?.stream.chunks(HASHED_CHUNKS);
        while let Some(piece) = pieces.next().await {
            let piece = piece.into_iter().collect::<Result<Vec<_>, _>>()?;
            let hashing = tokio::task::spawn_blocking(move || {
                piece.iter().for_each(|chunk| hasher.update(chunk));
                hasher
            });
            hasher = hashing.await.map_err(|error| failed("read", hash, error))?;
        }
        Ok(BlobHash::from_digest(hasher.finalize().into()) == *hash)
    }

    async fn meta(&self, hash: &BlobHash) -> Result<ObjectMeta, AssetsError> {
        within("measure", hash, self.objects.head(&Key::from(hash.key()))).await
    }
}

impl Default for Checks {
    fn default() -> Self {
        Self { known: Arc::default(), places: Arc::new(Semaphore::new(CHECKS_AT_ONCE)) }
    }
}

impl Checks {
    fn find(&self, hash: &BlobHash, stamp: &Stamp) -> Option<bool> {
        let known = self.lock();
        known.findings.get(hash).filter(|finding| finding.stamp == *stamp).map(|finding| finding.is_whole)
    }

    /// Waits for the check of a blob. Only one runs for it at a time, in a task of its own.
    async fn run(
        &self,
        hash: BlobHash,
        stamp: Stamp,
        check: impl Future<Output = Result<bool, AssetsError>> + Send + 'static,
    ) -> Outcome {
        let mut outcome = self.begin((hash, stamp), check);
        let ended = outcome.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone());
        // A check is only dropped when the process ends, or when it panicked.
        ended.unwrap_or_else(|| Err(Arc::new(failed("read", &hash, std::io::Error::other("the check broke off")))))
    }

    fn begin(
        &self,
        blob: (BlobHash, Stamp),
        check: impl Future<Output = Result<bool, AssetsError>> + Send + 'static,
    ) -> watch::Receiver<Option<Outcome>> {
        let mut known = self.lock();
        if let Some(running) = known.running.get(&blob) {
            return running.clone();
        }
        let (tell, outcome) = watch::channel(None);
        known.running.insert(blob.clone(), outcome.clone());
        let running = Running { checks: self.clone(), blob, tell };
        tokio::spawn(async move {
            let _place = running.checks.places.acquire().await;
            let outcome = check.await.map_err(Arc::new);
            running.end(outcome);
        });
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn remember(&mut self, hash: BlobHash, finding: Finding) {
        if self.findings.insert(hash, finding).is_none() {
            self.order.push_back(hash);
        }
        if self.order.len() > REMEMBERED_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.findings.remove(&oldest);
        }
    }
}

impl Running {
    fn end(&self, outcome: Outcome) {
        if let Ok(is_whole) = outcome {
            let (hash, stamp) = self.blob.clone();
            self.checks.lock().remember(hash, Finding { stamp, is_whole });
        }
        self.tell.send_replace(Some(outcome));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.checks.lock().running.remove(&self.blob);
    }
}

impl Stamp {
    fn of(meta: &ObjectMeta) -> Self {
        let ObjectMeta { location: _, last_modified, size, e_tag, version: _ } = meta;
        Self { size_bytes: *size, modified_us: last_modified.timestamp_micros(), tag: e_tag.clone() }
    }
}

fn damaged(hash: &BlobHash) -> AssetsError {
    AssetsError::Damaged { operation: "read", thing: format!("blob {hash}") }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::FutureExt;
    use tokio::sync::oneshot;

    use super::*;

    fn stamp(size_bytes: u64) -> Stamp {
        Stamp { size_bytes, modified_us: 0, tag: None }
    }

    /// Until something is so.
    async fn until(is_so: impl Fn() -> bool) {
        let waiting = async {
            while !is_so() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.unwrap();
    }

    #[tokio::test]
    async fn all_who_wait_for_a_blob_share_one_check_which_ends_without_them() {
        let (checks, begun) = (Checks::default(), Arc::new(AtomicUsize::new(0)));
        let hash = BlobHash::of(b"shared");
        let (end, ends) = oneshot::channel::<()>();
        let mut ends = Some(ends);
        let mut waiting: Vec<_> = (0..5)
            .map(|_| {
                let (begun, ends) = (begun.clone(), ends.take());
                let check = async move {
                    begun.fetch_add(1, Ordering::Relaxed);
                    if let Some(ends) = ends {
                        let _ = ends.await;
                    }
                    Ok(true)
                };
                Box::pin(checks.run(hash, stamp(1), check))
            })
            .collect();
        assert!(waiting.iter_mut().all(|one| one.now_or_never().is_none()));
        // All but one hang up; then the last one too.
        let last = waiting.pop();
        drop(waiting);
        assert_eq!(checks.find(&hash, &stamp(1)), None);
        drop(last);
        end.send(()).unwrap();
        until(|| checks.find(&hash, &stamp(1)) == Some(true)).await;
        assert_eq!(begun.load(Ordering::Relaxed), 1);
        until(|| checks.lock().running.is_empty()).await;
        assert_eq!(checks.find(&hash, &stamp(2)), None, "a file that changed is another one");
    }

    #[tokio::test]
    async fn few_checks_run_at_once() {
        let (checks, begun) = (Checks::default(), Arc::new(AtomicUsize::new(0)));
        for number in 0..10_u8 {
            let begun = begun.clone();
            let check = async move {
                begun.fetch_add(1, Ordering::Relaxed);
                pending().await
            };
            assert!(pin!(checks.run(BlobHash::of(&[number]), stamp(1), check)).now_or_never().is_none());
        }
        until(|| begun.load(Ordering::Relaxed) == CHECKS_AT_ONCE).await;
        assert_eq!(checks.places.available_permits(), 0);
    }

    #[tokio::test]
    async fn a_check_that_failed_or_panicked_is_told_and_the_next_one_looks_again() {
        let (checks, hash) = (Checks::default(), BlobHash::of(b"x"));
        let failing = async move { Err(failed("read", &hash, std::io::Error::other("no answer"))) };
        assert!(checks.run(hash, stamp(1), failing).await.is_err());
        let panicking = async { Err(std::iter::empty::<AssetsError>().next().unwrap()) };
        assert!(checks.run(hash, stamp(1), panicking).await.is_err());
        until(|| checks.lock().running.is_empty()).await;
        assert!(checks.run(hash, stamp(1), async { Ok(false) }).await.is_ok_and(|is_whole| !is_whole));
        assert_eq!(checks.find(&hash, &stamp(1)), Some(false));
    }

    #[test]
    fn the_oldest_finding_alone_gives_way() {
        let mut known = Known::default();
        let hash = |number: usize| BlobHash::of(&number.to_le_bytes());
        for number in 0..=REMEMBERED_MAX {
            known.remember(hash(number), Finding { stamp: stamp(1), is_whole: true });
            known.remember(hash(number), Finding { stamp: stamp(2), is_whole: true });
        }
        assert_eq!((known.findings.len(), known.order.len()), (REMEMBERED_MAX, REMEMBERED_MAX));
        assert!(!known.findings.contains_key(&hash(0)) && known.findings.contains_key(&hash(1)));
    }
}
