//! Assets: identity, department, name, alternative text with revisions. Their bytes are blobs.
use crate::{blobs::Blob, error::StoreError, snapshot::Queries, write::WriteTx};
use diwan_content::{
    AssetId, ContentHash, DepartmentId, Locale, Permit, RevisionNumber, Scope, Timestamp, Version, rights::ActorRef,
};
use std::collections::BTreeMap;
/// An uploaded thing as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub id: AssetId,
    pub department: DepartmentId,
    pub name: String,
    pub blob: ContentHash,
    pub alternative_text: BTreeMap<Locale, String>,
    pub version: Version,
    pub created_at: Timestamp,
    pub created_by: ActorRef,
    pub changed_at: Timestamp,
}
/// One state of an asset's name and alternative text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetRevision {
    pub number: RevisionNumber,
    pub name: String,
    pub alternative_text: BTreeMap<Locale, String>,
    pub at: Timestamp,
    pub author: ActorRef,
}
/// An asset with what is known of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAsset {
    pub asset: Asset,
    pub blob: Blob,
}
/// Which assets a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    pub name_folded: Option<String>,
    pub department: Option<DepartmentId>,
}
impl Queries {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn find_asset(&self, id: AssetId) -> Result<Option<KnownAsset>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn known_assets(&self, ids: &[AssetId]) -> Result<Vec<KnownAsset>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn list_assets(
        &self,
        scope: &Scope,
        filter: &AssetFilter,
        after: Option<(Timestamp, AssetId)>,
        limit: u32,
    ) -> Result<Vec<KnownAsset>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn asset_revisions(
        &self,
        id: AssetId,
        before: Option<RevisionNumber>,
        limit: u32,
    ) -> Result<Vec<AssetRevision>, StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn asset_is_public(&self, id: AssetId) -> Result<bool, StoreError> {
        todo!()
    }
}
impl WriteTx {
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn insert_asset(&mut self, permit: &Permit, asset: &Asset, name_folded: &str) -> Result<(), StoreError> {
        todo!()
    }
    /// TODO
    #[expect(unused, reason = "in progress")]
    pub async fn append_asset_revision(
        &mut self,
        permit: &Permit,
        id: AssetId,
        expected: Version,
        name: &str,
        name_folded: &str,
        alternative_text: &BTreeMap<Locale, String>,
    ) -> Result<Result<Asset, crate::VersionMismatch>, StoreError> {
        todo!()
    }
}
