//! The one error of the verbs; knows no HTTP. The server maps it once.

use diwan_assets::{AssetsError, PutError, Refusal};
use diwan_content::{
    AssetId, DepartmentId, EntryId, Fault, KeyId, Locale, Pointer, PublicPath, RevisionNumber, Version, rights::Action,
};
use diwan_search::SearchError;
use diwan_store::{Holdings, StoreError};

use crate::verbs::AssetUsers;

/// Why a verb or a read was not done. Nothing was changed, but see [`CmsError::OutcomeUnknown`].
#[derive(Debug, thiserror::Error)]
pub enum CmsError {
    /// What was named is not there, or the actor may not know that it is.
    #[error("no such {0}")]
    NotFound(Thing),
    /// The actor sees the thing but may not do this.
    #[error("{} is not allowed", .0.as_str())]
    Forbidden(Action),
    /// The entry is of a collection that holds for the whole site: the action takes the right to publish for the ministry.
    #[error("{} is for publishers of the ministry", .0.as_str())]
    SiteWide(Action),
    /// The entry is a department, which owns itself: nobody can give it away.
    #[error("a department belongs to itself")]
    OwnsItself,
    /// The asker may not see what was public at a time there.
    #[error("the history is not open to the asker")]
    HistoryClosed,
    /// The localization has moved on since the version that the caller names.
    #[error("the version is {current}")]
    VersionMismatch {
        /// The version now.
        current: Version,
    },
    /// The state of things forbids the step.
    #[error("{}", .0.code())]
    Conflict(Conflict),
    /// One of several items was refused.
    #[error("{error}, at {at}")]
    InItem {
        /// Which one, as a pointer into the request.
        at: Pointer,
        /// Why.
        error: Box<CmsError>,
    },
    /// The content has faults.
    #[error("{} faults", .0.len())]
    Faults(Vec<Fault>),
    /// Parameters cannot be read.
    #[error("{} bad parameters", .0.len())]
    BadParameters(Vec<Fault>),
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    IdempotencyKeyReused,
    /// The upload is larger than the limit.
    #[error("larger than {max_bytes} bytes")]
    TooLarge {
        /// The limit in bytes.
        max_bytes: u64,
    },
    /// The upload is of a type that is not taken, or not what it says it is.
    #[error("the upload is refused: {0}")]
    UnsupportedMedia(Refusal),
    /// The upload broke off.
    #[error("the upload broke off")]
    UploadBrokeOff,
    /// A public list in an order that no index serves, over too many entries.
    #[error("no index serves this order")]
    NeedsIndex {
        /// The declaration that would serve it.
        needed: String,
    },
    /// A public list whose filter no index could serve, over too many entries.
    #[error("more than {most} candidates")]
    TooManyCandidates {
        /// How many may be looked at.
        most: u32,
        /// The indexes that there are.
        indexes: Vec<String>,
    },
    /// A look back at a list of which more was public than may be looked at.
    #[error("more than {most} were public then")]
    TooMuchHistory {
        /// How many may be looked at.
        most: u32,
        /// Conditions by which the past can be narrowed.
        narrower: Vec<String>,
    },
    /// The conditions of a public list would read more than one request may.
    #[error("the conditions would cost more than {most}")]
    TooCostly {
        /// What one list may cost; see [`crate::ReadLimits`].
        most: u64,
        /// The conditions that cost most, as they are written in the query, the dearest first.
        conditions: Vec<String>,
    },
    /// A search whose phrases are too frequent.
    #[error("the phrases of the query are too frequent")]
    SearchTooCostly,
    /// Too many expensive reads run already.
    #[error("too many expensive reads run already")]
    Overloaded,
    /// The disk or the database is full.
    #[error("no space is left")]
    NoSpace,
    /// The connection to the database was lost at the commit, and the database could not be asked what became of it.
    #[error("it is not known whether the change was made")]
    OutcomeUnknown {
        /// The caller's key: a repeat under it is answered if the change was made, and makes it otherwise.
        idempotency_key: Option<String>,
    },
    /// The database or the folder of files takes no changes; reads go on.
    #[error("{part} is read-only")]
    ReadOnly {
        /// `database` or `assets`.
        part: &'static str,
        /// What it said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The bytes of an asset are not on this server, or they are damaged.
    #[error("the bytes of an asset are {reason}")]
    FileUnavailable {
        /// `missing` or `damaged`.
        reason: &'static str,
        /// What the store of blobs said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A part of the system cannot be reached now; trying again may help.
    #[error("{what} is not available")]
    Unavailable {
        /// Which part.
        what: &'static str,
        /// What it said.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The database gave the work up for the sake of others; another attempt may succeed.
    #[error("the database gave the work up for the sake of others")]
    GivenUp,
    /// Stored data cannot be read: the database is damaged, or a row of it.
    #[error("the database is damaged: {what}")]
    Damaged {
        /// What cannot be read.
        what: String,
        /// What was said beneath.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Our own fault: a broken promise between crates.
    #[error("{what}")]
    Internal {
        /// What went wrong.
        what: String,
        /// What was said beneath.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

/// What was not found, with what the caller named it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Thing {
    /// An entry.
    Entry(EntryId),
    /// A localization of an entry.
    Localization(EntryId, Locale),
    /// A localization in a locale that the collection of the entry does not have; with those that it has.
    UnknownLocale(EntryId, Locale, Vec<Locale>),
    /// A revision.
    Revision(EntryId, Locale, RevisionNumber),
    /// A collection, by its handle as it was sent.
    Collection(String),
    /// A blueprint, by its handle as it was sent.
    Blueprint(String),
    /// An asset.
    Asset(AssetId),
    /// A department.
    Department(DepartmentId),
    /// A path as it was sent.
    Path(String),
    /// A key.
    Key(KeyId),
}

/// How the state of things forbids a step.
#[derive(Debug, Clone, PartialEq)]
pub enum Conflict {
    /// The id that was asked for names something else already.
    IdTaken,
    /// The localization exists already.
    LocalizationExists,
    /// The entry is in the trash.
    Trashed,
    /// The entry is not in the trash.
    NotTrashed,
    /// The entry is public in these locales; it must be withdrawn first.
    StillPublic(Vec<Locale>),
    /// The localization is not public.
    NotPublic,
    /// The named hash is not that of the named revision: what was approved is not what would become public.
    HashMismatch,
    /// Public children would lose their parent.
    PublicChildren(Vec<(EntryId, Option<PublicPath>)>),
    /// The entry has children that are not in the trash.
    Children(Vec<EntryId>),
    /// The entry is a department that owns something.
    OwnsSomething(Holdings),
    /// The department that would own something is in the trash.
    DepartmentTrashed(DepartmentId),
    /// The collection is a global or a navigation, and its one entry is there (perhaps in the trash).
    SingleExists,
    /// The entry already belongs to that department.
    SameDepartment,
    /// The key is over: revoked or expired.
    KeyOver,
    /// The key has an owner already.
    KeyHasOwner,
    /// Something refers to the asset.
    AssetInUse(AssetUsers),
    /// Others changed the same rows meanwhile. A verb is attempted again before this is its answer.
    Busy,
}

impl Thing {
    /// What kind of thing, as in problems.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Entry(_) => "entry",
            Self::Localization(..) | Self::UnknownLocale(..) => "localization",
            Self::Revision(..) => "revision",
            Self::Collection(_) => "collection",
            Self::Blueprint(_) => "blueprint",
            Self::Asset(_) => "asset",
            Self::Department(_) => "department",
            Self::Path(_) => "path",
            Self::Key(_) => "key",
        }
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Conflict {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IdTaken => "id_taken",
            Self::LocalizationExists => "localization_exists",
            Self::Trashed => "trashed",
            Self::NotTrashed => "not_trashed",
            Self::StillPublic(_) => "still_public",
            Self::NotPublic => "not_public",
            Self::HashMismatch => "hash_mismatch",
            Self::PublicChildren(_) => "public_children",
            Self::Children(_) => "children",
            Self::OwnsSomething(_) => "owns_something",
            Self::DepartmentTrashed(_) => "department_trashed",
            Self::SingleExists => "single_exists",
            Self::SameDepartment => "same_department",
            Self::KeyOver => "key_over",
            Self::KeyHasOwner => "key_has_owner",
            Self::AssetInUse(_) => "asset_in_use",
            Self::Busy => "busy",
        }
    }
}

impl CmsError {
    /// Stable code of what the caller did wrong; `None` when it is our own fault.
    pub fn refusal_code(&self) -> Option<&'static str> {
        match self {
            Self::NotFound(_) => Some("not_found"),
            Self::Forbidden(_) | Self::SiteWide(_) | Self::OwnsItself => Some("forbidden"),
            Self::HistoryClosed => Some("history_closed"),
            Self::VersionMismatch { .. } => Some("version_mismatch"),
            Self::Conflict(conflict) => Some(conflict.code()),
            Self::InItem { at: _, error } => error.refusal_code(),
            Self::Faults(_) => Some("faults"),
            Self::BadParameters(_) => Some("bad_parameters"),
            Self::IdempotencyKeyReused => Some("idempotency_key_reused"),
            Self::TooLarge { .. } => Some("too_large"),
            Self::UnsupportedMedia(_) => Some("unsupported_media"),
            Self::UploadBrokeOff => Some("upload_broke_off"),
            Self::NeedsIndex { .. } => Some("needs_index"),
            Self::TooManyCandidates { .. } => Some("too_many_candidates"),
            Self::TooMuchHistory { .. } => Some("too_much_history"),
            Self::TooCostly { .. } | Self::SearchTooCostly => Some("too_costly"),
            Self::Overloaded
            | Self::NoSpace
            | Self::OutcomeUnknown { .. }
            | Self::ReadOnly { .. }
            | Self::FileUnavailable { .. }
            | Self::Unavailable { .. }
            | Self::GivenUp
            | Self::Damaged { .. }
            | Self::Internal { .. } => None,
        }
    }

    /// The same with the item of the request that it is about, where there are several and the error does not say it itself.
    pub(crate) fn in_item(self, at: &Pointer) -> Self {
        let is_busy = matches!(self, Self::Conflict(Conflict::Busy));
        let says_no_place = matches!(
            self,
            Self::NotFound(_)
                | Self::Forbidden(_)
                | Self::SiteWide(_)
                | Self::OwnsItself
                | Self::VersionMismatch { .. }
                | Self::Conflict(_)
        );
        if is_busy || !says_no_place || *at == Pointer::root() {
            return self;
        }
        Self::InItem { at: at.clone(), error: Box::new(self) }
    }

    pub(crate) fn internal(what: impl Into<String>) -> Self {
        Self::Internal { what: what.into(), source: None }
    }

    /// Something that every sound database holds is not there.
    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into(), source: None }
    }
}

