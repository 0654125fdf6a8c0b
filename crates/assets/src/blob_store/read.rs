//! Gets, measures and lists blobs.

use std::fmt;
use std::io;
use std::ops::Range;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use object_store::path::Path as Key;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};

use super::{BlobStore, CALL_DEADLINE, failed, within};
use crate::error::DeadlinePassed;
use crate::hash::BLOBS;
use crate::{AssetsError, BlobHash};

/// A blob that is being read.
pub struct BlobRead {
    /// Size of the whole blob.
    pub size_bytes: u64,
    /// The bytes that the stream yields; all of them unless a range was asked for.
    pub range: Range<u64>,
    /// The bytes. An error ends the stream, which is then shorter than the range.
    pub stream: BoxStream<'static, Result<Bytes, AssetsError>>,
}

impl fmt::Debug for BlobRead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size_bytes, range, stream: _ } = self;
        formatter.debug_struct("BlobRead").field("size_bytes", size_bytes).field("range", range).finish_non_exhaustive()
    }
}

impl BlobStore {
    /// Opens a blob, or these of its bytes; a range that reaches beyond the end is cut there.
    ///
    /// # Errors
    /// [`AssetsError::NotFound`]; [`AssetsError::Damaged`] where that is known; [`AssetsError::OutOfRange`] when no byte of
    /// the range exists.
    pub async fn get(&self, hash: &BlobHash, range: Option<Range<u64>>) -> Result<BlobRead, AssetsError> {
        let size_bytes = self.require_whole(hash).await?;
        // Stores word a range beyond the end differently, and some as a failure of theirs, so it is looked at first.
        if let Some(range) = range.as_ref().filter(|range| range.is_empty() || range.start >= size_bytes) {
            let thing = format!("blob {hash}");
            return Err(AssetsError::OutOfRange { operation: "read", thing, range: range.clone(), size_bytes });
        }
        self.get_unchecked(hash, range).await
    }

    /// The same without a look at whether the bytes are whole, for those who check them themselves.
    ///
    /// # Errors
    /// [`AssetsError::NotFound`].
    pub async fn get_unchecked(&self, hash: &BlobHash, range: Option<Range<u64>>) -> Result<BlobRead, AssetsError> {
        let key = Key::from(hash.key());
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = within("read", hash, self.objects.get_opts(&key, options)).await?;
        let (size_bytes, range) = (found.meta.size, found.range.clone());
        let stream = if range.is_empty() { stream::empty().boxed() } else { guarded(*hash, found.into_stream()) };
        Ok(BlobRead { size_bytes, range, stream })
    }

    /// Size of a blob in bytes.
    ///
    /// # Errors
    /// [`AssetsError::NotFound`].
    pub async fn head(&self, hash: &BlobHash) -> Result<u64, AssetsError> {
        let ObjectMeta { size, .. } = within("measure", hash, self.objects.head(&Key::from(hash.key()))).await?;
        Ok(size)
    }

    /// Whether there is such a blob.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn exists(&self, hash: &BlobHash) -> Result<bool, AssetsError> {
        match self.head(hash).await {
            Ok(_) => Ok(true),
            Err(AssetsError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// All blobs in no particular order; files of others that lie among them are passed over.
    pub fn list(&self) -> BoxStream<'static, Result<BlobHash, AssetsError>> {
        let listed = self.objects.list(Some(&Key::from(BLOBS)));
        let hashes = listed.filter_map(|object| async {
            match object {
                Ok(ObjectMeta { location, .. }) => hash_of_key(&location).map(Ok),
                Err(error) => Some(Err(AssetsError::from_cause("list", "the blobs", error.into()))),
            }
        });
        hashes.boxed()
    }
}

fn hash_of_key(key: &Key) -> Option<BlobHash> {
    let hash = key.filename()?.parse::<BlobHash>().ok()?;
    (hash.key() == key.as_ref()).then_some(hash)
}

/// Gives each chunk a deadline, and ends with an error where the local store would yield empty chunks for ever: a
/// file that was cut off while it is read.
fn guarded(
    hash: BlobHash,
    chunks: BoxStream<'static, object_store::Result<Bytes>>,
) -> BoxStream<'static, Result<Bytes, AssetsError>> {
    let next = move |chunks: Option<BoxStream<'static, object_store::Result<Bytes>>>| async move {
        let mut chunks = chunks?;
        let error = match tokio::time::timeout(CALL_DEADLINE, chunks.next()).await {
            Ok(None) => return None,
            Ok(Some(Ok(bytes))) if !bytes.is_empty() => return Some((Ok(bytes), Some(chunks))),
            Ok(Some(Ok(_))) => failed("read", &hash, io::Error::from(io::ErrorKind::UnexpectedEof)),
            Ok(Some(Err(error))) => failed("read", &hash, error),
            Err(_) => failed("read", &hash, DeadlinePassed(CALL_DEADLINE)),
        };
        Some((Err(error), None))
    };
    stream::unfold(Some(chunks), next).boxed()
}
