//! Publications: spans of time in which one revision was public.
use crate::{
    error::StoreError,
    snapshot::Queries,
    write::{EventIndex, WriteTx},
};
use diwan_content::{
    CalendarDate, ContentHash, DepartmentId, EntryId, Handle, Locale, Permit, PublicPath, Rank, RevisionNumber, Slug,
    Timestamp,
};
use std::ops::Deref;
/// What is (or was) public of one localization, without its presented data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    pub entry: EntryId,
    pub locale: Locale,
    pub collection: Handle,
    pub blueprint: Handle,
    pub department: DepartmentId,
    pub revision: RevisionNumber,
    pub origin_revision: RevisionNumber,
    pub slug: Slug,
    pub path: Option<PublicPath>,
    pub parent: Option<EntryId>,
    pub rank: Option<Rank>,
    pub date: Option<CalendarDate>,
    pub title: String,
    pub data_hash: ContentHash,
    pub first_published_at: Timestamp,
    pub published_at: Timestamp,
}
/// How a span answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PublicationKind {
    Live,
    Redirect { to: EntryId },
    Gone,
    Vanished,
}
/// A publication that is public now, with its presented data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Live {
    pub publication: Publication,
    pub data_text: String,
}
impl Deref for Live {
    type Target = Publication;
    fn deref(&self) -> &Publication {
        &self.publication
    }
}
/// What a reference needs of a live localization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveTarget {
    pub entry: EntryId,
    pub locale: Locale,
    pub path: Option<PublicPath>,
    pub title: String,
    pub collection: Handle,
}
/// The newest span of a localization, live or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastPublication {
    pub kind: PublicationKind,
    pub first_published_at: Timestamp,
    pub at: Timestamp,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_live(&self, entry: EntryId, locale: &Locale) -> Result<Option<Live>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn lives(&self, entries: &[EntryId], locale: &Locale) -> Result<Vec<Live>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn live_localizations(&self, entries: &[EntryId]) -> Result<Vec<LiveTarget>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_last_publication(
        &self,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<PastPublication>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn tree_lives(&self, collection: &Handle, locale: &Locale) -> Result<Vec<Publication>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn live_children(&self, parent: EntryId, locale: &Locale) -> Result<Vec<Publication>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn live_in_collection(
        &self,
        collection: &Handle,
        after: Option<(EntryId, &Locale)>,
        limit: u32,
    ) -> Result<Vec<Live>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn inheriting_lives(
        &self,
        entry: EntryId,
        origin_locale: &Locale,
    ) -> Result<Vec<Publication>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn put_presented(&mut self, hash: &ContentHash, data_text: &str) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn open_publication(
        &mut self,
        permit: &Permit,
        publication: &Publication,
        kind: PublicationKind,
        event: EventIndex,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn close_publication(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
        event: EventIndex,
    ) -> Result<Option<(Publication, PublicationKind)>, StoreError> {
        todo!()
    }
}
