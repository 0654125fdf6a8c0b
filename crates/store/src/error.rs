//! What can go wrong, and constraint names turned into conflicts in one place.
/// What the database refused as already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConflictKind {
    /// An entry of that id.
    Entry,
    /// An entry of that foreign id in the collection.
    ForeignId,
    /// A localization of that locale.
    Localization,
    /// A revision of that number.
    Revision,
    /// A publication that is still open.
    Publication,
    /// A path.
    Path,
    /// A department.
    Department,
    /// An asset.
    Asset,
    /// A key.
    Key,
    /// Something else that is unique.
    Other,
}
/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or not in time.
    #[error("database is unavailable: {what}")]
    Unavailable { what: String },
    /// The disk is full.
    #[error("no space is left for the database")]
    NoSpace,
    /// Something stored cannot be what it says.
    #[error("database is damaged: {what}")]
    Damaged { what: String },
    /// The database was written by a newer version of Diwan.
    #[error("database was written by a newer version of Diwan")]
    NewerVersion,
    /// The configuration cannot work.
    #[error("database is misconfigured: {what}")]
    Misconfigured { what: String },
    /// Something of that identity is already there.
    #[error("{0:?} is already there")]
    Conflict(ConflictKind),
    /// A permit does not allow this change: a mistake in the calling code.
    #[error("permit does not cover {what}")]
    PermitMismatch { what: &'static str },
    /// A text holds U+0000, which PostgreSQL cannot store.
    #[error("text holds a NUL character")]
    NulInText,
}
