//! Takes an upload from the network to a local file while hashing it.
//!
//! A blob's key is its hash, which is known only after the last byte; an object store cannot rename cheaply (S3
//! copies), and an upload is refused for its size or type only while or after it is read. So the bytes first go to
//! a local file, and only what is accepted is sent to the store, under its final key. The price is that bytes are
//! written twice on a disk; the gain is one path for disk and S3, and a store in which nothing unfinished appears.
//! The file has no name, so that it vanishes with the process.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::Path;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::charset::CharsetCheck;
use crate::sniff::HEAD_BYTES;
use crate::{AssetsError, BlobHash, Charset};

/// A complete upload, not yet judged.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(crate) file: File,
    pub(crate) hash: BlobHash,
    pub(crate) size_bytes: u64,
    /// The first bytes, at most `HEAD_BYTES`.
    pub(crate) head: Vec<u8>,
    /// The encoding of all bytes; `None` if they are no text.
    pub(crate) charset: Option<Charset>,
}

/// Why there is no complete upload.
#[derive(Debug)]
pub(crate) enum SpoolError<E> {
    TooLarge,
    Stream(E),
    Store(AssetsError),
}

/// Reads the stream to its end, or until it is longer than `max_bytes`.
pub(crate) async fn spool<S, E>(folder: &Path, stream: S, max_bytes: u64) -> Result<Spooled, SpoolError<E>>
where
    S: Stream<Item = Result<Bytes, E>>,
    E: Error + 'static,
{
    let mut file = tokio::fs::File::from_std(create(folder).await.map_err(failed)?);
    let mut hasher = Sha256::new();
    let mut charset = CharsetCheck::new();
    let mut head = Vec::new();
    let mut size_bytes = 0_u64;
    let mut stream = std::pin::pin!(stream);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(SpoolError::Stream)?;
        size_bytes = size_bytes.saturating_add(chunk.len() as u64);
        if size_bytes > max_bytes {
            return Err(SpoolError::TooLarge);
        }
        let missing = HEAD_BYTES.saturating_sub(head.len()).min(chunk.len());
        head.extend_from_slice(&chunk[..missing]);
        hasher.update(&chunk);
        charset.feed(&chunk);
        file.write_all(&chunk).await.map_err(failed)?;
    }
    // Waits for the last write: its error (a full disk) comes only here.
    file.flush().await.map_err(failed)?;
    let hash = BlobHash::from_digest(hasher.finalize().into());
    Ok(Spooled { file: file.into_std().await, hash, size_bytes, head, charset: charset.finish() })
}

async fn create(folder: &Path) -> io::Result<File> {
    let folder = folder.to_owned();
    tokio::task::spawn_blocking(move || tempfile::tempfile_in(folder)).await.map_err(io::Error::other)?
}

fn failed<E>(error: io::Error) -> SpoolError<E> {
    SpoolError::Store(AssetsError::from_cause("spool", "an upload", error.into()))
}
