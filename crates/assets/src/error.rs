//! What can go wrong: refusals are the uploader's matter, the rest is ours.

use std::error::Error;
use std::io;
use std::ops::Range;
use std::time::Duration;

use crate::{BlobHash, MediaType};

/// The error underneath, kept for the log.
pub type Cause = Box<dyn Error + Send + Sync>;

/// The store of blobs did not do what was asked. `operation` and `thing` complete "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// There is no such blob.
    #[error("{operation} {thing}: not found")]
    NotFound {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
    },
    /// The disk or the quota is full; nothing was stored.
    #[error("{operation} {thing}: no space left")]
    NoSpace {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
        /// The error of the operating system.
        source: Cause,
    },
    /// The bytes are not those that were stored.
    #[error("{operation} {thing}: the bytes are damaged")]
    Damaged {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
    },
    /// Nothing may be written: a right is missing, or the file system is read-only.
    #[error("{operation} {thing}: nothing may be written")]
    ReadOnly {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
        /// The error of the operating system.
        source: Cause,
    },
    /// The range does not touch the blob.
    #[error("{operation} {thing}: bytes {range:?} of {size_bytes} do not exist")]
    OutOfRange {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
        /// The bytes asked for.
        range: Range<u64>,
        /// The bytes that there are.
        size_bytes: u64,
    },
    /// The store failed or did not answer in time; trying again may help.
    #[error("{operation} {thing}: the store of blobs is unavailable")]
    Unavailable {
        /// What was tried.
        operation: &'static str,
        /// On what.
        thing: String,
        /// The error of the store.
        source: Cause,
    },
}

/// Why an upload is not accepted although everything works. Nothing is stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No bytes at all.
    #[error("the upload is empty")]
    Empty,
    /// More bytes than allowed; reading stopped there.
    #[error("the upload is larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// The declared type, or the extension of the name, says something else than the bytes.
    #[error("declared as {declared}, but the bytes are {found}")]
    TypeMismatch {
        /// What was declared: a media type, or an extension with its dot.
        declared: String,
        /// What the bytes are, as a media type.
        found: &'static str,
    },
    /// The bytes are of no allowed type.
    #[error("files of type {found} are not accepted")]
    TypeNotAllowed {
        /// What the bytes are, as a media type; `application/octet-stream` where nothing is known.
        found: &'static str,
    },
    /// It begins like an image whose dimensions cannot be read, or like an archive that cannot.
    #[error("the file begins like {media_type} but cannot be read")]
    Unreadable {
        /// What it begins like.
        media_type: MediaType,
    },
    /// An image so large that showing it would harm; its bytes may well be few.
    #[error("the image has {width} x {height} pixels, more than {max_pixels}")]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit on width times height.
        max_pixels: u64,
    },
}

/// Why [`BlobStore::put`](crate::BlobStore::put) stored nothing. `E` is the error of the incoming stream.
#[derive(Debug, thiserror::Error)]
pub enum PutError<E: Error + 'static> {
    /// The upload is not acceptable.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The upload broke off.
    #[error("read the upload")]
    Stream(#[source] E),
    /// The store failed.
    #[error(transparent)]
    Store(AssetsError),
}

/// Why [`BlobStore::put_known`](crate::BlobStore::put_known) stored nothing. `E` is the error of the incoming stream.
#[derive(Debug, thiserror::Error)]
pub enum PutKnownError<E: Error + 'static> {
    /// The bytes are not those that the hash names: the copy is damaged.
    #[error("the bytes for blob {expected} hash to {found}")]
    HashMismatch {
        /// The hash that was asked for.
        expected: BlobHash,
        /// The hash of what came.
        found: BlobHash,
    },
    /// The source broke off.
    #[error("read the bytes of a known blob")]
    Stream(#[source] E),
    /// The store failed.
    #[error(transparent)]
    Store(AssetsError),
}

/// The store did not answer in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no answer within {} s", .0.as_secs())]
pub struct DeadlinePassed(pub(crate) Duration);

impl AssetsError {
    /// Sorts an error of the operating system or of the object store by what the caller can do about it.
    pub(crate) fn from_cause(operation: &'static str, thing: impl Into<String>, source: Cause) -> Self {
        let thing = thing.into();
        if is_not_found(source.as_ref()) {
            return Self::NotFound { operation, thing };
        }
        let kind = kind_of(source.as_ref());
        if matches!(kind, Some(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)) {
            return Self::NoSpace { operation, thing, source };
        }
        let denied = matches!(kind, Some(io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem));
        if denied && matches!(operation, "spool" | "store" | "flush") {
            return Self::ReadOnly { operation, thing, source };
        }
        Self::Unavailable { operation, thing, source }
    }
}

fn is_not_found(error: &(dyn Error + 'static)) -> bool {
    matches!(error.downcast_ref(), Some(object_store::Error::NotFound { .. }))
}

/// What the system said. The object store wraps that, so the whole chain is searched.
fn kind_of(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    let mut link = Some(error);
    while let Some(error) = link {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        link = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_recognised_through_the_error_of_the_object_store() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let wrapped = object_store::Error::Generic { store: "test", source: Box::new(full) };
        let error = AssetsError::from_cause("store", "blob 1", Box::new(wrapped));
        assert!(matches!(error, AssetsError::NoSpace { .. }), "{error:?}");
        assert_eq!(error.to_string(), "store blob 1: no space left");
    }

    #[test]
    fn a_quota_that_is_used_up_is_no_space_too() {
        let error = AssetsError::from_cause("spool", "an upload", io::Error::from(io::ErrorKind::QuotaExceeded).into());
        assert!(matches!(error, AssetsError::NoSpace { .. }), "{error:?}");
    }

    #[test]
    fn a_missing_right_is_told_of_writes_alone() {
        let denied = |operation| {
            AssetsError::from_cause(operation, "x", io::Error::from(io::ErrorKind::PermissionDenied).into())
        };
        assert!(matches!(denied("spool"), AssetsError::ReadOnly { .. }));
        assert!(matches!(denied("read"), AssetsError::Unavailable { .. }));
    }

    #[test]
    fn an_unknown_error_is_unavailability_and_keeps_its_source() {
        let error = AssetsError::from_cause("read", "blob 1", DeadlinePassed(Duration::from_secs(3)).into());
        assert!(matches!(error, AssetsError::Unavailable { .. }), "{error:?}");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no answer within 3 s"));
    }
}
