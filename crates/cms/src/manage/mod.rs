//! What editors, publishers and auditors read: drafts, revisions, history, within their scope.

mod assets;
mod entries;
mod events;
mod revisions;
mod translations;
mod uses;

pub use self::{
    assets::{AssetList, ManagedAsset, ManagedAssets},
    entries::{ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage},
    events::{EventQuery, EventsPage},
    revisions::{Comparison, EnvelopeDifference, ManagedRevision, RevisionSummary},
    translations::{
        ManagedTranslation, TranslatedField, TranslationList, TranslationState, TranslationsPage, ValueSource,
    },
    uses::{Left, Use, UsesPage, UsesQuery},
};

pub(crate) use self::uses::left;
