#![doc = include_str!("../README.md")]

mod access;
mod assets;
mod backup;
mod conditions;
mod connection;
mod content;
mod error;
mod log;
mod public;
mod settings;
mod stored;
mod tables;

pub use self::{
    access::departments::{Department, Holdings},
    access::keys::ApiKey,
    access::people::Person,
    assets::asset::{Asset, AssetFilter, AssetRevision, KnownAsset},
    assets::blobs::Blob,
    assets::public_pictures::PublicPicture,
    assets::texts::{AttachedText, BlobText, TextOutcome, UnreadBlob, UnreadFilter},
    backup::{ImportError, LineSink, LineSource, NOT_IN_BACKUP, columns_in_backup},
    connection::open::{Pragmas, Store},
    connection::options::{BadDatabaseUrl, DatabaseUrl, StoreOptions, SyncMode},
    connection::snapshot::{Queries, Snapshot},
    connection::watch::Watch,
    connection::write::{Committed, EventIndex, WriteTx},
    content::blueprints::{KeptBlueprint, StoredBlueprint},
    content::entries::Entry,
    content::imports::{ImportSource, ImportedPlace},
    content::localizations::{Localization, LocalizationFacts, Title, VersionMismatch},
    content::management_list::{ManagementFilter, ManagementPlace},
    content::revisions::{CheckedRevision, Revision, UsedRevision},
    content::used::{KindInUse, LiveUse, LocaleInUse, PlacedEntries},
    error::{ConflictKind, StoreError},
    log::events::{BrokenChain, EventFilter},
    log::idempotency::Claim,
    log::refusals::{LeftOut, Refusal},
    log::search_log::{ClickCount, QueryCount, ReportedQuery, SearchReport},
    public::folding::UnfoldedPath,
    public::history::{Owned, Span},
    public::lists::ListKey,
    public::paths::{LivePath, PathKind, PathRow, PathTaken},
    public::publications::{Live, LiveTarget, PastPublication, Publication, PublicationKind},
    public::references::{PublishedReference, PublishedTarget, ReferenceFrom},
};
