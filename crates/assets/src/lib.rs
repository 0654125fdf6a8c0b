#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod blob_store;
mod charset;
mod claims;
mod disk;
mod error;
mod hash;
mod media_file;
mod media_type;
mod office;
mod picture;
mod public_form;
#[cfg(test)]
mod samples;
mod sniff;
mod spool;
mod text;

pub use blob_store::{BlobRead, BlobStore, PublicBlob, StoredBlob, UploadLimits};
pub use charset::Charset;
pub use claims::Declared;
pub use error::{AssetsError, Cause, DeadlinePassed, PutError, PutKnownError, Refusal};
pub use hash::{BlobHash, NotABlobHash};
pub use media_type::{MediaType, content_type};
pub use public_form::{PICTURE_VERSION, has_public_form};
pub use text::{
    ReaderCommand, TEXT_FILE_MAX_BYTES, TEXT_MAX_BYTES, TEXT_VERSION, TextFailure, extract, has_text, read_text,
    run_reader,
};
