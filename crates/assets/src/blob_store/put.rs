//! Puts blobs: spool, judge, store, flush.

use std::error::Error;
use std::io::{self, SeekFrom};

use bytes::Bytes;
use diwan_content::AssetKind;
use futures_util::Stream;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStoreExt, PutPayload};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{BlobStore, PublicBlob, failed, within};
use crate::claims::Claims;
use crate::picture::{Dimensions, dimensions};
use crate::public_form::{PICTURE_MAX_BYTES, has_public_form};
use crate::sniff::{Found, sniff};
use crate::spool::{SpoolError, Spooled, spool};
use crate::{AssetsError, BlobHash, Charset, Declared, MediaType, PutError, PutKnownError, Refusal};

/// A blob that is on durable storage, and what was found out about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredBlob {
    /// SHA-256 of the bytes.
    pub hash: BlobHash,
    /// Number of bytes; at least one.
    pub size_bytes: u64,
    /// What the bytes are.
    pub media_type: MediaType,
    /// The encoding of a text or table; `None` for other types.
    pub charset: Option<Charset>,
    /// Width in pixels as it is shown, after the orientation of its EXIF data; `None` unless it is an image.
    pub width: Option<u32>,
    /// Height in pixels as it is shown; `None` unless it is an image.
    pub height: Option<u32>,
    /// The bytes that the public gets in place of these; `None` for types that it gets as they are.
    pub public: Option<PublicBlob>,
}

/// What one upload may be at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadLimits {
    /// Most bytes of one upload.
    pub max_bytes: u64,
    /// Most pixels (width times height) of one image.
    pub max_pixels: u64,
}

impl Default for UploadLimits {
    /// 50 MiB, as scanned reports reach; 100 megapixels, which decoded are 400 MB.
    fn default() -> Self {
        Self { max_bytes: 50 * 1024 * 1024, max_pixels: 100_000_000 }
    }
}

/// Blobs up to this size are stored by one call, larger ones in parts of this size: the least that S3 allows, and
/// what one upload costs in memory. S3's limit of 10,000 parts makes blobs end at 50 GB.
const PART_BYTES: u64 = 5 * 1024 * 1024;

impl BlobStore {
    /// Reads an upload to its end, finds out what it is, and stores it under its hash. When this returns `Ok`,
    /// the bytes survive power loss. Identical bytes are stored once. On any error, and when the future is
    /// dropped, no blob that a reader could see is half there.
    ///
    /// # Errors
    /// [`PutError::Refused`] for what the uploader can mend, the others for broken connections and stores.
    pub async fn put<S, E>(
        &self,
        stream: S,
        declared: Declared<'_>,
        limits: &UploadLimits,
    ) -> Result<StoredBlob, PutError<E>>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Error + 'static,
    {
        let UploadLimits { max_bytes, max_pixels } = *limits;
        let spooled = match spool(&self.spool, stream, max_bytes).await {
            Ok(spooled) => spooled,
            Err(SpoolError::TooLarge) => return Err(Refusal::TooLarge { max_bytes }.into()),
            Err(SpoolError::Stream(error)) => return Err(PutError::Stream(error)),
            Err(SpoolError::Store(error)) => return Err(PutError::Store(error)),
        };
        if spooled.size_bytes == 0 {
            return Err(Refusal::Empty.into());
        }
        let judged = judge(spooled, Claims::read(declared), max_pixels).await.map_err(PutError::Store)?;
        let (spooled, Judgement { media_type, dimensions }) = judged?;
        let charset = spooled.charset.filter(|_| media_type.kind() == AssetKind::Text);
        let (hash, size_bytes) = (spooled.hash, spooled.size_bytes);
        if has_public_form(media_type) && size_bytes > PICTURE_MAX_BYTES {
            return Err(Refusal::TooLarge { max_bytes: PICTURE_MAX_BYTES }.into());
        }
        let public = self.public_of_upload(&spooled, media_type).await.map_err(PutError::Store)?;
        self.store(spooled).await.map_err(PutError::Store)?;
        let is_turned = public.as_ref().is_some_and(|public| public.is_turned);
        let shown =
            dimensions.map(|Dimensions { width, height }| if is_turned { (height, width) } else { (width, height) });
        let (width, height) = shown.unzip();
        Ok(StoredBlob { hash, size_bytes, media_type, charset, width, height, public })
    }

    /// Stores bytes whose hash is known, as a backup holds them, and returns their number. Their type was judged
    /// when they were first put.
    ///
    /// # Errors
    /// [`PutKnownError::HashMismatch`] when the bytes are others; then nothing is stored.
    pub async fn put_known<S, E>(&self, hash: &BlobHash, stream: S) -> Result<u64, PutKnownError<E>>
    where
        S: Stream<Item = Result<Bytes, E>>,
        E: Error + 'static,
    {
        let spooled = match spool(&self.spool, stream, u64::MAX).await {
            Ok(spooled) => spooled,
            Err(SpoolError::Stream(error)) => return Err(PutKnownError::Stream(error)),
            Err(SpoolError::Store(error)) => return Err(PutKnownError::Store(error)),
            Err(SpoolError::TooLarge) => {
                let endless = io::Error::from(io::ErrorKind::FileTooLarge);
                return Err(PutKnownError::Store(failed("store", hash, endless)));
            }
        };
        if spooled.hash != *hash {
            return Err(PutKnownError::HashMismatch { expected: *hash, found: spooled.hash });
        }
        let size_bytes = spooled.size_bytes;
        self.store(spooled).await.map_err(PutKnownError::Store)?;
        Ok(size_bytes)
    }

