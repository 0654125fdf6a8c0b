#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod attachments;
mod authority;
mod backup;
mod cms;
mod context;
mod demo;
mod error;
mod evaluate;
mod fold_history;
mod follower;
mod frame;
mod health;
mod import;
mod input;
mod keys;
mod lanes;
mod lock;
mod making;
mod manage;
mod older_targets;
mod open;
mod outcome;
mod past_blueprints;
mod public_pictures;
mod publishing;
mod reads;
mod rebuild;
mod refusal_budgets;
mod search_log;
mod search_words;
mod states;
mod survey;
mod texts;
mod today;
mod upgrade;
mod used_schemas;
mod verbs;
mod verify;

pub use self::{
    backup::{BackupReport, Damage, DamagedBlob, RestoreError, RestoreReport, RestoredKeys, TableReport, restore},
    cms::{Cms, CmsOptions, ProcessRole},
    context::{IdempotencyKey, WriteContext},
    demo::DemoReport,
    error::{CmsError, Conflict, Thing},
    evaluate::{EvaluationError, JudgedCollection, PairReport, PairRow, Scores, evaluate_collection, evaluate_pairs},
    follower::Follower,
    health::{ClockState, Health, HealthWatch},
    import::{FileReport, FileResult, ImportReport, ImportStatamic},
    input::{
        CreateEntry, Expect, Keep, ManagementList, PublishItem, RevisionInput, SaveAsset, UploadAsset, WithdrawItem,
        WithdrawMode,
    },
    lanes::ReadLimits,
    lock::DataFolderLock,
    manage::{
        AssetList, AssetText, CacheTag, Comparison, EnvelopeDifference, EventQuery, EventsPage, Left, ManagedAsset,
        ManagedAssets, ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage, ManagedRevision,
        ManagedTranslation, RevisionSummary, SearchReportInput, TranslatedField, TranslationList, TranslationState,
        TranslationsPage, Use, UsesPage, UsesQuery, ValueSource,
    },
    open::OpenError,
    outcome::{AssetState, EntryState, LocalizationState, Outcome},
    reads::{
        AssetBytes, CollectionCount, Content, DepartmentCount, EntryRead, FoundAttachment, Included, IncludedAsset,
        ListQuery, MAX_PAGE_SIZE, PathsPage, PublicAsset, PublishedEntry, PublishedPage, PublishedPath,
        REDIRECT_STATUS, ReadRequest, SearchHit, SearchInput, SearchPage, Selection, SuggestInput, SuggestedTitle,
        Tagged, Translation, TreeNode,
    },
    search_log::{ClientToken, SearchClick},
    survey::{Touched, TouchedReason},
    texts::TextFollower,
    upgrade::UpgradeReport,
    verbs::{CreateKey, CreatedKey, MAX_ALTERNATIVE_TEXT_CHARS, MAX_ASSET_NAME_CHARS, MAX_NOTE_CHARS},
    verify::VerifyReport,
};
pub use diwan_assets::{
    BlobRead, RangeOutcome, ReaderCommand, Refusal as UploadRefusal, TextFailure, content_disposition, parse_range,
    run_reader,
};
pub use diwan_search::{
    Highlights, IndexOptions, IndexState, Month, Order, QUERY_MAX_CHARS, SUGGEST_MAX_CHARS, SUGGESTIONS_MAX,
};
pub use diwan_store::{ApiKey, BrokenChain, Department, Holdings, LeftOut, Refusal, ReportedQuery, SearchReport};
