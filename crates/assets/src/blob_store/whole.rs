//! Whether the bytes of a blob are those that its name says.
//!
//! A disk may give back other bytes than it was given, and somebody may have changed a file. A blob is checked when it is
//! read for the first time, and again when its file has changed; what was found is remembered. Large blobs are checked
//! only by [`BlobStore::verify`], since the first byte would have to wait for the last one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectMeta, ObjectStoreExt};
use sha2::{Digest, Sha256};

use super::{BlobStore, within};
use crate::{AssetsError, BlobHash};

/// Blobs up to this size are checked before their first byte is answered.
const CHECKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Blobs that are remembered at a time.
const REMEMBERED_MAX: usize = 10_000;

/// What is known of blobs that were read.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked(Arc<Mutex<HashMap<BlobHash, Finding>>>);

#[derive(Clone, Debug)]
struct Finding {
    stamp: Stamp,
    is_whole: bool,
}

/// By what a changed file is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    size_bytes: u64,
    modified_us: i64,
    tag: Option<String>,
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
        match self.checked.find(hash, &stamp) {
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
        let mut hasher = Sha256::new();
        let mut stream = self.get_unchecked(hash, None).await?.stream;
        while let Some(chunk) = stream.next().await {
            hasher.update(&chunk?);
        }
        let is_whole = BlobHash::from_digest(hasher.finalize().into()) == *hash;
        self.checked.remember(*hash, Finding { stamp, is_whole });
        if is_whole { Ok(()) } else { Err(damaged(hash)) }
    }

    async fn meta(&self, hash: &BlobHash) -> Result<ObjectMeta, AssetsError> {
        within("measure", hash, self.objects.head(&Key::from(hash.key()))).await
    }
}

impl Checked {
    fn find(&self, hash: &BlobHash, stamp: &Stamp) -> Option<bool> {
        let findings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        findings.get(hash).filter(|finding| finding.stamp == *stamp).map(|finding| finding.is_whole)
    }

    fn remember(&self, hash: BlobHash, finding: Finding) {
        let mut findings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if findings.len() >= REMEMBERED_MAX {
            // Damaged ones are few, and looking again at the others costs only time.
            findings.retain(|_, finding| !finding.is_whole);
        }
        findings.insert(hash, finding);
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