    pub(super) async fn store(&self, spooled: Spooled) -> Result<(), AssetsError> {
        let Spooled { file, hash, size_bytes, head: _, charset: _ } = spooled;
        // A blob of this name that is not whole was damaged by something; these bytes mend it.
        if !self.holds(&hash, size_bytes).await? {
            let file = tokio::fs::File::from_std(file);
            // The semaphore is never closed.
            let _part = self.parts.acquire().await;
            if size_bytes <= PART_BYTES {
                self.store_whole(&hash, file).await?;
            } else {
                self.store_in_parts(&hash, file, size_bytes).await?;
            }
        }
        // Also for bytes that were there: whoever wrote them may have been killed before this step.
        let durability = self.durability.clone();
        let flush = async move {
            tokio::task::spawn_blocking(move || durability.after_put(&hash.key())).await.map_err(io::Error::other)?
        };
        flush.await.map_err(|error| failed("flush", &hash, error))
    }

    async fn store_whole(&self, hash: &BlobHash, mut file: tokio::fs::File) -> Result<(), AssetsError> {
        let bytes = read_part(&mut file, 0).await.map_err(|error| failed("read the spooled", hash, error))?;
        let key = Key::from(hash.key());
        let put = self.objects.put(&key, PutPayload::from_bytes(bytes));
        within("store", hash, put).await.map(drop)
    }

    async fn store_in_parts(&self, hash: &BlobHash, file: tokio::fs::File, size_bytes: u64) -> Result<(), AssetsError> {
        let key = Key::from(hash.key());
        let mut upload = within("store", hash, self.objects.put_multipart(&key)).await?;
        let outcome = send_parts(hash, upload.as_mut(), file, size_bytes).await;
        if outcome.is_err() {
            // The first error is the one to tell; parts that cannot be taken back now are swept later.
            let _ = tokio::time::timeout(super::CALL_DEADLINE, upload.abort()).await;
        }
        outcome
    }
}

async fn send_parts(
    hash: &BlobHash,
    upload: &mut dyn MultipartUpload,
    mut file: tokio::fs::File,
    size_bytes: u64,
) -> Result<(), AssetsError> {
    let mut offset = 0;
    while offset < size_bytes {
        let bytes = read_part(&mut file, offset).await.map_err(|error| failed("read the spooled", hash, error))?;
        if bytes.is_empty() {
            return Err(failed("read the spooled", hash, io::Error::from(io::ErrorKind::UnexpectedEof)));
        }
        offset += bytes.len() as u64;
        within("store", hash, upload.put_part(PutPayload::from_bytes(bytes))).await?;
    }
    within("store", hash, upload.complete()).await.map(drop)
}

async fn read_part(file: &mut tokio::fs::File, offset: u64) -> io::Result<Bytes> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(offset)).await?;
    file.take(PART_BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes.into())
}

/// What an acceptable upload is.
struct Judgement {
    media_type: MediaType,
    dimensions: Option<Dimensions>,
}

/// Runs the recognisers away from the asynchronous threads, since they read files. The outer error is the disk's.
async fn judge(
    mut spooled: Spooled,
    claims: Claims,
    max_pixels: u64,
) -> Result<Result<(Spooled, Judgement), Refusal>, AssetsError> {
    let hash = spooled.hash;
    let task = tokio::task::spawn_blocking(move || {
        let judgement = judge_file(&mut spooled, &claims, max_pixels)?;
        Ok(judgement.map(|judgement| (spooled, judgement)))
    });
    match task.await {
        Ok(judged) => judged.map_err(|error: io::Error| failed("examine", &hash, error)),
        // A recogniser that is not ours panicked: the file is at fault, not the server.
        Err(error) if error.is_panic() => Ok(Err(Refusal::TypeNotAllowed { found: "application/octet-stream" })),
        Err(error) => Err(failed("examine", &hash, error)),
    }
}

fn judge_file(spooled: &mut Spooled, claims: &Claims, max_pixels: u64) -> io::Result<Result<Judgement, Refusal>> {
    let Spooled { file, hash: _, size_bytes, head, charset } = spooled;
    let found = sniff(head, *charset, file, *size_bytes)?;
    let media_type = match claims.check(found) {
        Ok(media_type) => media_type,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let is_image = match found {
        Found::Binary(media_type) => media_type.kind() == AssetKind::Image,
        Found::Text | Found::Damaged(_) | Found::Foreign(_) => false,
    };
    if !is_image {
        return Ok(Ok(Judgement { media_type, dimensions: None }));
    }
    let dimensions = dimensions(file, media_type, max_pixels)?;
    Ok(dimensions.map(|dimensions| Judgement { media_type, dimensions: Some(dimensions) }))
}
