//! The bytes of a picture that the public gets, as a blob of their own beside the original.

use std::convert::Infallible;
use std::io::{self, Read as _, Seek as _};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use super::{BlobStore, failed};
use crate::public_form::{PublicForm, has_public_form, public_form};
use crate::spool::{SpoolError, Spooled, spool};
use crate::{AssetsError, BlobHash, MediaType};

/// One picture at a time is held in memory.
static PICTURES: Semaphore = Semaphore::const_new(1);

/// A picture without the metadata that is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicBlob {
    /// SHA-256 of its bytes; the original's where nothing was left out.
    pub hash: BlobHash,
    /// Number of bytes.
    pub size_bytes: u64,
    /// Whether it is shown lying: width and height change places.
    pub is_turned: bool,
}

impl BlobStore {
    /// Makes and stores the public form of a stored picture; `None` for types that the public gets as they are. When this
    /// returns, the bytes survive power loss.
    ///
    /// # Errors
    /// The blob is not there, or the store fails.
    pub async fn make_public(&self, hash: &BlobHash, media_type: MediaType) -> Result<Option<PublicBlob>, AssetsError> {
        if !has_public_form(media_type) {
            return Ok(None);
        }
        let _turn = PICTURES.acquire().await;
        let mut stream = self.get(hash, None).await?.stream;
        let mut picture = Vec::new();
        while let Some(chunk) = stream.next().await {
            picture.extend_from_slice(&chunk?);
        }
        self.store_public(*hash, media_type, picture).await.map(Some)
    }

    /// The same for an upload that is not stored yet.
    pub(super) async fn public_of_upload(
        &self,
        spooled: &Spooled,
        media_type: MediaType,
    ) -> Result<Option<PublicBlob>, AssetsError> {
        if !has_public_form(media_type) {
            return Ok(None);
        }
        let _turn = PICTURES.acquire().await;
        let hash = spooled.hash;
        let unread = |error: io::Error| failed("read the spooled", &hash, error);
        let mut file = spooled.file.try_clone().map_err(unread)?;
        let reading = tokio::task::spawn_blocking(move || {
            let mut picture = Vec::new();
            file.rewind()?;
            file.read_to_end(&mut picture)?;
            Ok(picture)
        });
        let picture = reading.await.map_err(|error| unread(io::Error::other(error)))?.map_err(unread)?;
        self.store_public(hash, media_type, picture).await.map(Some)
    }

    async fn store_public(
        &self,
        original: BlobHash,
        media_type: MediaType,
        picture: Vec<u8>,
    ) -> Result<PublicBlob, AssetsError> {
        let making = tokio::task::spawn_blocking(move || public_form(media_type, &picture));
        let form = making.await.map_err(|error| failed("clean", &original, io::Error::other(error)))?;
        let PublicForm { bytes, is_turned } = form;
        let bytes = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
        let spooled = match spool(&self.spool, bytes, u64::MAX).await {
            Ok(spooled) => spooled,
            Err(SpoolError::Store(error)) => return Err(error),
            Err(SpoolError::TooLarge) => {
                return Err(failed("clean", &original, io::Error::from(io::ErrorKind::FileTooLarge)));
            }
            Err(SpoolError::Stream(never)) => match never {},
        };
        let public = PublicBlob { hash: spooled.hash, size_bytes: spooled.size_bytes, is_turned };
        if public.hash != original {
            self.store(spooled).await?;
        }
        Ok(public)
    }
}
