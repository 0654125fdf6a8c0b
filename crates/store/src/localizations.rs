//! Localizations: an entry in one locale, with its head, what is published of it and its version.
use crate::{entries::Entry, error::StoreError, revisions::Revision, snapshot::Queries, write::WriteTx};
use diwan_content::{EntryId, Locale, Permit, RevisionNumber, Timestamp, Version};
/// An entry in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Localization {
    pub entry: EntryId,
    pub locale: Locale,
    pub head: RevisionNumber,
    pub published: Option<RevisionNumber>,
    pub version: Version,
    pub was_public: bool,
    pub title: String,
    pub changed_at: Timestamp,
}
/// Title of a head as it is shown and in the folded form that filters compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Title<'a> {
    pub text: &'a str,
    pub folded: &'a str,
}
/// Somebody else was faster; `found` is `None` when there is no such thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("version {expected} was expected")]
pub struct VersionMismatch {
    pub expected: Version,
    pub found: Option<Version>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_localization(&self, entry: EntryId, locale: &Locale) -> Result<Option<Localization>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn localizations(&self, entry: EntryId) -> Result<Vec<Localization>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn lock_localizations(
        &mut self,
        which: &[(EntryId, Locale)],
    ) -> Result<Vec<(Entry, Localization)>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn check_version(
        &mut self,
        entry: EntryId,
        locale: &Locale,
        expected: Version,
    ) -> Result<Result<Localization, VersionMismatch>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_localization(
        &mut self,
        permit: &Permit,
        first: &Revision,
        title: Title<'_>,
    ) -> Result<Localization, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn append_revision(
        &mut self,
        permit: &Permit,
        revision: &Revision,
        title: Title<'_>,
    ) -> Result<Localization, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn set_published(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        published: Option<RevisionNumber>,
    ) -> Result<Version, StoreError> {
        todo!()
    }
}