impl From<StoreError> for CmsError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoSpace => Self::NoSpace,
            StoreError::OutcomeUnknown => Self::OutcomeUnknown { idempotency_key: None },
            StoreError::ReadOnly { .. } => Self::ReadOnly { part: "database", source: Some(Box::new(error)) },
            // At an open database: a folder or a right that was taken away.
            StoreError::Unavailable { .. } | StoreError::Misconfigured { .. } => {
                Self::Unavailable { what: "the database", source: Some(Box::new(error)) }
            }
            // Something unique was made by others meanwhile: another attempt sees it.
            StoreError::Conflict(_) => Self::Conflict(Conflict::Busy),
            StoreError::GivenUp => Self::GivenUp,
            StoreError::Damaged { what } => Self::Damaged { what, source: None },
            StoreError::NewerVersion
            | StoreError::PermitMismatch { .. }
            | StoreError::OlderVersion
            | StoreError::Missing { .. }
            | StoreError::Unexpected { .. }
            | StoreError::NulInText => {
                Self::Internal { what: "the database refused a change".to_owned(), source: Some(Box::new(error)) }
            }
        }
    }
}

impl From<AssetsError> for CmsError {
    fn from(error: AssetsError) -> Self {
        match error {
            AssetsError::NoSpace { .. } => Self::NoSpace,
            AssetsError::Unavailable { .. } => Self::Unavailable { what: "the blobs", source: Some(Box::new(error)) },
            AssetsError::ReadOnly { .. } => Self::ReadOnly { part: "assets", source: Some(Box::new(error)) },
            AssetsError::NotFound { .. } => Self::FileUnavailable { reason: "missing", source: Some(Box::new(error)) },
            // Also a range beyond the end: it was checked against what the database knows of the size.
            AssetsError::Damaged { .. } | AssetsError::OutOfRange { .. } => {
                Self::FileUnavailable { reason: "damaged", source: Some(Box::new(error)) }
            }
        }
    }
}

impl From<SearchError> for CmsError {
    fn from(error: SearchError) -> Self {
        if let SearchError::TooCostly = error {
            return Self::SearchTooCostly;
        }
        Self::Unavailable { what: "search", source: Some(Box::new(error)) }
    }
}

impl From<PutError<std::io::Error>> for CmsError {
    fn from(error: PutError<std::io::Error>) -> Self {
        match error {
            PutError::Store(error) => error.into(),
            PutError::Stream(_) => Self::UploadBrokeOff,
            PutError::Refused(Refusal::TooLarge { max_bytes }) => Self::TooLarge { max_bytes },
            PutError::Refused(
                refusal @ (Refusal::Empty
                | Refusal::TypeMismatch { .. }
                | Refusal::TypeNotAllowed { .. }
                | Refusal::Unreadable { .. }
                | Refusal::TooManyPixels { .. }),
            ) => Self::UnsupportedMedia(refusal),
        }
    }
}
