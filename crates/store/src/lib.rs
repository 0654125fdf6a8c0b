#![doc = include_str!("../README.md")]

mod assets;
mod backup;
mod blobs;
mod blueprints;
mod commit;
mod conditions;
mod connection;
mod departments;
mod entries;
mod error;
mod events;
mod folding;
mod history;
mod idempotency;
mod imports;
mod keys;
mod lists;
mod localizations;
mod management_list;
mod open;
mod options;
mod paths;
mod people;
mod permits;
mod pool;
#[cfg(feature = "postgres")]
mod postgres;
mod public_pictures;
mod publication_rows;
mod publications;
mod publishing;
mod references;
mod refusals;
mod revisions;
mod search_log;
mod settings;
mod singles;
mod snapshot;
mod sqlite;
mod stored;
mod tables;
mod texts;
mod used;
mod verify;
mod watch;
mod write;

pub use self::{
    assets::{Asset, AssetFilter, AssetRevision, KnownAsset},
    backup::{ImportError, LineSink, LineSource, NOT_IN_BACKUP, columns_in_backup},
    blobs::Blob,
    blueprints::StoredBlueprint,
    departments::{Department, Holdings},
    entries::Entry,
    error::{ConflictKind, StoreError},
    events::{BrokenChain, EventFilter},
    folding::UnfoldedPath,
    history::{Owned, Span},
    idempotency::Claim,
    imports::{ImportSource, ImportedPlace},
    keys::ApiKey,
    lists::ListKey,
    localizations::{Localization, LocalizationFacts, Title, VersionMismatch},
    management_list::{ManagementFilter, ManagementPlace},
    open::{Pragmas, Store},
    options::{BadDatabaseUrl, DatabaseUrl, StoreOptions, SyncMode},
    paths::{LivePath, PathKind, PathRow, PathTaken},
    people::Person,
    public_pictures::PublicPicture,
    publications::{Live, LiveTarget, PastPublication, Publication, PublicationKind},
    references::{PublishedReference, PublishedTarget, ReferenceFrom},
    refusals::{LeftOut, Refusal},
    revisions::{CheckedRevision, Revision, UsedRevision},
    search_log::{ClickCount, QueryCount, ReportedQuery, SearchReport},
    snapshot::{Queries, Snapshot},
    texts::{AttachedText, BlobText, TextOutcome, UnreadBlob, UnreadFilter},
    used::{KindInUse, LiveUse, LocaleInUse, PlacedEntries},
    watch::Watch,
    write::{Committed, EventIndex, WriteTx},
};
