#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod backup;
mod cms;
mod conforming;
mod demo;
mod error;
mod evaluate;
mod following;
mod frame;
mod import;
mod manage;
mod opening;
mod operating;
mod publishing;
mod reads;
mod verbs;

pub use self::{
    backup::{BackupReport, Damage, DamagedBlob, RestoreError, RestoreReport, RestoredKeys, TableReport, restore},
    cms::{Cms, CmsOptions, ProcessRole},
    demo::DemoReport,
    error::{CmsError, Conflict, Thing},
    evaluate::{
        EvaluationError, JudgedCollection, PairCounts, PairReport, PairRow, Scores, evaluate_collection, evaluate_pairs,
    },
    following::Followers,
    frame::{
        IdempotencyKey, Outcome, WriteContext,
        states::{AssetState, EntryState, LocalizationState},
    },
    import::{FileReport, FileResult, ImportProgress, ImportReport, ImportStatamic},
    manage::{
        AssetList, AssetText, CacheTag, Comparison, EnvelopeDifference, EventQuery, EventsPage, Explained, Left,
        ManagedAsset, ManagedAssets, ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage, ManagedRevision,
        ManagedTranslation, ManagementList, Me, RevisionSummary, Rights, SearchReportInput, TranslatedField,
        TranslationList, TranslationState, TranslationsPage, Use, UsedBytes, UsesPage, UsesQuery, ValueSource,
    },
    opening::OpenError,
    operating::{
        health::{ClockState, Health, HealthWatch},
        lock::DataFolderLock,
        survey::{Opened, Survey, Touched, TouchedReason},
        upgrade::UpgradeReport,
        verify::VerifyReport,
    },
    reads::{
        AssetBytes, ByHash, CheckedList, CheckedSearch, CollectionCount, DEFAULT_PAGE_SIZE, DepartmentCount, EntryRead,
        FoundAttachment, Included, IncludedAsset, ListQuery, MAX_PAGE_SIZE, PathsPage, PublicAsset, PublishedEntry,
        PublishedPage, PublishedPath, REDIRECT_STATUS, ReadRequest, SearchHit, SearchInput, SearchPage, Selection,
        SuggestInput, SuggestedTitle, Tagged, Translation, TreeNode,
        lanes::ReadLimits,
        search::log::{ClientToken, SearchClick},
    },
    verbs::{
        AssetUsers, CreateEntry, CreateKey, CreatedKey, Expect, Keep, MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS,
        MAX_KEY_LABEL_CHARS, MAX_NOTE_CHARS, MAX_OVERLAP_HOURS, PublishItem, ReplaceAsset, RevisionInput, SaveAsset,
        UploadAsset, WithdrawItem, key_prefix,
    },
};
pub use diwan_assets::{BlobRead, ReaderCommand, Refusal as UploadRefusal, TextFailure, content_type, run_reader};
pub use diwan_search::{
    Highlights, IndexOptions, IndexState, Month, Order, QUERY_MAX_CHARS, SUGGEST_MAX_CHARS, SUGGESTIONS_MAX,
};
pub use diwan_store::{
    ApiKey, BrokenChain, Department, Holdings, LeftOut, Refusal, ReportedQuery, SearchReport, WithdrawMode,
};
