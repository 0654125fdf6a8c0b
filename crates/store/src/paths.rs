//! Paths: unique per locale in their folded form.
use crate::{error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{EntryId, FoldedPath, Handle, Locale, Permit, PublicPath, Timestamp};
/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PathKind {
    Live,
    Redirect,
    Gone,
    Reserved,
}
/// One path in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathRow {
    pub locale: Locale,
    pub path: PublicPath,
    pub folded: FoldedPath,
    pub kind: PathKind,
    pub entry: Option<EntryId>,
    pub since: Timestamp,
}
/// A path where a published entry lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LivePath {
    pub locale: Locale,
    pub path: PublicPath,
    pub folded: FoldedPath,
    pub entry: EntryId,
    pub collection: Handle,
    pub published_at: Timestamp,
}
/// A path belongs to somebody else (`None`: it is reserved).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("path is taken")]
pub struct PathTaken {
    pub by: Option<EntryId>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_path(&self, locale: &Locale, folded: &FoldedPath) -> Result<Option<PathRow>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_paths(
        &self,
        locale: &Locale,
        after: Option<&FoldedPath>,
        limit: u32,
    ) -> Result<Vec<LivePath>, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn release_path(
        &mut self,
        permit: &Permit,
        entry: EntryId,
        locale: &Locale,
    ) -> Result<Option<PublicPath>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn claim_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn leave_redirect(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        to: EntryId,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn leave_gone(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
        entry: EntryId,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn reserve_path(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        path: &PublicPath,
    ) -> Result<Result<(), PathTaken>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn retarget_redirects(
        &mut self,
        permit: &Permit,
        locale: &Locale,
        from: EntryId,
        to: EntryId,
    ) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn forget_paths(&mut self, permit: &Permit, entry: EntryId, locale: &Locale) -> Result<(), StoreError> {
        todo!()
    }
}
