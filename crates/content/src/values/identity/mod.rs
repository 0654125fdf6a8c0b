//! Names, ids and hashes: what tells one thing from another.

mod handle;
mod hash;
mod ids;

pub use self::{
    handle::{Handle, NotAHandle},
    hash::{ContentHash, NotAHash},
    ids::{AssetId, DepartmentId, EntryId, IdSource, KeyId, NotAnId, PersonId, RevisionNumber, Sequence, Version},
};
