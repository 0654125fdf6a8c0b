//! What editors, publishers and auditors read: drafts, revisions, history, within their scope.

mod assets;
mod cache_tags;
mod entries;
mod events;
mod revisions;
mod rights;
mod search_reports;
mod translations;
mod uses;

pub use self::{
    assets::{AssetList, AssetText, ManagedAsset, ManagedAssets},
    cache_tags::CacheTag,
    entries::{ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage, ManagementList},
    events::{EventQuery, EventsPage},
    revisions::{Comparison, EnvelopeDifference, ManagedRevision, RevisionSummary},
    rights::{Explained, Me, Rights},
    search_reports::SearchReportInput,
    translations::{
        ManagedTranslation, TranslatedField, TranslationList, TranslationState, TranslationsPage, ValueSource,
    },
    uses::{Left, Use, UsedBytes, UsesPage, UsesQuery},
};

pub(crate) use self::uses::left;
