//! Blobs: the bytes of uploaded assets, addressed by their hash, and the text that stands in them.
//!
//! The crate takes a stream of bytes, finds out what it really is, refuses what is not on the list of
//! [`MediaType`]s, and puts it where it stays. Names, departments, rights and everything else that an asset has
//! besides its bytes live elsewhere.
//!
//! Rules:
//! * It is the only user of `object_store`, of image headers and of readers of documents (`text/`). It knows no database and no HTTP; the two pure
//!   helpers [`content_disposition`] and [`parse_range`] work on plain strings.
//! * Bytes before rows: what [`BlobStore::put`] has returned survives power loss, so a row may name it. A crash
//!   in between leaves a blob that no row names, never a row without its blob.
//! * Only [`BlobStore::open`] knows that there is a disk. Another store of objects is another constructor.
//! * What a client says of a file is a claim that is checked against the bytes, never a fact.
//!
//! To allow one more type: add it to [`MediaType`] with its names (the compiler lists the places), recognise
//! its first bytes in `sniff`, and add a sample that is accepted and one that is refused to the tests there.
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod blob_store;
mod claims;
mod disk;
mod disposition;
mod error;
mod hash;
mod media_file;
mod media_type;
mod office;
mod picture;
mod public_form;
mod range;
#[cfg(test)]
mod samples;
mod sniff;
mod spool;
mod text;

pub use blob_store::{BlobRead, BlobStore, PublicBlob, StoredBlob, UploadLimits};
pub use claims::Declared;
pub use disposition::content_disposition;
pub use error::{AssetsError, Cause, DeadlinePassed, PutError, PutKnownError, Refusal};
pub use hash::{BlobHash, NotABlobHash};
pub use media_type::MediaType;
pub use public_form::{PICTURE_VERSION, has_public_form};
pub use range::{RangeOutcome, parse_range};
pub use text::{
    ReaderCommand, TEXT_FILE_MAX_BYTES, TEXT_MAX_BYTES, TEXT_VERSION, TextFailure, extract, has_text, read_text,
    run_reader,
};
