//! Where blobs are put and got.

#[cfg(test)]
mod conformance;
mod public;
mod put;
mod read;
mod whole;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::ObjectStore;
use object_store::memory::InMemory;
use tokio::sync::Semaphore;

pub use self::public::PublicBlob;
pub use self::put::{StoredBlob, UploadLimits};
pub use self::read::BlobRead;
use self::whole::Checks;
use crate::disk::{Disk, Durability};
use crate::error::DeadlinePassed;
use crate::{AssetsError, BlobHash};

/// All blobs. Cheap to clone; clones are the same store.
#[derive(Clone, Debug)]
pub struct BlobStore {
    objects: Arc<dyn ObjectStore>,
    durability: Durability,
    /// Local folder in which uploads wait for their hash.
    spool: PathBuf,
    /// Uploads that may have a part of themselves in memory.
    parts: Arc<Semaphore>,
    checks: Checks,
}

/// Parts of uploads in memory at once, so that many uploads cost no more memory than a few; 40 MiB.
const MAX_PARTS: usize = 8;

/// How long one call to the store may take. Generous, for a disk that is busy with a backup; an object store's own
/// retries would otherwise go on while a client waits.
const CALL_DEADLINE: Duration = Duration::from_secs(60);

impl BlobStore {
    /// Opens a folder on the local disk and creates what is missing. Several processes may have it open; only the
    /// one that holds the lock of the data folder may then call [`sweep_leftovers`](Self::sweep_leftovers).
    /// Blocks for a moment: it is called at the start.
    ///
    /// # Errors
    /// When the folder cannot be created, read or flushed.
    pub fn open(root: &Path) -> Result<Self, AssetsError> {
        let Disk { objects, durability, spool } = Disk::open(root)
            .map_err(|error| AssetsError::from_cause("open", root.display().to_string(), error.into()))?;
        let parts = Arc::new(Semaphore::new(MAX_PARTS));
        Ok(Self { objects: Arc::new(objects), durability, spool, parts, checks: Checks::default() })
    }

    /// A store that is gone with the process, for tests. Uploads still pass through the system's temporary folder.
    pub fn in_memory() -> Self {
        let (objects, parts) = (Arc::new(InMemory::new()), Arc::new(Semaphore::new(MAX_PARTS)));
        let (durability, spool) = (Durability::ByStore, std::env::temp_dir());
        Self { objects, durability, spool, parts, checks: Checks::default() }
    }

    /// Whether uploads can be stored: files can be made where they wait and where they stay.
    ///
    /// # Errors
    /// [`AssetsError::ReadOnly`], [`AssetsError::NoSpace`]; any other when the folders are gone.
    pub async fn check_writable(&self) -> Result<(), AssetsError> {
        let (durability, spool) = (self.durability.clone(), self.spool.clone());
        let probed = tokio::task::spawn_blocking(move || durability.check_writable(&spool)).await;
        let failed = |cause| AssetsError::from_cause("store", "an upload", cause);
        probed.map_err(|error| failed(error.into()))?.map_err(|error| failed(error.into()))
    }

    /// Removes what uploads left behind when a process was killed, and says how many files that were. To be called
    /// once after [`open`](Self::open), before the first upload, by the holder of the data folder's lock: it
    /// cannot tell a leftover from an upload that another process is just writing.
    ///
    /// # Errors
    /// When the folder cannot be read or a leftover not be removed.
    pub async fn sweep_leftovers(&self) -> Result<u64, AssetsError> {
        let durability = self.durability.clone();
        let swept = tokio::task::spawn_blocking(move || durability.sweep_leftovers()).await;
        let failed = |cause| AssetsError::from_cause("sweep", "the leftovers of uploads", cause);
        swept.map_err(|error| failed(error.into()))?.map_err(|error| failed(error.into()))
    }
}

/// Waits for the store, but not for ever.
async fn within<T>(
    operation: &'static str,
    hash: &BlobHash,
    call: impl Future<Output = object_store::Result<T>>,
) -> Result<T, AssetsError> {
    match tokio::time::timeout(CALL_DEADLINE, call).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => Err(failed(operation, hash, error)),
        Err(_) => Err(failed(operation, hash, DeadlinePassed(CALL_DEADLINE))),
    }
}

fn failed(operation: &'static str, hash: &BlobHash, cause: impl Into<crate::Cause>) -> AssetsError {
    AssetsError::from_cause(operation, format!("blob {hash}"), cause.into())
}
