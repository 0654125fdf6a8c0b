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
    access::{
        departments::{Department, Holdings},
        keys::ApiKey,
        people::Person,
        sign_in::{Credential, CredentialKind, OneTimePurpose, OneTimeToken, Session},
        users::{User, UserGrant},
    },
    assets::{
        asset::{Asset, AssetChange, AssetFilter, AssetRevision, KnownAsset},
        blobs::Blob,
        pins::{AssetPin, PinnedAsset, ShownBytes},
        public_pictures::PublicPicture,
        texts::{AttachedText, BlobText, TextOutcome, UnreadBlob, UnreadFilter},
    },
    backup::{ImportError, LineSink, LineSource, NOT_IN_BACKUP, columns_in_backup},
    connection::{
        Queries, Snapshot,
        open::{Pragmas, Store},
        options::{BadDatabaseUrl, DatabaseUrl, StoreOptions, SyncMode},
        watch::Watch,
        write::{Committed, EventIndex, WriteTx},
    },
    content::{
        blueprints::{KeptBlueprint, StoredBlueprint},
        entries::Entry,
        imports::{ImportSource, ImportedPlace},
        localizations::{Localization, LocalizationFacts, Title, VersionMismatch},
        management_list::{ManagementFilter, ManagementPlace},
        revisions::{CheckedRevision, Revision, UsedRevision},
        used::{KindInUse, LiveUse, LocaleInUse, PlacedEntries},
    },
    error::{ConflictKind, StoreError},
    log::{
        events::{BrokenChain, EventFilter},
        idempotency::Claim,
        refusals::{LeftOut, Refusal},
        search_log::{ClickCount, QueryCount, ReportedQuery, SearchReport},
    },
    public::{
        folding::UnfoldedPath,
        history::{Owned, Span},
        lists::ListKey,
        paths::{LivePath, PathKind, PathRow},
        publications::{Live, LiveTarget, PastPublication, Publication, PublicationKind},
        publishing::{PathTaken, Presented, Publish, WithdrawMode},
        references::{PublishedReference, PublishedTarget, ReferenceFrom},
    },
};
