//! What editors, publishers and auditors read: drafts, revisions, history, within their scope.

mod assets;
mod entries;
mod events;
mod revisions;

pub use self::{
    assets::{AssetList, ManagedAsset, ManagedAssets},
    entries::{ManagedEntry, ManagedItem, ManagedLocalization, ManagedPage},
    events::{EventQuery, EventsPage},
    revisions::{Comparison, EnvelopeDifference, ManagedRevision, RevisionSummary},
};
